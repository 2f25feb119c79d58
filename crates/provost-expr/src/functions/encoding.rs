use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::EvaluateError;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::Text;
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
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

fn to_base64<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        call.charge(text.len() * 3)?;
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Ok(STANDARD.encode(octets).into())
    })
}

fn to_utf8_hex<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
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
