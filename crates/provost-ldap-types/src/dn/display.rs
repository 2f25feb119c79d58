use std::fmt::{self, Write};

use super::ast::{Dn, Rdn, RdnAttribute};
use crate::grammar::write_escaped;

impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rdn) in self.rdns().iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            fmt::Display::fmt(rdn, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Rdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.attributes().iter().enumerate() {
            if at > 0 {
                f.write_char('+')?;
            }
            fmt::Display::fmt(part, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for RdnAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.attribute())?;
        f.write_char('=')?;
        match self.ber() {
            Some(encoding) => {
                f.write_char('#')?;
                encoding.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
            None => write_value(f, self.value()),
        }
    }
}

/// Writes a value with the escapes of RFC 4514 section 2.4.
///
/// Control characters and octets that are not UTF-8 become `\` and two hexadecimal digits, so that a printed name is
/// one line of text.
pub(super) fn write_value(out: &mut impl Write, value: &[u8]) -> fmt::Result {
    let mut middle = value;
    if let [first @ (b' ' | b'#'), rest @ ..] = middle {
        out.write_char('\\')?;
        out.write_char(char::from(*first))?;
        middle = rest;
    }
    let (middle, end) = match middle {
        [before @ .., b' '] => (before, "\\ "),
        _ => (middle, ""),
    };
    let special = |octet| matches!(octet, b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\' | 0..=0x1f | 0x7f);
    write_escaped(out, middle, special, |out, octet| match octet {
        b' '..=b'~' => write!(out, "\\{}", char::from(octet)),
        _ => write!(out, "\\{octet:02X}"),
    })?;
    out.write_str(end)
}

macro_rules! debug_as_text {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    )*};
}

debug_as_text!(Dn Rdn RdnAttribute);
