//! What the checker finds lies inside the text, is the same for the formatted text, and decides whether it compiles.
#![cfg(test)]

use provost_expr::{Diagnostic, Layout, Program};
use provost_fuzz::language::Input;

#[test]
fn check() {
    let property = |octets: &[u8]| {
        let input = Input::new(octets);
        let Ok(expression) = input.parsed() else { return };
        let found = provost_expr::check(&expression, input.dialect);
        let compiled = Program::compile(&expression, &mut Layout::new(), input.dialect);
        assert_eq!(compiled.err().as_ref(), found.iter().find(|found| found.is_error()), "{input:?}");
        assert!(found.iter().all(|found| found.span().slice(&input.source).is_some()), "{input:?} {found:?}");
        let formatted = provost_expr::check(&input.parse(&expression.to_string()), input.dialect);
        // In their order of places, which the parentheses around an operand may change.
        let mut codes = [found, formatted].map(|found| found.iter().map(Diagnostic::code).collect::<Vec<_>>());
        codes.iter_mut().for_each(|codes| codes.sort_unstable());
        assert_eq!(codes[0], codes[1], "{input:?}");
    };
    provost_fuzz::seeds::expressions().iter().for_each(|octets| property(octets));
    bolero::check!().for_each(property);
}
