use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::date::DateTime;
use crate::error::{EvaluateError, EvaluateErrorKind as Kind};
use crate::eval::truth;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::{Any, Text};
use crate::registry::{Function, Implementation, Parameter, Returns};
use crate::types::Types;
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const CERTIFICATE: &[Parameter] = &[Parameter::required("certificate", Text)];

const fn reading(name: &'static str, implementation: Implementation, summary: &'static str) -> Function {
    Function::new(name, CERTIFICATE, implementation, summary).connect()
}

pub(super) const FUNCTIONS: &[Function] = &[
    reading("CertExtensionOids", extension_oids, "Gives the OIDs of the critical extensions of a certificate.")
        .returning(Returns::LIST),
    reading("CertFormat", format, "Gives the name of the format of a certificate."),
    reading("CertFriendlyName", friendly_name, "Gives the friendly name, which a certificate by itself does not have."),
    reading("CertHashString", thumbprint, "Gives the SHA-1 hash of a certificate in hexadecimal digits."),
    reading("CertIssuer", issuer, "Gives the name of who issued a certificate."),
    reading("CertIssuerDN", issuer, "Gives the distinguished name of who issued a certificate."),
    reading("CertIssuerOid", no_oid, "Gives the OID of the issuer's name, which names do not have."),
    reading("CertKeyAlgorithm", key_algorithm, "Gives the OID of the algorithm of the public key."),
    reading("CertKeyAlgorithmParams", key_parameters, "Gives the parameters of the public key in hexadecimal digits."),
    Function::new(
        "CertNameInfo",
        &[
            Parameter::required("certificate", Text),
            Parameter::required("x509NameType", Text),
            Parameter::required("includesIssuerName", Any),
        ],
        name_info,
        "Gives one of the names of the subject or of the issuer.",
    )
    .returning(Returns::TEXT_OR_NULL)
    .connect(),
    reading("CertNotAfter", not_after, "Gives the last instant at which a certificate is valid, in UTC.")
        .returning(Returns::Kinds(Types::DATE.or(Types::NULL))),
    reading("CertNotBefore", not_before, "Gives the first instant at which a certificate is valid, in UTC.")
        .returning(Returns::Kinds(Types::DATE.or(Types::NULL))),
    reading("CertPublicKeyOid", key_algorithm, "Gives the OID of the public key."),
    reading(
        "CertPublicKeyParametersOid",
        key_algorithm,
        "Gives the OID that the parameters of the public key belong to.",
    ),
    reading("CertSerialNumber", serial_number, "Gives the serial number in hexadecimal digits."),
    reading("CertSignatureAlgorithmOid", signature_algorithm, "Gives the OID of the algorithm of the signature."),
    reading("CertSubject", subject, "Gives the name of whom a certificate is about."),
    reading("CertSubjectNameDN", subject, "Gives the distinguished name of whom a certificate is about."),
    reading("CertSubjectNameOid", no_oid, "Gives the OID of the subject's name, which names do not have."),
    reading("CertThumbprint", thumbprint, "Gives the SHA-1 hash of a certificate in hexadecimal digits."),
    reading("CertVersion", version, "Gives the version of the format of a certificate."),
    reading("IsCert", is_cert, "Tells whether the value is an X.509 certificate.").returning(Returns::BOOLEAN),
];

/// The octets of a certificate from its Base64, with or without the lines around it that PEM has.
fn octets(text: &str) -> Option<Vec<u8>> {
    let inside = match text.split_once("-----BEGIN CERTIFICATE-----") {
        Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----")?.0,
        None => text,
    };
    let digits: Vec<u8> = inside.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(digits).ok()
}

fn parsed(octets: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(octets).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, certificate)| certificate)
}

/// What `read` makes of the certificate; Null of Null.
fn read<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    source: Option<&str>,
    read: impl FnOnce(&X509Certificate<'_>, &[u8]) -> Option<Value<'static>>,
) -> Evaluated<'a> {
    let Some(source) = source else { return Ok(Value::Null) };
    call.charge(source.len())?;
    let failed = || call.error_at(0, Kind::InvalidArgument, "expected an X.509 certificate as Base64 or PEM");
    let octets = octets(source).ok_or_else(failed)?;
    let certificate = parsed(&octets).ok_or_else(failed)?;
    let value = read(&certificate, &octets).unwrap_or(Value::Null);
    call.charge(value.size())?;
    Ok(value)
}

fn read_only<'a>(
    call: &mut Invocation<'_, 'a, '_>,
    reader: impl FnOnce(&X509Certificate<'_>, &[u8]) -> Option<Value<'static>>,
) -> Evaluated<'a> {
    let source = call.text(0)?;
    read(call, source.as_deref(), reader)
}

fn owned(text: impl Into<String>) -> Option<Value<'static>> {
    Some(Value::Text(Cow::Owned(text.into())))
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02X}");
        text
    })
}

fn is_cert<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let source = call.value(0)?.into_text();
    let octets = source.as_deref().and_then(octets);
    Ok(Value::Boolean(octets.is_some_and(|octets| parsed(&octets).is_some())))
}

fn extension_oids<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| {
        let critical = certificate.extensions().iter().filter(|extension| extension.critical);
        Some(Value::list(critical.map(|extension| extension.oid.to_id_string().into()).collect()))
    })
}

fn format<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |_, _| owned("X509"))
}

/// A store gives the friendly name to the certificates that it holds; the octets do not have one.
fn friendly_name<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |_, _| owned(""))
}

fn no_oid<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |_, _| None)
}

fn thumbprint<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |_, octets| owned(hexadecimal(&Sha1::digest(octets))))
}

fn issuer<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| owned(written(certificate.issuer())))
}

fn subject<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| owned(written(certificate.subject())))
}

fn key_algorithm<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| owned(certificate.public_key().algorithm.algorithm.to_id_string()))
}

/// The parameters with the octets of their type and length, as in `0500` for none.
fn key_parameters<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| {
        use x509_parser::asn1_rs::ToDer as _;
        let parameters = certificate.public_key().algorithm.parameters.as_ref()?;
        owned(hexadecimal(&parameters.to_der_vec().ok()?))
    })
}

fn signature_algorithm<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| owned(certificate.signature_algorithm.algorithm.to_id_string()))
}

fn serial_number<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| owned(hexadecimal(certificate.raw_serial())))
}

fn version<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| Some(Value::Integer(i64::from(certificate.version().0) + 1)))
}

fn not_after<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| instant(certificate.validity().not_after.timestamp()))
}

fn not_before<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    read_only(call, |certificate, _| instant(certificate.validity().not_before.timestamp()))
}

/// Seconds from 1601, where the steps of a date begin, to 1970.
const UNIX_EPOCH: i64 = 11_644_473_600;

fn instant(seconds: i64) -> Option<Value<'static>> {
    let steps = seconds.checked_add(UNIX_EPOCH)?.checked_mul(10_000_000)?;
    DateTime::from_steps(steps).map(Value::DateTime)
}

fn name_info<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let (source, kind, from_issuer) = (call.text(0)?, call.text_or_empty(1)?, call.scalar(2)?);
    let failed = || call.error_at(2, Kind::NotACondition, "this is neither true nor false");
    let from_issuer = from_issuer != Value::Null && truth(&from_issuer).ok_or_else(failed)?;
    let kind = match kind.as_ref() {
        "SimpleName" => NameKind::Simple,
        "EmailName" => NameKind::Email,
        "UpnName" => NameKind::Upn,
        "DnsName" | "DnsFromAlternativeName" => NameKind::Dns,
        "UrlName" => NameKind::Url,
        _ => {
            let message =
                "expected `SimpleName`, `EmailName`, `UpnName`, `DnsName`, `DnsFromAlternativeName` or `UrlName`";
            return Err(call.error_at(1, Kind::InvalidArgument, message));
        }
    };
    read(call, source.as_deref(), |certificate, _| owned(kind.of(certificate, from_issuer).unwrap_or_default()))
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum NameKind {
    Dns,
    Email,
    Simple,
    Upn,
    Url,
}

const COMMON_NAME: &str = "2.5.4.3";
const EMAIL: &str = "1.2.840.113549.1.9.1";
const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
const ISSUER_ALTERNATIVE_NAME: &str = "2.5.29.18";
const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";

impl NameKind {
    fn of(self, certificate: &X509Certificate<'_>, from_issuer: bool) -> Option<String> {
        let (name, extension) = if from_issuer {
            (certificate.issuer(), ISSUER_ALTERNATIVE_NAME)
        } else {
            (certificate.subject(), SUBJECT_ALTERNATIVE_NAME)
        };
        let part = |oid: &str| attributes(name).rfind(|part| part.attr_type().to_id_string() == oid).map(value);
        let alternative = |kind: Self| {
            use x509_parser::extensions::ParsedExtension;
            let extension = certificate.extensions().iter().find(|held| held.oid.to_id_string() == extension)?;
            let names = match extension.parsed_extension() {
                ParsedExtension::IssuerAlternativeName(names) => &names.general_names,
                ParsedExtension::SubjectAlternativeName(names) => &names.general_names,
                _ => return None,
            };
            names.iter().find_map(|name| kind.alternative(name))
        };
        match self {
            Self::Dns => alternative(self).or_else(|| part(COMMON_NAME)),
            Self::Email => alternative(self).or_else(|| part(EMAIL)),
            Self::Simple => part(COMMON_NAME)
                .or_else(|| part(ORGANIZATIONAL_UNIT))
                .or_else(|| part(ORGANIZATION))
                .or_else(|| part(EMAIL))
                .or_else(|| alternative(Self::Email)),
            Self::Upn | Self::Url => alternative(self),
        }
    }

    fn alternative(self, name: &GeneralName<'_>) -> Option<String> {
        match (self, name) {
            (Self::Dns, GeneralName::DNSName(text))
            | (Self::Email, GeneralName::RFC822Name(text))
            | (Self::Url, GeneralName::URI(text)) => Some((*text).to_owned()),
            (Self::Upn, GeneralName::OtherName(oid, octets)) if oid.to_id_string() == USER_PRINCIPAL_NAME => {
                tagged_text(octets)
            }
            _ => None,
        }
    }
}

/// The text inside `[0] { UTF8String }`.
fn tagged_text(octets: &[u8]) -> Option<String> {
    let (0xa0, inside) = element(octets)? else { return None };
    let (0x0c, text) = element(inside)? else { return None };
    String::from_utf8(text.to_vec()).ok()
}

/// The tag and the contents of the element at the beginning, whose length has at most two octets.
fn element(octets: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, length, rest) = match *octets {
        [tag, length @ 0..=0x7f, ref rest @ ..] => (tag, usize::from(length), rest),
        [tag, 0x81, length, ref rest @ ..] => (tag, usize::from(length), rest),
        [tag, 0x82, high, low, ref rest @ ..] => (tag, usize::from(u16::from_be_bytes([high, low])), rest),
        _ => return None,
    };
    rest.get(..length).map(|contents| (tag, contents))
}

fn attributes<'n>(name: &'n X509Name<'_>) -> impl DoubleEndedIterator<Item = &'n AttributeTypeAndValue<'n>> {
    name.iter_rdn().flat_map(|part| part.iter()).collect::<Vec<_>>().into_iter()
}

fn value(attribute: &AttributeTypeAndValue<'_>) -> String {
    attribute.as_str().map_or_else(|_| format!("#{}", hexadecimal(attribute.as_slice())), str::to_owned)
}

/// A name as .NET writes it: the last part first, with the short names that Windows has.
fn written(name: &X509Name<'_>) -> String {
    let mut text = String::new();
    for attribute in attributes(name).rev() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let oid = attribute.attr_type().to_id_string();
        match SHORT_NAMES.iter().find(|(held, _)| *held == oid) {
            Some((_, short)) => text.push_str(short),
            None => {
                let _ = write!(text, "OID.{oid}");
            }
        }
        text.push('=');
        let value = value(attribute);
        let special = |c: char| matches!(c, ',' | '+' | '=' | '"' | '\n' | '<' | '>' | '#' | ';');
        if value.is_empty() || value.contains(special) || value.trim() != value {
            let _ = write!(text, "\"{}\"", value.replace('"', "\"\""));
        } else {
            text.push_str(&value);
        }
    }
    text
}

const SHORT_NAMES: [(&str, &str); 14] = [
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "S"),
    ("2.5.4.9", "STREET"),
    (ORGANIZATION, "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.42", "G"),
    ("2.5.4.43", "I"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    (EMAIL, "E"),
];
