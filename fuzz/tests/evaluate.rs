//! An expression gives what a plain walk over its tree gives, explained or not, as written or formatted, and fails at a
//! place inside it.
#![cfg(test)]

use provost_fuzz::language::Input;

#[test]
fn evaluate() {
    let property = |octets: &[u8]| {
        let input = Input::new(octets);
        let Ok(expression) = input.parsed() else { return };
        let Some((result, place)) = input.outcome(&expression) else { return };
        input.compare(&expression);
        assert!(place.is_none_or(|place| place.slice(&input.source).is_some()), "{place:?} {input:?}");
        for text in [expression.to_string(), expression.indented(30).to_string()] {
            let formatted = input.outcome(&input.parse(&text)).map(|(result, _)| result);
            assert_eq!(formatted.as_ref(), Some(&result), "{input:?}");
        }
    };
    provost_fuzz::seeds::expressions().iter().for_each(|octets| property(octets));
    bolero::check!().for_each(property);
}
