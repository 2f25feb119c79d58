use std::fmt::{self, Write};

use super::ast::{Dn, Rdn, RdnAttribute};

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
        write!(f, "{}=", self.attribute())?;
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
    let last = value.len().saturating_sub(1);
    let mut at = 0;
    for chunk in value.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(out, "\\{c}")?,
                ' ' if at == 0 || at == last => out.write_str("\\ ")?,
                '#' if at == 0 => out.write_str("\\#")?,
                '\0'..='\x1f' | '\x7f' => write!(out, "\\{:02X}", u32::from(c))?,
                _ => out.write_char(c)?,
            }
            at += c.len_utf8();
        }
        for octet in chunk.invalid() {
            write!(out, "\\{octet:02X}")?;
            at += 1;
        }
    }
    Ok(())
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
