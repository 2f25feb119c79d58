use provost_expr::{Columns, ValueRef};

use crate::hand::{Buffer, Given, group_number, object_classes};
use crate::mapping::{Cell, WIDTH};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::Users;

/// The mapping by hand in Rust over batches of columns: for each target attribute a loop over the users that reads one column
/// and writes another, whose room is used again for each batch.
pub struct ByHandColumns<'u> {
    batches: &'u [Columns],
    targets: [Target<'u>; WIDTH],
}

/// The results for one target attribute and one batch.
#[derive(Default)]
struct Target<'u> {
    cells: Vec<Given<'u>>,
    buffer: Buffer<'u>,
}

struct Batch<'t, 'u>(&'t [Target<'u>; WIDTH]);

impl<'u> ByHandColumns<'u> {
    /// Takes the columns of the users.
    #[must_use]
    pub fn new(users: &'u Users) -> Self {
        Self { batches: &users.batches, targets: Default::default() }
    }
}

impl Side for ByHandColumns<'_> {
    fn name(&self) -> &'static str {
        "by hand, columns"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        for columns in self.batches {
            let [account, name, home, classes, groups, number, telephone] = &mut self.targets;
            account.fill(columns, |buffer, at| buffer.distinguished_name(columns.text(NAME, at)));
            name.fill(columns, |buffer, at| buffer.user_name(columns.text(NAME, at)));
            home.fill(columns, |buffer, at| buffer.home(columns.text(NAME, at)));
            classes.fill(columns, |_, _| object_classes());
            groups.fill(columns, |buffer, at| buffer.groups(columns.text(GROUPS, at)));
            number.fill(columns, |_, at| group_number(columns.text(DEPARTMENT, at)));
            telephone.fill(columns, |buffer, at| match columns.text(TELEPHONE, at) {
                Some(number) => Given::Text(buffer.telephone(number)),
                None => match columns.value(TELEPHONE, at) {
                    ValueRef::List(numbers) => buffer.telephone_list(numbers.iter()),
                    _ => Given::Null,
                },
            });
            sink.take(&Batch(&self.targets));
        }
        Ok(())
    }
}

impl<'u> Target<'u> {
    fn fill(&mut self, columns: &'u Columns, given: impl Fn(&mut Buffer<'u>, usize) -> Given<'u>) {
        self.cells.clear();
        self.buffer.clear();
        let buffer = &mut self.buffer;
        self.cells.extend((0..columns.len()).map(|at| given(buffer, at)));
    }
}

impl Results for Batch<'_, '_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let count = self.0.first().map_or(0, |target| target.cells.len());
        for at in 0..count {
            let row = self.0.iter().filter_map(|target| Some(target.cells.get(at)?.to_cell(&target.buffer)));
            cells.extend(row);
        }
    }
}

const NAME: usize = 0;
const GROUPS: usize = 1;
const DEPARTMENT: usize = 2;
const TELEPHONE: usize = 3;
