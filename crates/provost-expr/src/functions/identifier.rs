use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::invocation::Invocation;
use crate::registry::ParameterKind::Text;
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Parameter};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "StringFromSid",
    &[Parameter::required("sid", Text)],
    string_from_sid,
    "Writes a security identifier, whose octets come as Base64, as text.",
)
.adjacent()
.returning(PerElement)];

/// Octets are Base64 wherever they are a value of an expression.
pub(super) fn string_from_sid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        let octets = STANDARD.decode(text.as_bytes()).ok();
        let sid = octets.as_deref().and_then(sid);
        let sid =
            sid.ok_or_else(|| call.error_at(0, Kind::InvalidArgument, "expected the octets of a SID as Base64"))?;
        call.charge(sid.len())?;
        Ok(sid.into())
    })
}

/// One octet of revision, one of the number of subauthorities, six of authority with the high octet first, and four for each
/// subauthority with the low octet first. An authority of more than 32 bits is hexadecimal.
fn sid(octets: &[u8]) -> Option<String> {
    let (header, subauthorities) = octets.split_at_checked(8)?;
    let [revision, count, a, b, c, d, e, f] = *header else { return None };
    let (subauthorities, rest) = subauthorities.as_chunks::<4>();
    if !rest.is_empty() || subauthorities.len() != usize::from(count) || count > 15 {
        return None;
    }
    let authority = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let mut text = if authority >> 32 == 0 {
        format!("S-{revision}-{authority}")
    } else {
        format!("S-{revision}-0x{authority:012X}")
    };
    for subauthority in subauthorities {
        let _ = write!(text, "-{}", u32::from_le_bytes(*subauthority));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::sid;

    #[test]
    fn a_sid_has_its_parts_in_both_orders() {
        let local_system = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        assert_eq!(sid(&local_system).as_deref(), Some("S-1-5-18"));
        assert_eq!(sid(&[1, 0, 1, 0, 0, 0, 0, 0]).as_deref(), Some("S-1-0x010000000000"));
        assert_eq!(sid(&local_system[..11]), None);
        assert_eq!(sid(&[1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]), None);
        assert_eq!(sid(&[]), None);
    }
}
