//! Random input for the grammars and decoders of Provost. The targets are the tests of this package, so that they run
//! on any compiler; `cargo bolero` runs the same targets under a coverage-guided engine.

/// Makes text of random octets: most of them choose a token of a grammar, the others stand for themselves.
///
/// Text of plain random characters hardly ever gets past the first rule of a grammar.
pub fn text(octets: &[u8], tokens: &[&str]) -> String {
    let choose = |octet: &u8| match tokens.get(usize::from(*octet) % (tokens.len() + 1)) {
        Some(token) => (*token).to_owned(),
        None => char::from(octet.rotate_left(3)).to_string(),
    };
    octets.iter().take(64).map(choose).collect()
}
