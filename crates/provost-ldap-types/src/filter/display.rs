use std::fmt::{self, Write};

use super::ast::Filter;
use crate::grammar::write_escaped;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        match self {
            Self::And(filters) => {
                f.write_char('&')?;
                filters.iter().try_for_each(|filter| fmt::Display::fmt(filter, f))?;
            }
            Self::Or(filters) => {
                f.write_char('|')?;
                filters.iter().try_for_each(|filter| fmt::Display::fmt(filter, f))?;
            }
            Self::Not(filter) => write!(f, "!{filter}")?,
            Self::Equality { attribute, value } => {
                write!(f, "{attribute}=")?;
                write_value(f, value)?;
            }
            Self::Substrings { attribute, initial, any, last } => {
                write!(f, "{attribute}=")?;
                write_value(f, initial.as_deref().unwrap_or_default())?;
                f.write_char('*')?;
                for part in any {
                    write_value(f, part)?;
                    f.write_char('*')?;
                }
                write_value(f, last.as_deref().unwrap_or_default())?;
            }
            Self::GreaterOrEqual { attribute, value } => {
                write!(f, "{attribute}>=")?;
                write_value(f, value)?;
            }
            Self::LessOrEqual { attribute, value } => {
                write!(f, "{attribute}<=")?;
                write_value(f, value)?;
            }
            Self::Present(attribute) => write!(f, "{attribute}=*")?,
            Self::Approx { attribute, value } => {
                write!(f, "{attribute}~=")?;
                write_value(f, value)?;
            }
            Self::Extensible { rule, attribute, value, dn_attributes } => {
                if let Some(attribute) = attribute {
                    fmt::Display::fmt(attribute, f)?;
                }
                if *dn_attributes {
                    f.write_str(":dn")?;
                }
                if let Some(rule) = rule {
                    write!(f, ":{rule}")?;
                }
                f.write_str(":=")?;
                write_value(f, value)?;
            }
        }
        f.write_char(')')
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({})", without_secrets(self))
    }
}

/// Returns the filter with a mark in place of each value of an attribute that holds secrets.
fn without_secrets(filter: &Filter) -> Filter {
    let mut filter = filter.clone();
    match &mut filter {
        Filter::And(filters) | Filter::Or(filters) => {
            filters.iter_mut().for_each(|filter| *filter = without_secrets(filter));
        }
        Filter::Not(inner) => **inner = without_secrets(inner),
        Filter::Equality { attribute, value }
        | Filter::GreaterOrEqual { attribute, value }
        | Filter::LessOrEqual { attribute, value }
        | Filter::Approx { attribute, value }
        | Filter::Extensible { attribute: Some(attribute), value, .. }
            if attribute.holds_secrets() =>
        {
            *value = b"[secret]".to_vec().into();
        }
        Filter::Substrings { attribute, initial, any, last } if attribute.holds_secrets() => {
            any.clear();
            (*initial, *last) = (Some(b"[secret]".to_vec().into()), None);
        }
        _ => {}
    }
    filter
}

/// Writes a value with the escapes of RFC 4515 section 3; control characters and octets that are not UTF-8 are escaped
/// as well, so that a printed filter is one line of text.
fn write_value(out: &mut impl Write, value: &[u8]) -> fmt::Result {
    let special = |octet| matches!(octet, b'(' | b')' | b'*' | b'\\' | 0..=0x1f | 0x7f);
    write_escaped(out, value, special, |out, octet| write!(out, "\\{octet:02x}"))
}
