//! What the checker finds lies inside the text, is the same for the formatted text, and decides whether it compiles.
#![cfg(test)]

use provost_expr::{Diagnostic, Layout, Program, check_attributes};
use provost_fuzz::language::Input;

#[test]
fn check() {
    let property = |octets: &[u8]| {
        let input = Input::new(octets);
        let Ok(expression) = input.parsed() else { return };
        let mut found = provost_expr::check(&expression, input.dialect);
        let compiled = Program::compile(&expression, &mut Layout::new(), input.dialect);
        assert_eq!(compiled.err().as_ref(), found.iter().find(|found| found.is_error()), "{input:?}");
        let codes = |found: &[Diagnostic]| found.iter().map(Diagnostic::code).collect::<Vec<_>>();
        assert_eq!(
            codes(&provost_expr::check(&input.parse(&expression.to_string()), input.dialect)),
            codes(&found),
            "{input:?}"
        );
        found.extend(check_attributes(&expression, &["mail"]));
        assert!(found.iter().all(|found| found.span().slice(&input.source).is_some()), "{input:?} {found:?}");
    };
    provost_fuzz::seeds::expressions().iter().for_each(|octets| property(octets));
    bolero::check!().for_each(property);
}
