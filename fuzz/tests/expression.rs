//! An expression prints to text that parses and prints the same; a compiled one evaluates without panic.
#![cfg(test)]

use provost_expr::{Context, Dialect, Layout, Program, parse};
use provost_model::{Attributes, Timestamp};

const TOKENS: &str = concat!(
    "Join(¦Word(¦Mid(¦Switch(¦IIF(¦Split(¦Replace(¦[mail]¦[a¦\"x\"¦\"¦,¦",
    " ¦)¦1¦-1¦9999999999¦=¦&¦Append(¦Redact(¦ö¦ToLower(¦Coalesce(¦RandomString("
);

#[test]
fn expression() {
    bolero::check!().for_each(|octets: &[u8]| {
        let text = provost_fuzz::text(octets, TOKENS);
        match parse(&text) {
            Ok(expression) => {
                let printed = expression.to_string();
                assert_eq!(parse(&printed).expect(&printed).to_string(), printed, "{text:?}");
                let mut layout = Layout::new();
                let Ok(program) = Program::compile(&expression, &mut layout, Dialect::Entra) else { return };
                let user = Attributes::new();
                let record = layout.record(&user);
                let _ = program.evaluate(&record, &Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Ok(())));
            }
            Err(error) => assert!(error.span().slice(&text).is_some(), "{error:?} does not fit {text:?}"),
        }
    });
}
