use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::date::{DateTime, Interval as Unit, Pattern};
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::functions::constants::check_format;
use crate::functions::date::{cdate, date, date_from_num, interval, now, num_from_date};
use crate::functions::directory::{dn_component, escape_dn_component, separated, unescaped};
use crate::functions::encoding::{from_base64, to_base64, to_utf8_hex};
use crate::functions::identifier::string_from_sid;
use crate::functions::logic::{bit_and, cbool, is_null, is_null_or_empty, is_present, is_string};
use crate::functions::random::fill;
use crate::functions::text::cstr;
use crate::invocation::Invocation;
use crate::number::Decimal;
use crate::plan::Kernel;
use crate::registry::ParameterKind::{Any, Condition, Date, Encoding, Interval, Number, Scalar, Text};
use crate::registry::Returns::PerElement;
use crate::registry::{Function, Nature, Parameter, Returns};
use crate::types::Types;
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const ANY: &[Parameter] = &[Parameter::required("value", Any)];
const DATE: &[Parameter] = &[Parameter::required("value", Date)];
const TEXT: &[Parameter] = &[Parameter::required("source", Text)];
const TWO_NUMBERS: &[Parameter] = &[Parameter::required("value1", Number), Parameter::required("value2", Number)];
const DN: &[Parameter] = &[Parameter::required("dn", Text), Parameter::required("number", Number)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("BitAnd", TWO_NUMBERS, bit_and, "Keeps the bits that are set in both numbers.")
        .returning(Returns::INTEGER)
        .connect(),
    Function::new("BitOr", TWO_NUMBERS, bit_or, "Sets the bits that are set in either number.")
        .returning(Returns::INTEGER)
        .connect(),
    Function::new(
        "CBool",
        &[Parameter::required("value", Condition)],
        cbool,
        "Turns a number or a condition into a Boolean.",
    )
    .returning(Returns::BOOLEAN)
    .connect(),
    Function::new("CDate", DATE, cdate, "Turns text into a date and time in UTC.").returning(Returns::DATE).connect(),
    Function::new("CGuid", TEXT, cguid, "Turns the text of a GUID into its octets.").connect().returning(PerElement),
    Function::new("CNum", &[Parameter::required("value", Scalar)], cnum, "Turns text into a number.")
        .returning(Returns::Kinds(Types::INTEGER.or(Types::TEXT).or(Types::NULL)))
        .connect(),
    Function::new("CRef", TEXT, cstr, "Turns text into a reference.").connect().returning(PerElement),
    Function::new("CStr", ANY, cstr, "Turns a number, a reference or a Boolean into text.")
        .connect()
        .returning(PerElement),
    Function::new(
        "ConvertFromBase64",
        &[Parameter::required("source", Text), Parameter::optional("encoding", Encoding)],
        from_base64,
        "Reads the text that Base64 stands for: `Unicode` (UTF-16, low octet first), `ASCII` or `UTF8`.",
    )
    .connect()
    .returning(PerElement),
    Function::new(
        "ConvertFromUTF8Hex",
        TEXT,
        from_utf8_hex,
        "Reads the text whose UTF-8 octets are in hexadecimal digits.",
    )
    .connect()
    .returning(PerElement),
    Function::new(
        "ConvertToBase64",
        TEXT,
        to_base64,
        "Writes the UTF-16 octets of a text, low octet first, as Base64.",
    )
    .connect()
    .returning(PerElement),
    Function::new("ConvertToUTF8Hex", TEXT, to_utf8_hex, "Writes the UTF-8 octets of a text as hexadecimal digits.")
        .connect()
        .returning(PerElement),
    Function::new("DNComponent", DN, dn_component, "Takes the value of a component of a name, counted from the left.")
        .returning(Returns::TEXT_OR_NULL)
        .connect(),
    Function::new(
        "DNComponentRev",
        &[Parameter::required("dn", Text), Parameter::required("number", Number), Parameter::optional("option", Text)],
        dn_component_rev,
        "Takes the value of a component of a name, counted from the right; with `DC`, behind the domain components.",
    )
    .returning(Returns::TEXT_OR_NULL)
    .connect(),
    Function::new(
        "DateAdd",
        &[
            Parameter::required("interval", Interval),
            Parameter::required("value", Number),
            Parameter::required("date", Date),
        ],
        date_add,
        "Adds years, quarters, months, weeks, days, hours, minutes or seconds to a date.",
    )
    .returning(Returns::DATE)
    .connect(),
    Function::new(
        "DateFromNum",
        &[Parameter::required("value", Number)],
        date_from_num,
        "Turns a number of 100-nanosecond steps since 1601 into a date.",
    )
    .returning(Returns::DATE)
    .connect(),
    Function::new(
        "EscapeDNComponent",
        &[Parameter::required("component", Text)],
        escape_dn_component,
        "Escapes the value in `type=value`, so that it can be part of a distinguished name.",
    )
    .connect()
    .returning(PerElement),
    Function::new(
        "FormatDateTime",
        &[Parameter::required("date", Date), Parameter::required("format", Text)],
        format_date_time,
        "Writes a date in a format.",
    )
    .checked_by(check_format)
    .returning(Returns::TEXT_OR_NULL)
    .connect(),
    Function::new(
        "IsBitSet",
        &[Parameter::required("value", Number), Parameter::required("flag", Number)],
        is_bit_set,
        "Tells whether any bit of the flag is set in the value.",
    )
    .returning(Returns::BOOLEAN)
    .connect(),
    Function::new("IsDate", ANY, is_date, "Tells whether `CDate` could read the value.")
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsEmpty", ANY, is_empty, "Tells whether the value is the empty text.")
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsGuid", ANY, is_guid, "Tells whether the value is the text of a GUID.")
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsNull", ANY, is_null, "Tells whether there is no value; the empty text is one.")
        .planned(Kernel::IsNull)
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsNullOrEmpty", ANY, is_null_or_empty, "Tells whether there is no value or an empty one.")
        .planned(Kernel::IsNullOrEmpty)
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsNumeric", ANY, is_numeric, "Tells whether `CNum` could read the value.")
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsPresent", ANY, is_present, "Tells whether there is a value that is not empty.")
        .planned(Kernel::IsPresent)
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("IsString", ANY, is_string, "Tells whether there is one value, which then has a text.")
        .returning(Returns::BOOLEAN)
        .connect(),
    Function::new("Now", &[], now, "Gives the current date and time in UTC.")
        .returning(Returns::DATE)
        .connect()
        .of_nature(Nature::Surroundings),
    Function::new("NumFromDate", DATE, num_from_date, "Turns a date into a number of 100-nanosecond steps since 1601.")
        .returning(Returns::INTEGER)
        .connect(),
    Function::new(
        "RandomNum",
        &[Parameter::required("start", Number), Parameter::required("end", Number)],
        random_num,
        "Gives a random number between two, both included.",
    )
    .returning(Returns::INTEGER)
    .connect()
    .of_nature(Nature::Random),
    Function::new("StringFromGuid", TEXT, string_from_guid, "Writes the octets of a GUID as text.")
        .connect()
        .returning(PerElement),
    Function::new("StringFromSid", TEXT, string_from_sid, "Writes the octets of a security identifier as text.")
        .connect()
        .returning(PerElement),
];

fn bit_or<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Integer(call.integer(0)? | call.integer(1)?))
}

fn is_bit_set<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(call.integer(0)? & call.integer(1)? != 0))
}

/// The octets of a GUID as they lie in memory: the first three groups with the low octet first.
fn guid_octets(text: &str) -> Option<[u8; 16]> {
    let inside = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let mut groups = inside.split('-');
    let mut group = |length: usize| {
        let digits = groups.next().filter(|g| g.len() == length && g.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u64::from_str_radix(digits, 16).ok()
    };
    let (first, second, third, fourth, fifth) = (group(8)?, group(4)?, group(4)?, group(4)?, group(12)?);
    if groups.next().is_some() {
        return None;
    }
    let (first, second, third) = (u32::try_from(first).ok()?, u16::try_from(second).ok()?, u16::try_from(third).ok()?);
    let tail = (fourth << 48 | fifth).to_be_bytes();
    let octets = [&first.to_le_bytes()[..], &second.to_le_bytes(), &third.to_le_bytes(), &tail].concat();
    octets.try_into().ok()
}

/// Octets are Base64 wherever they are a value of an expression.
fn cguid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        let octets = guid_octets(&text);
        let octets = octets.ok_or_else(|| call.error_at(0, Kind::InvalidArgument, "expected the text of a GUID"))?;
        call.charge(24)?;
        Ok(STANDARD.encode(octets).into())
    })
}

fn string_from_guid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        let octets: Option<[u8; 16]> = STANDARD.decode(text.as_bytes()).ok().and_then(|octets| octets.try_into().ok());
        let [a, b, c, d, e, f, g, h, tail @ ..] =
            octets.ok_or_else(|| call.error_at(0, Kind::InvalidArgument, "expected 16 octets as Base64"))?;
        let mut written = String::with_capacity(36);
        for (position, octet) in [d, c, b, a, f, e, h, g].into_iter().chain(tail).enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                written.push('-');
            }
            let _ = write!(written, "{octet:02x}");
        }
        call.charge(written.len())?;
        Ok(written.into())
    })
}

fn is_guid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let text = call.value(0)?.into_text();
    Ok(Value::Boolean(text.is_some_and(|text| guid_octets(&text).is_some())))
}

/// Null stays Null; a fraction is kept as text.
fn cnum<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let value = call.scalar(0)?;
    match value {
        Value::Null | Value::Integer(_) => Ok(value),
        Value::Boolean(flag) => Ok(Value::Integer(i64::from(flag))),
        other => {
            let text = other.into_text().unwrap_or_default();
            let whole = Decimal::parse(&text).and_then(Decimal::truncated).ok_or_else(|| call.not_a_number(0))?;
            Ok(if text.contains('.') { Value::Text(text) } else { Value::Integer(whole) })
        }
    }
}

fn is_numeric<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(match call.value(0)? {
        Value::Boolean(_) => true,
        value => value.into_text().is_some_and(|text| Decimal::parse(&text).is_some()),
    }))
}

fn is_date<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(match call.value(0)? {
        Value::DateTime(_) => true,
        value => value.into_text().is_some_and(|text| DateTime::parse(&text).is_some()),
    }))
}

fn is_empty<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::Boolean(call.value(0)?.into_text().is_some_and(|text| text.is_empty())))
}

fn from_utf8_hex<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?;
    call.each(source, |call, text| {
        call.charge(text.len())?;
        let octets = if text.len().is_multiple_of(2) { hexadecimal(&text) } else { None };
        octets
            .and_then(|octets| String::from_utf8(octets).ok())
            .map(Cow::Owned)
            .ok_or_else(|| call.error_at(0, Kind::InvalidArgument, "the source is no UTF-8 in hexadecimal digits"))
    })
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// A quarter is three months; the day of the year and the weekday count days.
fn date_add<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (code, count, value) = (call.text_or_empty(0)?, call.integer(1)?, call.scalar(2)?);
    let (interval, factor) = match code.as_ref() {
        "q" => (Unit::Months, 3),
        "w" | "y" => (Unit::Days, 1),
        code => (interval(call, code)?, 1),
    };
    let date = date(call, 2, value)?;
    count
        .checked_mul(factor)
        .and_then(|count| date.plus(count, interval))
        .map(Value::DateTime)
        .ok_or_else(|| call.error(Kind::OutOfRange, "the date lies outside the years 1 to 9999"))
}

fn format_date_time<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, format) = (call.scalar(0)?, call.text_or_empty(1)?);
    if source.is_null_or_empty() {
        return Ok(Value::Null);
    }
    let date = date(call, 0, source)?;
    let pattern =
        Pattern::parse(&format).map_err(|error| call.error_at(1, Kind::InvalidArgument, error.to_string()))?;
    let text = pattern.print(date);
    call.charge(text.len())?;
    Ok(Value::Text(text.into()))
}

/// Null where the name has no such component. Of a component of several values the first counts.
fn dn_component_rev<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (name, number, option) = (call.text(0)?, call.integer(1)?, call.text(2)?);
    let skips = match option.as_deref() {
        None => false,
        Some("DC") => true,
        Some(_) => return Err(call.error_at(2, Kind::InvalidArgument, "expected `DC`")),
    };
    let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let (Some(name), Some(index)) = (name, index) else { return Ok(Value::Null) };
    let mut components: Vec<&str> = separated(&name, &[',', ';']).collect();
    components.reverse();
    let is_domain =
        |component: &&&str| component.split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("dc"));
    let skipped = if skips { components.iter().take_while(is_domain).count() } else { 0 };
    let component = components.get(skipped.saturating_add(index)).and_then(|part| separated(part, &['+']).next());
    match component.and_then(|component| component.split_once('=')) {
        Some((_, value)) => {
            call.charge(value.len())?;
            Ok(Value::Text(unescaped(value).into()))
        }
        None => Ok(Value::Null),
    }
}

/// Most octets that one number may cost; a generator that repeats itself must not keep us here for ever.
const MOST_DRAWS: usize = 256;

fn random_num<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (start, end) = (call.integer(0)?, call.integer(1)?);
    if start > end {
        return Err(call.error_at(0, Kind::OutOfRange, "the start is greater than the end"));
    }
    let count = u128::from(end.abs_diff(start)) + 1;
    let whole = u128::from(u64::MAX) + 1;
    // Numbers above the last multiple would make the first results more likely.
    let fair = whole - whole % count;
    for _ in 0..MOST_DRAWS {
        let mut octets = [0; 8];
        fill(call, &mut octets)?;
        let drawn = u128::from(u64::from_be_bytes(octets));
        if drawn < fair {
            let offset = u64::try_from(drawn % count).unwrap_or(0);
            return Ok(Value::Integer(start.wrapping_add_unsigned(offset)));
        }
    }
    Err(call.error(Kind::NoEntropy, "the source of randomness repeats itself"))
}

#[cfg(test)]
mod tests {
    use super::guid_octets;

    #[test]
    fn a_guid_has_its_first_groups_in_reverse() {
        let octets = guid_octets("{00112233-4455-6677-8899-aabbccddeeff}").unwrap();
        let expected = [0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        assert_eq!(octets, expected);
        for text in ["", "{00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef", "x-0-0-0-0"] {
            assert_eq!(guid_octets(text), None, "{text}");
        }
    }
}
