//! A text is refused with a place inside it, or is an expression that prints to texts which parse to the same.
#![cfg(test)]

use provost_fuzz::language::Input;

#[test]
fn parse() {
    let property = |octets: &[u8]| {
        let input = Input::new(octets);
        match input.parsed() {
            Ok(expression) => {
                for text in [0, 40].map(|width| expression.indented(width).to_string()) {
                    assert_eq!(input.parse(&text), expression, "{text}");
                }
                assert_eq!(input.parse(&expression.to_string()), expression, "{expression}");
                assert!(expression.nodes().all(|node| node.span().slice(&input.source).is_some()), "{input:?}");
            }
            Err(error) => assert!(error.span().slice(&input.source).is_some(), "{error:?} {input:?}"),
        }
    };
    provost_fuzz::seeds::expressions().iter().for_each(|octets| property(octets));
    bolero::check!().for_each(property);
}
