//! Evaluating a compiled expression for one user. No baseline: no other evaluator of this language is in the workspace.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, parse};
use provost_model::{Attributes, Timestamp, Value};

const EXPRESSION: &str = r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut layout = Layout::new();
    let program = Program::compile(&parse(EXPRESSION)?, &mut layout, Dialect::Entra)?;
    let mut user = Attributes::new();
    user.set("userPrincipalName", [Value::from("bsimon@contoso.com")]);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    program.evaluate(&layout.record(&user), &context)?;

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("expression");
    group.bench_function("provost", |bencher| {
        bencher.iter(|| {
            let record = layout.record(black_box(&user));
            program.evaluate(&record, &context).map(|output| drop(black_box(output)))
        });
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}
