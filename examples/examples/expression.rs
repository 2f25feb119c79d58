//! Evaluates attribute-mapping expressions for two users, and shows what a mistake looks like.
//!
//! ```sh
//! cargo run -p provost-examples --example expression
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it shows")]

use std::error::Error;

use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, parse};
use provost_model::{Attributes, Timestamp, Value};
use provost_text::Snippet;

const EXPRESSIONS: [&str; 3] = [
    r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#,
    r#"Switch([department], "staff", "Sales", "field", "IT", "admins")"#,
    r#"Split("inetOrgPerson,posixAccount,shadowAccount", ",")"#,
];

fn main() -> Result<(), Box<dyn Error>> {
    // One layout serves all expressions of a mapping: each attribute of a user is looked up once.
    let mut layout = Layout::new();
    let mut programs = Vec::new();
    for source in EXPRESSIONS {
        programs.push(Program::compile(&parse(source)?, &mut layout, Dialect::Entra)?);
    }
    let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    for (name, department) in [("bsimon@contoso.com", "Sales"), ("JDoe@contoso.com", "Legal")] {
        let mut user = Attributes::new();
        user.set("userPrincipalName", [Value::from(name)]);
        user.set("department", [Value::from(department)]);
        let record = layout.record(&user);
        for program in &programs {
            println!("{name}: {:?}", program.evaluate(&record, &context)?.rendering());
        }
    }
    let wrong = r#"Join("", "CN=", Word([userPrincipalName], 1, "@")"#;
    if let Err(error) = parse(wrong) {
        println!("{}", Snippet::new(wrong, error.span(), &error.to_string()));
    }
    Ok(())
}
