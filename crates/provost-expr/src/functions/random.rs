use std::borrow::Cow;
use std::fmt::Write as _;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants::check_bounds;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Number, Text};
use crate::registry::{Function, Nature, Parameter, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Guid", &[], guid, "Makes a new random GUID.").returning(Returns::TEXT).of_nature(Nature::Random),
    Function::new(
        "RandomString",
        &[
            Parameter::required("length", Number),
            Parameter::required("minimumNumbers", Number),
            Parameter::required("minimumSpecialCharacters", Number),
            Parameter::required("minimumCapital", Number),
            Parameter::required("minimumLowerCase", Number),
            Parameter::optional("charactersToAvoid", Text),
        ],
        random_string,
        "Makes a random text with a least number of digits, special characters, capitals and small letters.",
    )
    .checked_by(check_bounds)
    .returning(Returns::TEXT)
    .of_nature(Nature::Random),
];

/// Longest text that `RandomString` makes.
pub(super) const LONGEST: usize = 256;

/// The characters of the minimums, in the order of the parameters.
const CATEGORIES: [&str; 4] =
    ["0123456789", "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"];

/// Version 4 of RFC 9562 section 5.4, in lower case.
pub(super) fn guid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let mut octets = [0; 16];
    fill(call, &mut octets)?;
    let random = u128::from_be_bytes(octets);
    let versioned = random & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let digits = format!("{versioned:032x}");
    let mut text = String::with_capacity(36);
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    Ok(Value::Text(text.into()))
}

fn random_string<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let length = size(call, 0)?;
    let minimums = [size(call, 1)?, size(call, 2)?, size(call, 3)?, size(call, 4)?];
    let avoided = call.text_or_empty(5)?;
    let least: usize = minimums.iter().sum();
    if length < least {
        let mut message = String::new();
        let _ = write!(message, "the length is less than the sum of the minimums, {least}");
        return Err(call.error_at(0, Kind::OutOfRange, message));
    }
    let any = least == 0;
    let allowed = CATEGORIES.map(|category| category.chars().filter(|c| !avoided.contains(*c)).collect::<Vec<_>>());
    let mut source = Bytes::default();
    let mut text = Vec::with_capacity(length);
    let mut rest = Vec::new();
    for (category, minimum) in allowed.iter().zip(minimums) {
        if minimum > 0 && category.is_empty() {
            return Err(call.error_at(5, Kind::InvalidArgument, "no character is left of a kind that has a minimum"));
        }
        for _ in 0..minimum {
            text.extend(source.pick(call, category)?);
        }
        if any || minimum > 0 {
            rest.extend_from_slice(category);
        }
    }
    if rest.is_empty() && length > 0 {
        return Err(call.error_at(5, Kind::InvalidArgument, "no character is left"));
    }
    while text.len() < length {
        text.extend(source.pick(call, &rest)?);
    }
    for last in (1..text.len()).rev() {
        let other = source.below(call, last + 1)?;
        text.swap(last, other);
    }
    Ok(Value::Text(Cow::Owned(text.into_iter().collect())))
}

fn size(call: &mut Invocation<'_, '_, '_>, position: usize) -> Result<usize, EvaluateError> {
    let number = call.integer(position)?;
    usize::try_from(number)
        .ok()
        .filter(|size| *size <= LONGEST)
        .ok_or_else(|| call.error_at(position, Kind::OutOfRange, format!("expected a number from 0 to {LONGEST}")))
}

pub(super) fn fill(call: &Invocation<'_, '_, '_>, octets: &mut [u8]) -> Result<(), EvaluateError> {
    call.context().entropy.fill(octets).map_err(|error| call.error(Kind::NoEntropy, error.to_string()))
}

/// Random octets, asked for a few at a time.
#[derive(Default)]
struct Bytes {
    held: Vec<u8>,
    /// Octets that were asked for; a generator that repeats itself must not keep us here for ever.
    drawn: usize,
}

impl Bytes {
    /// Most octets that one text may cost: 64 for each of its characters and swaps is never reached by chance.
    const MOST: usize = LONGEST * 128;

    fn pick(&mut self, call: &Invocation<'_, '_, '_>, from: &[char]) -> Result<Option<char>, EvaluateError> {
        Ok(from.get(self.below(call, from.len())?).copied())
    }

    /// A number below `bound`, each equally likely; `bound` is at most 257.
    fn below(&mut self, call: &Invocation<'_, '_, '_>, bound: usize) -> Result<usize, EvaluateError> {
        let fair = usize::from(u16::MAX) + 1;
        let fair = fair - fair % bound.max(1);
        loop {
            let number = usize::from(u16::from_be_bytes([self.next(call)?, self.next(call)?]));
            if number < fair {
                return Ok(number % bound.max(1));
            }
        }
    }

    fn next(&mut self, call: &Invocation<'_, '_, '_>) -> Result<u8, EvaluateError> {
        if let Some(octet) = self.held.pop() {
            return Ok(octet);
        }
        let mut octets = vec![0; 64];
        self.drawn += octets.len();
        if self.drawn > Self::MOST {
            return Err(call.error(Kind::NoEntropy, "the source of randomness repeats itself"));
        }
        fill(call, &mut octets)?;
        self.held = octets;
        self.next(call)
    }
}
