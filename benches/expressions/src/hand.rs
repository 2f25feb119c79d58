use std::borrow::Cow;
use std::ops::Range;

use provost_expr::Value;

use crate::mapping::{Cell, WIDTH};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Slots, Users, slots};

/// The mapping as one would write it in Rust for a directory that is known: each target attribute is a function that
/// reads resolved slots, views of the source where nothing is built, and one buffer, used again for each user, for what is.
///
/// What is absent, empty, several or outside ASCII is treated as the language does.
pub struct ByHand<'u> {
    records: Vec<Slots<'u>>,
    buffer: Buffer<'u>,
}

/// The same, but written as one function for all target attributes, so that what several of them begin with is found and built once.
pub struct ByHandShared<'u>(ByHand<'u>);

/// What is built for one user: the buffer keeps its room when it is cleared.
#[derive(Default)]
pub(crate) struct Buffer<'u> {
    built: String,
    items: Vec<Piece<'u>>,
}

#[derive(Clone)]
pub(crate) enum Piece<'u> {
    Built(Range<usize>),
    View(&'u str),
}

pub(crate) enum Given<'u> {
    Constants(&'static [&'static str]),
    /// A range of the items.
    List(Range<usize>),
    Null,
    Text(Piece<'u>),
}

struct Row<'b, 'u> {
    cells: [Given<'u>; WIDTH],
    buffer: &'b Buffer<'u>,
}

impl<'u> ByHand<'u> {
    /// Resolves the slots.
    #[must_use]
    pub fn new(users: &'u Users) -> Self {
        Self { records: slots(users), buffer: Buffer::default() }
    }
}

impl<'u> ByHandShared<'u> {
    /// Resolves the slots.
    #[must_use]
    pub fn new(users: &'u Users) -> Self {
        Self(ByHand::new(users))
    }
}

impl Side for ByHand<'_> {
    fn name(&self) -> &'static str {
        "by hand"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let Self { records, buffer } = self;
        for [name, groups, department, telephone] in &*records {
            buffer.clear();
            let cells = [
                buffer.distinguished_name(single(name)?),
                buffer.user_name(single(name)?),
                buffer.home(single(name)?),
                object_classes(),
                buffer.groups(single(groups)?),
                group_number(single(department)?),
                buffer.telephones(telephone)?,
            ];
            sink.take(&Row { cells, buffer });
        }
        Ok(())
    }
}

impl Side for ByHandShared<'_> {
    fn name(&self) -> &'static str {
        "by hand, parts shared"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let ByHand { records, buffer } = &mut self.0;
        for [name, groups, department, telephone] in &*records {
            buffer.clear();
            let local = local_part(single(name)?);
            let distinguished_name = buffer.build(&["CN=", local, ",DC=Contoso,DC=lab"]);
            // The home directory ends with the name of the user, which is a part of it.
            let start = buffer.built.len();
            buffer.built.push_str(if local.is_empty() { "/home" } else { "/home/" });
            let user_name = buffer.built.len();
            buffer.push_lower(local);
            let end = buffer.built.len();
            let cells = [
                distinguished_name,
                Given::Text(Piece::Built(user_name..end)),
                Given::Text(Piece::Built(start..end)),
                object_classes(),
                buffer.groups(single(groups)?),
                group_number(single(department)?),
                buffer.telephones(telephone)?,
            ];
            sink.take(&Row { cells, buffer });
        }
        Ok(())
    }
}

impl<'u> Buffer<'u> {
    pub(crate) fn clear(&mut self) {
        self.built.clear();
        self.items.clear();
    }

    pub(crate) fn distinguished_name(&mut self, name: Option<&'u str>) -> Given<'u> {
        let local = local_part(name);
        self.build(&["CN=", local, ",DC=Contoso,DC=lab"])
    }

    pub(crate) fn user_name(&mut self, name: Option<&'u str>) -> Given<'u> {
        let local = local_part(name);
        if local.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            return Given::Text(Piece::View(local));
        }
        let start = self.built.len();
        self.push_lower(local);
        Given::Text(Piece::Built(start..self.built.len()))
    }

    pub(crate) fn home(&mut self, name: Option<&'u str>) -> Given<'u> {
        let local = local_part(name);
        let start = self.built.len();
        self.built.push_str("/home");
        if !local.is_empty() {
            self.built.push('/');
            self.push_lower(local);
        }
        Given::Text(Piece::Built(start..self.built.len()))
    }

    pub(crate) fn groups(&mut self, groups: Option<&'u str>) -> Given<'u> {
        let Some(groups) = groups else { return Given::Null };
        let start = self.items.len();
        let parts = groups.split(';').map(str::trim).filter(|part| !part.is_empty());
        self.items.extend(parts.map(Piece::View));
        let range = start..self.items.len();
        if range.is_empty() { Given::Null } else { Given::List(range) }
    }

    fn telephones(&mut self, telephone: &Value<'u>) -> Result<Given<'u>, Failure> {
        match telephone {
            Value::List(numbers) => Ok(self.telephone_list(numbers.as_slice().iter().filter_map(borrowed))),
            number => Ok(single(number)?.map_or(Given::Null, |number| Given::Text(self.telephone(number)))),
        }
    }

    pub(crate) fn telephone_list(&mut self, numbers: impl Iterator<Item = &'u str>) -> Given<'u> {
        let start = self.items.len();
        for number in numbers {
            let piece = self.telephone(number);
            self.items.push(piece);
        }
        Given::List(start..self.items.len())
    }

    pub(crate) fn telephone(&mut self, number: &'u str) -> Piece<'u> {
        let dropped = |c: char| matches!(c, '(' | ')' | '-') || c.is_whitespace();
        if !number.contains(dropped) {
            return Piece::View(number);
        }
        let start = self.built.len();
        self.built.extend(number.chars().filter(|c| !dropped(*c)));
        Piece::Built(start..self.built.len())
    }

    fn build(&mut self, parts: &[&str]) -> Given<'u> {
        let start = self.built.len();
        parts.iter().for_each(|part| self.built.push_str(part));
        Given::Text(Piece::Built(start..self.built.len()))
    }

    /// Lowers each letter to one letter, as the language does; most names are ASCII.
    fn push_lower(&mut self, text: &str) {
        let start = self.built.len();
        if text.is_ascii() {
            self.built.push_str(text);
            if let Some(pushed) = self.built.get_mut(start..) {
                pushed.make_ascii_lowercase();
            }
        } else {
            self.built.extend(text.chars().map(lower));
        }
    }
}

fn local_part(name: Option<&str>) -> &str {
    let name = name.unwrap_or_default();
    name.split_once('@').map_or(name, |(local, _)| local)
}

pub(crate) fn object_classes<'u>() -> Given<'u> {
    Given::Constants(&["inetOrgPerson", "posixAccount", "shadowAccount"])
}

pub(crate) fn group_number<'u>(department: Option<&str>) -> Given<'u> {
    let number = match department.unwrap_or_default() {
        "Engineering" => "10010",
        "Finance" => "10020",
        "Human Resources" => "10030",
        "IT" => "10040",
        "Legal" => "10050",
        "Logistics" => "10060",
        "Marketing" => "10070",
        "Production" => "10080",
        "Research" => "10090",
        "Sales" => "10100",
        _ => "10000",
    };
    Given::Text(Piece::View(number))
}

/// The text of an attribute that has one value by its schema.
fn single<'u>(value: &Value<'u>) -> Result<Option<&'u str>, Failure> {
    match value {
        Value::Null => Ok(None),
        Value::Text(Cow::Borrowed(text)) => Ok(Some(text)),
        _ => Err("one text is needed here".into()),
    }
}

/// The slots own no text.
fn borrowed<'u>(text: &Cow<'u, str>) -> Option<&'u str> {
    match text {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

/// The one-to-one lower case; İ has none.
fn lower(c: char) -> char {
    let mut lowered = c.to_lowercase();
    match (lowered.next(), lowered.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

impl Given<'_> {
    /// The form that compares; `buffer` is the one that was built in.
    pub(crate) fn to_cell(&self, buffer: &Buffer<'_>) -> Cell {
        let text = |piece: &Piece<'_>| match piece {
            Piece::Built(range) => buffer.built.get(range.clone()).unwrap_or_default().to_owned(),
            Piece::View(text) => (*text).to_owned(),
        };
        match self {
            Given::Constants(texts) => Cell::List(texts.iter().map(|text| (*text).to_owned()).collect()),
            Given::List(range) => {
                Cell::List(buffer.items.get(range.clone()).unwrap_or_default().iter().map(text).collect())
            }
            Given::Null => Cell::Null,
            Given::Text(piece) => Cell::Text(text(piece)),
        }
    }
}

impl Results for Row<'_, '_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        cells.extend(self.cells.iter().map(|cell| cell.to_cell(self.buffer)));
    }
}
