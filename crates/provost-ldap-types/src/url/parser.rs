//! The grammar of RFC 4516 section 2: parts between `/` and `?`, each with its own escapes.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case};
use nom::combinator::{all_consuming, value};
use nom::sequence::terminated;
use nom::{IResult, Parser};
use provost_text::{Limits, Span};

use super::ast::{LdapUrl, LdapUrlExtension, LdapUrlScheme, LdapUrlScope};
use super::error::{ParseLdapUrlError, ParseLdapUrlErrorKind as Kind};
use crate::grammar::{self, hex_pair, offset};
use crate::{AttributeDescription, Dn, Filter};

/// Parts behind the name: attributes, scope, filter, extensions.
const QUERY_PARTS: usize = 4;

/// A part of the source, not decoded.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    start: usize,
}

pub(super) fn parse(text: &str, limits: &Limits) -> Result<LdapUrl, ParseLdapUrlError> {
    if text.len() > limits.length {
        return Err(ParseLdapUrlError::new(Kind::TooLong { limit: limits.length }, Span::point(0)));
    }
    let Ok((rest, scheme)) = scheme(text) else {
        let colon = text.find(':').map_or(0, |colon| colon + 1);
        let slashes = text.get(colon..).unwrap_or_default().bytes().take(2).take_while(|octet| *octet == b'/').count();
        return Err(ParseLdapUrlError::new(Kind::ExpectedScheme, Span::new(0, colon + slashes)));
    };
    let start = offset(text, rest);
    let (server, tail) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""));
    let mut url = LdapUrl::new(scheme, "", None);
    (url.host, url.port) = server_of(scheme, Part { text: server, start })?;
    let start = start + server.len();
    let Some(tail) = tail.strip_prefix('/') else {
        // Only `?` may stand here, and only behind a `/`.
        return if tail.is_empty() { Ok(url) } else { Err(Part { text: "?", start }.refuse(Kind::ExpectedSlash)) };
    };
    let mut parts = Part { text: tail, start: start + 1 }.split('?');
    if let Some(part) = parts.next() {
        url.dn = part.parse(|text| Dn::parse_with(text, limits), |error| (Kind::BadDn(*error), error.span()))?;
    }
    let query: Vec<Part<'_>> = parts.take(QUERY_PARTS + 1).collect();
    let part = |at: usize| query.get(at).filter(|part| !part.text.is_empty());
    if let Some(part) = query.get(QUERY_PARTS) {
        return Err(part.refuse(Kind::ExpectedEnd));
    }
    if let Some(part) = part(0) {
        url.attributes = part.items(limits, attribute)?;
    }
    if let Some(part) = part(1) {
        let found = LdapUrlScope::ALL.into_iter().find(|scope| scope.name().eq_ignore_ascii_case(part.text));
        url.scope = Some(found.ok_or_else(|| part.refuse(Kind::ExpectedScope))?);
    }
    if let Some(part) = part(2) {
        let read = |text: &str| Filter::parse_with(text, limits);
        url.filter = Some(part.parse(read, |error| (Kind::BadFilter(*error), error.span()))?);
    }
    if let Some(part) = part(3) {
        url.extensions = part.items(limits, extension)?;
    }
    Ok(url)
}

fn scheme(text: &str) -> IResult<&str, LdapUrlScheme> {
    let name = alt((
        value(LdapUrlScheme::Ldaps, tag_no_case("ldaps")),
        value(LdapUrlScheme::Ldapi, tag_no_case("ldapi")),
        value(LdapUrlScheme::Ldap, tag_no_case("ldap")),
    ));
    terminated(name, tag("://")).parse(text)
}

fn server_of(scheme: LdapUrlScheme, server: Part<'_>) -> Result<(Option<String>, Option<u16>), ParseLdapUrlError> {
    if scheme == LdapUrlScheme::Ldapi {
        let path = server.decode()?.into_owned();
        return Ok((Some(path).filter(|path| !path.is_empty()), None));
    }
    let end = match server.text.rfind(']') {
        Some(end) => end + 1,
        None if server.text.starts_with('[') => return Err(server.refuse(Kind::BadHost)),
        None => 0,
    };
    let colon = server.text.get(end..).and_then(|tail| tail.find(':')).map_or(server.text.len(), |at| end + at);
    let (host, port) = server.cut(colon);
    let port = match port.text.strip_prefix(':') {
        // RFC 3986 section 3.2.3: a colon without a port means that of the scheme.
        None | Some("") => None,
        Some(digits) if digits.bytes().all(|octet| octet.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| port.cut(1).1.refuse(Kind::BadPort))?)
        }
        Some(_) => return Err(port.cut(1).1.refuse(Kind::BadPort)),
    };
    let host = match host.text.strip_prefix('[') {
        Some(address) => {
            let address = address.strip_suffix(']').and_then(|address| address.parse::<Ipv6Addr>().ok());
            address.ok_or_else(|| host.refuse(Kind::BadHost))?.to_string()
        }
        None if host.text.contains(['[', ']', '@', '#', ' ']) => return Err(host.refuse(Kind::BadHost)),
        None => host.decode()?.to_ascii_lowercase(),
    };
    Ok((Some(host).filter(|host| !host.is_empty()), port))
}

fn attribute(item: Part<'_>) -> Result<String, ParseLdapUrlError> {
    let text = item.decode()?;
    if !matches!(text.as_ref(), "*" | "+") {
        item.parse(str::parse::<AttributeDescription>, |error| (Kind::BadAttribute, error.span()))?;
    }
    Ok(text.into_owned())
}

fn extension(item: Part<'_>) -> Result<LdapUrlExtension, ParseLdapUrlError> {
    let name_end = item.text.find('=').unwrap_or(item.text.len());
    let (name, value) = item.cut(name_end);
    let decoded = name.decode()?;
    let (is_critical, name) = match decoded.strip_prefix('!') {
        Some(name) => (true, name),
        None => (false, decoded.as_ref()),
    };
    let parsed: grammar::Parsed<'_, &str, Refused> = all_consuming(grammar::oid).parse(name);
    if parsed.is_err() {
        return Err(item.refuse(Kind::BadExtension));
    }
    let name = name.to_owned();
    let value = match value.text.is_empty() {
        true => None,
        false => Some(value.cut(1).1.decode()?.into_owned()),
    };
    Ok(LdapUrlExtension { is_critical, name, value })
}

/// The only reason that a name is none; the caller gives its own.
#[derive(Clone, Copy)]
struct Refused;

impl grammar::Kind for Refused {
    const SYNTAX: Self = Self;
    const OID: Self = Self;
}

impl<'a> Part<'a> {
    fn split(self, separator: char) -> impl Iterator<Item = Part<'a>> {
        let mut start = self.start;
        self.text.split(separator).map(move |text| {
            let part = Part { text, start };
            start += text.len() + separator.len_utf8();
            part
        })
    }

    fn cut(self, at: usize) -> (Self, Self) {
        let (own, tail) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        (Self { text: own, ..self }, Self { text: tail, start: self.start + own.len() })
    }

    fn refuse(self, kind: Kind) -> ParseLdapUrlError {
        ParseLdapUrlError::new(kind, Span::new(self.start, self.start + self.text.len()))
    }

    fn items<T>(
        self,
        limits: &Limits,
        read: impl Fn(Part<'a>) -> Result<T, ParseLdapUrlError>,
    ) -> Result<Vec<T>, ParseLdapUrlError> {
        let mut items = Vec::new();
        for item in self.split(',') {
            if items.len() == limits.items {
                return Err(item.refuse(Kind::TooManyItems { limit: limits.items }));
            }
            items.push(read(item)?);
        }
        Ok(items)
    }

    /// Parses the decoded part by its own grammar and gives an error its place in the URL.
    fn parse<T, E>(
        self,
        read: impl FnOnce(&str) -> Result<T, E>,
        reason: impl FnOnce(&E) -> (Kind, Span),
    ) -> Result<T, ParseLdapUrlError> {
        let text = self.decode()?;
        read(&text).map_err(|error| {
            let (kind, span) = reason(&error);
            ParseLdapUrlError::new(kind, Span::new(self.place(span.start()), self.place(span.end())))
        })
    }

    /// Returns where in the URL an octet of the decoded part stands.
    fn place(self, decoded: usize) -> usize {
        let (mut rest, mut left) = (self.text.as_bytes(), decoded);
        while left > 0 {
            rest = match rest {
                [b'%', _, _, tail @ ..] | [_, tail @ ..] => tail,
                [] => break,
            };
            left -= 1;
        }
        self.start + self.text.len() - rest.len()
    }

    fn decode(self) -> Result<Cow<'a, str>, ParseLdapUrlError> {
        if !self.text.contains('%') {
            return Ok(Cow::Borrowed(self.text));
        }
        let mut octets = Vec::with_capacity(self.text.len());
        let mut pieces = self.split('%');
        octets.extend(pieces.next().into_iter().flat_map(|piece| piece.text.bytes()));
        for piece in pieces {
            let Some(octet) = hex_pair(piece.text) else {
                let digits = piece.text.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
                return Err(ParseLdapUrlError::new(Kind::BadEscape, Span::new(piece.start - 1, piece.start + digits)));
            };
            octets.push(octet);
            octets.extend(piece.text.bytes().skip(2));
        }
        String::from_utf8(octets).map(Cow::Owned).map_err(|error| {
            let error = error.utf8_error();
            let wrong = error.valid_up_to()..error.valid_up_to() + error.error_len().unwrap_or(1);
            ParseLdapUrlError::new(Kind::NotText, Span::new(self.place(wrong.start), self.place(wrong.end)))
        })
    }
}
