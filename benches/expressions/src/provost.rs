use provost_expr::{
    Columns, Context, Dialect, Layout, NoEntropy, Output, OutputBuffer, OutputColumn, OutputRef, Outputs, Program,
    Record, Rendering, parse,
};
use provost_model::Timestamp;

use crate::mapping::{Cell, EXPRESSIONS, WIDTH};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Users, layout};

/// Each expression for one user after the other through [`Program::evaluate`], which gives an output that owns what was built.
pub struct Evaluate<'u> {
    programs: Vec<Program>,
    records: Vec<Record<'u>>,
}

/// Each expression for one user after the other through [`Program::evaluate_into`], which builds in a buffer of the caller.
pub struct EvaluateInto<'u> {
    plain: Evaluate<'u>,
    buffer: OutputBuffer,
}

/// Each expression for a batch of users through [`Program::evaluate_columns`].
pub struct EvaluateColumns<'u> {
    batches: &'u [Columns],
    programs: [(Program, OutputColumn); WIDTH],
}

/// The results of a batch, one column for each expression.
struct Batch<'b>([Outputs<'b>; WIDTH]);

impl<'u> Evaluate<'u> {
    /// Compiles the expressions and resolves the slots.
    ///
    /// # Errors
    ///
    /// When an expression does not compile.
    pub fn new(users: &'u Users) -> Result<Self, Failure> {
        let (programs, layout) = compiled()?;
        Ok(Self { programs, records: users.list.iter().map(|user| layout.record(user)).collect() })
    }
}

impl<'u> EvaluateInto<'u> {
    /// Compiles the expressions and resolves the slots.
    ///
    /// # Errors
    ///
    /// When an expression does not compile.
    pub fn new(users: &'u Users) -> Result<Self, Failure> {
        Ok(Self { plain: Evaluate::new(users)?, buffer: OutputBuffer::new() })
    }
}

impl<'u> EvaluateColumns<'u> {
    /// Compiles the expressions and fills the columns.
    ///
    /// # Errors
    ///
    /// When an expression does not compile.
    pub fn new(users: &'u Users) -> Result<Self, Failure> {
        let (programs, _) = compiled()?;
        let programs: Vec<_> = programs.into_iter().map(|program| (program, OutputColumn::new())).collect();
        let programs = <[_; WIDTH]>::try_from(programs).map_err(|_| "an expression is missing")?;
        Ok(Self { batches: &users.batches, programs })
    }
}

impl Side for Evaluate<'_> {
    fn name(&self) -> &'static str {
        "provost, own output"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let context = context();
        for record in &self.records {
            for program in &self.programs {
                sink.take(&program.evaluate(record, &context)?);
            }
        }
        Ok(())
    }
}

impl Side for EvaluateInto<'_> {
    fn name(&self) -> &'static str {
        "provost"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let context = context();
        for record in &self.plain.records {
            for program in &self.plain.programs {
                sink.take(&program.evaluate_into(record, &context, &mut self.buffer)?);
            }
        }
        Ok(())
    }
}

impl Side for EvaluateColumns<'_> {
    fn name(&self) -> &'static str {
        "provost, columns"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let context = context();
        for columns in self.batches {
            let programs = self.programs.each_mut();
            sink.take(&Batch(programs.map(|(program, room)| program.evaluate_columns(columns, &context, room))));
        }
        Ok(())
    }
}

impl Results for Output<'_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        cells.push(cell(self.rendering()));
    }
}

impl Results for OutputRef<'_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        cells.push(cell(self.rendering()));
    }
}

/// An error is left out, which the comparison sees.
impl Results for Batch<'_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let count = self.0.first().map_or(0, Outputs::len);
        for at in 0..count {
            let row = self.0.iter().filter_map(|outputs| outputs.get(at)?.ok());
            cells.extend(row.map(|output| cell(output.rendering())));
        }
    }
}

fn cell(rendering: Rendering<'_>) -> Cell {
    match rendering {
        Rendering::List(items) => Cell::List(items.into_iter().map(str::to_owned).collect()),
        Rendering::Text(text) => Cell::Text(text.into_owned()),
        Rendering::Complex(_) | Rendering::Flow(_) | Rendering::Null => Cell::Null,
    }
}

fn context() -> Context<'static> {
    Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy))
}

fn compiled() -> Result<(Vec<Program>, Layout), Failure> {
    let mut layout = layout();
    let mut programs = Vec::new();
    for expression in EXPRESSIONS {
        programs.push(Program::compile(&parse(expression)?, &mut layout, Dialect::Entra)?);
    }
    Ok((programs, layout))
}
