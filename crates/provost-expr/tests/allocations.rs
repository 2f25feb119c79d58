//! Evaluating into a buffer or a column that has grown allocates nothing for an object.
#![cfg(test)]

use provost_expr::{
    Context, Dialect, Layout, NoEntropy, OutputBuffer, OutputColumn, Program, Record, Value as Evaluated, parse,
};
use provost_model::{Attributes, Timestamp, Value};

/// What a mapping to an LDAP directory is made of.
const EXPRESSIONS: &[&str] = &[
    r#"Join("", "CN=", Word([name], 1, "@"), ",DC=Contoso,DC=lab")"#,
    r#"ToLower(Word([name], 1, "@"), )"#,
    r#"Join("/", "/home", ToLower(Word([name], 1, "@"), ))"#,
    r#"Split("inetOrgPerson,posixAccount,shadowAccount",",")"#,
    r#"Split([groups], ";")"#,
    r#"Switch([department], "0", "Engineering", "1", "Sales", "2", "Legal", "3")"#,
    r#"Replace([name], "@", , , ".", , )"#,
    r#"IIF(IsPresent([department]), ToUpper([department], ), "none")"#,
    r#"Coalesce([department], [name], "nobody")"#,
    r#"[name]"#,
];

fn users() -> Vec<Attributes> {
    let user = |values: &[(&str, &[&str])]| {
        let mut user = Attributes::new();
        values.iter().for_each(|(name, texts)| user.set(*name, texts.iter().map(|text| Value::from(*text))));
        user
    };
    vec![
        user(&[("name", &["bsimon@contoso.com"]), ("department", &["Sales"]), ("telephone", &["+1 (999) 888-7777"])]),
        user(&[("name", &["Zoë.Müller@contoso.com"]), ("groups", &["vpn; payroll;;wiki"]), ("department", &["Law"])]),
        user(&[("name", &["KDoe"]), ("groups", &[";"]), ("telephone", &["(425) 555-0100", "+4930123"])]),
        user(&[]),
    ]
}

fn context() -> Context<'static> {
    Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy))
}

/// How often the second of two runs allocates.
fn second(mut run: impl FnMut()) -> u64 {
    run();
    allocation_counter::measure(run).count_total
}

#[test]
fn a_buffer_that_has_grown_is_enough() {
    let users = users();
    for source in EXPRESSIONS {
        let mut layout = Layout::new();
        let program = Program::compile(&parse(source).unwrap(), &mut layout, Dialect::Entra).unwrap();
        let records: Vec<Record<'_>> = users.iter().map(|user| layout.record(user)).collect();
        let (context, mut buffer) = (context(), OutputBuffer::new());
        let count = second(|| {
            for record in &records {
                program.evaluate_into(record, &context, &mut buffer).unwrap();
            }
        });
        assert_eq!(count, 0, "{source}");
    }
}

/// A batch may take a few allocations, but none for an object.
#[test]
fn more_objects_in_a_column_take_no_more_allocations() {
    let users = users();
    for source in EXPRESSIONS {
        let mut layout = Layout::new();
        let program = Program::compile(&parse(source).unwrap(), &mut layout, Dialect::Entra).unwrap();
        let counts = [1, 100].map(|times| {
            let mut columns = layout.columns();
            (0..times).for_each(|_| users.iter().for_each(|user| columns.push(user)));
            let (context, mut output) = (context(), OutputColumn::new());
            second(|| {
                assert!(program.evaluate_columns(&columns, &context, &mut output).iter().all(|output| output.is_ok()));
            })
        });
        assert_eq!(counts[0], counts[1], "{source}");
    }
}

/// What the counter would miss if it did not count.
#[test]
fn an_output_of_its_own_is_allocated() {
    let users = users();
    let mut layout = Layout::new();
    let program = Program::compile(&parse(EXPRESSIONS[0]).unwrap(), &mut layout, Dialect::Entra).unwrap();
    let (record, context) = (layout.record(&users[0]), context());
    let run = || assert!(matches!(program.evaluate(&record, &context).unwrap().value(), Evaluated::Text(_)));
    assert_ne!(second(run), 0);
}
