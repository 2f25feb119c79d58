//! What an expression costs before its first result: parsing, checking, compiling, and evaluating it for the first time, when
//! what is put off until then is made. One that is plain, and one with a regular expression. No baseline: no other compiler
//! of this language is in the workspace. What evaluating costs from then on is measured in `benches/expressions`.

use std::error::Error;
use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, check, parse};
use provost_model::{Attributes, Timestamp, Value};

const EXPRESSIONS: [(&str, &str); 2] = [
    ("plain", r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#),
    ("regex", r#"Replace([telephoneNumber], , "[()\s-]+", , "", , )"#),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut user = Attributes::new();
    user.set("userPrincipalName", [Value::from("bsimon@contoso.com")]);
    user.set("telephoneNumber", [Value::from("+1 (999) 888-7777")]);
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    let mut criterion = Criterion::default().configure_from_args();
    for (kind, source) in EXPRESSIONS {
        let expression = parse(source)?;
        let mut layout = Layout::new();
        let compiled = || Program::compile(&expression, &mut Layout::new(), Dialect::Entra);
        Program::compile(&expression, &mut layout, Dialect::Entra)?;
        let record = layout.record(&user);

        let mut group = criterion.benchmark_group(format!("expressions_{kind}_1_parse"));
        group.bench_function("provost", |bencher| bencher.iter(|| parse(black_box(source))));
        group.finish();
        let mut group = criterion.benchmark_group(format!("expressions_{kind}_2_check"));
        group.bench_function("provost", |bencher| bencher.iter(|| check(black_box(&expression), Dialect::Entra)));
        group.finish();
        let mut group = criterion.benchmark_group(format!("expressions_{kind}_3_compile"));
        group.bench_function("provost", |bencher| bencher.iter(compiled));
        group.finish();
        let mut group = criterion.benchmark_group(format!("expressions_{kind}_4_first_evaluation"));
        group.bench_function("provost", |bencher| {
            let first = |program: Result<Program, _>| {
                let text = program
                    .as_ref()
                    .ok()
                    .map(|program| program.evaluate(&record, &context).map(|output| drop(black_box(output))));
                (text, program)
            };
            bencher.iter_batched(compiled, first, BatchSize::SmallInput);
        });
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
