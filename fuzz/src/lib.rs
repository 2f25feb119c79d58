//! Random input for the grammars and decoders of Provost. The targets are the tests of this package, so that they run
//! on any compiler; `cargo bolero` runs the same targets under a coverage-guided engine.

pub mod language;
pub mod seeds;
// The plain walk over the tree that the tests of the language compare programs with.
#[path = "../../crates/provost-expr/tests/language/walker/mod.rs"]
mod walker;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use arbitrary::Unstructured;
use provost_text::Span;

// `cargo bolero` builds the tests of this library too, which then lack the code that counts what is reached.
#[cfg(test)]
use bolero as _;

/// What a target reads; the first octet chooses, and 0 leaves the others as they are.
pub enum Form<'a> {
    /// Octets as they are.
    Plain(&'a [u8]),
    /// A text of tokens.
    Tokens(String),
    /// What a valid value is made of.
    Made(Unstructured<'a>),
}

impl Form<'_> {
    /// Returns the text, or nothing where a valid value is to be made.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Plain(octets) => Some(String::from_utf8_lossy(octets).into_owned()),
            Self::Tokens(text) => Some(text.clone()),
            Self::Made(_) => None,
        }
    }
}

/// Chooses what a target reads.
pub fn form<'a>(octets: &'a [u8], tokens: &str) -> Form<'a> {
    let (first, rest) = octets.split_first().unwrap_or((&0, &[]));
    match first % 3 {
        0 => Form::Plain(rest),
        1 => Form::Tokens(text(rest, tokens)),
        _ => Form::Made(Unstructured::new(rest)),
    }
}

/// Runs a property on every seed, so that the twin on a stable compiler does, and then on random octets.
#[macro_export]
macro_rules! check {
    ($seeds:expr, $property:expr) => {{
        let property = $property;
        $seeds.iter().for_each(|octets: &Vec<u8>| property(octets));
        bolero::check!().for_each(|octets: &[u8]| property(octets));
    }};
}

/// Makes text of random octets: most of them choose one of the tokens of a grammar, which `¦` parts, and the others stand
/// for themselves.
///
/// Text of plain random characters hardly ever gets past the first rule of a grammar. The first octet gives the length.
pub fn text(octets: &[u8], tokens: &str) -> String {
    let tokens: Vec<&str> = tokens.split('¦').collect();
    let choose = |octet: &u8| match tokens.get(usize::from(*octet) % (tokens.len() + 1)) {
        Some(token) => (*token).to_owned(),
        None => char::from(octet.rotate_left(3)).to_string(),
    };
    let length = octets.first().map_or(0, |octet| usize::from(octet % 32));
    octets.iter().skip(1).take(length).map(choose).collect()
}

/// Fails unless a value prints to text that parses to the same value.
pub fn print_and_parse<T>(value: &T)
where
    T: FromStr<Err: Debug> + Display + Debug + PartialEq,
{
    let printed = value.to_string();
    assert_eq!(&printed.parse::<T>().expect(&printed), value, "it printed {printed:?}");
}

/// Fails unless the text is refused with a span inside it, or its value prints to text that parses to the same value.
pub fn parse_and_print<T>(text: &str, span: impl Fn(&T::Err) -> Span)
where
    T: FromStr<Err: Debug> + Display + Debug + PartialEq,
{
    match text.parse::<T>() {
        Ok(value) => print_and_parse(&value),
        Err(error) => assert!(span(&error).slice(text).is_some(), "{error:?} does not fit {text:?}"),
    }
}

/// Returns the octets that hexadecimal digits stand for; blanks between them are for the eye.
pub fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits make an octet")).collect()
}

/// Changes octets of a valid message: the first octet says how many, each three that follow where and to what.
pub fn damaged(mut valid: Vec<u8>, octets: &[u8]) -> Vec<u8> {
    let count = octets.first().map_or(0, |octet| usize::from(octet % 4));
    for change in octets.chunks_exact(3).skip(1).take(count) {
        let length = valid.len().max(1);
        if let Some(octet) = valid.get_mut(usize::from(u16::from_be_bytes([change[0], change[1]])) % length) {
            *octet = change[2];
        }
    }
    valid
}
