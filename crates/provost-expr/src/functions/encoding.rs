use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Encoding, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "ConvertFromBase64",
        &[Parameter::required("source", Text), Parameter::optional("encoding", Encoding)],
        from_base64,
        "Reads the text that Base64 stands for: `Unicode` (UTF-16, low octet first), `ASCII` or `UTF8`.",
    )
    .adjacent()
    .returning(PerElement),
    Function::new(
        "ConvertToBase64",
        &[Parameter::required("source", Text)],
        to_base64,
        "Writes the UTF-16 octets of a text, low octet first, as Base64.",
    )
    .returning(PerElement),
    Function::new(
        "ConvertToUTF8Hex",
        &[Parameter::required("source", Text)],
        to_utf8_hex,
        "Writes the UTF-8 octets of a text as hexadecimal digits.",
    )
    .returning(PerElement),
];

pub(super) fn from_base64<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let (source, encoding) = (call.value(0)?, call.text_or_empty(1)?);
    let decode: fn(Vec<u8>) -> Option<String> = match encoding.as_ref() {
        "" | "Unicode" => from_utf16,
        "ASCII" => |octets| String::from_utf8(octets).ok().filter(|text| text.is_ascii()),
        "UTF8" => |octets| String::from_utf8(octets).ok(),
        _ => return Err(call.error_at(1, Kind::InvalidArgument, "expected `Unicode`, `ASCII` or `UTF8`")),
    };
    call.each(source, |call, text| {
        // Two octets of UTF-16 become at most three of UTF-8, and four characters of Base64 are three octets.
        call.charge(text.len() * 2)?;
        let decoded = STANDARD.decode(text.as_bytes()).ok().and_then(decode);
        decoded
            .map(Into::into)
            .ok_or_else(|| call.error_at(0, Kind::InvalidArgument, "the source is no Base64 of text in this encoding"))
    })
}

fn from_utf16(octets: Vec<u8>) -> Option<String> {
    let (pairs, rest) = octets.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
}

pub(super) fn to_base64<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        call.charge(text.len() * 3)?;
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Ok(STANDARD.encode(octets).into())
    })
}

pub(super) fn to_utf8_hex<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        call.charge(text.len() * 2)?;
        let digits = text.bytes().fold(String::with_capacity(text.len() * 2), |mut digits, octet| {
            let _ = write!(digits, "{octet:02X}");
            digits
        });
        Ok(digits.into())
    })
}
