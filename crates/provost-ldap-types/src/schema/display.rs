//! Prints definitions in the order and with the blanks of RFC 4512 section 4.1.

use std::fmt::{Formatter, Result};

use super::definition::Extensions;
use super::lexer::ends_word;

pub(super) struct Printer<'a, 'b> {
    out: &'a mut Formatter<'b>,
}

impl<'a, 'b> Printer<'a, 'b> {
    pub(super) fn start(out: &'a mut Formatter<'b>, identifier: &str) -> std::result::Result<Self, std::fmt::Error> {
        out.write_str("( ")?;
        let mut printer = Self { out };
        printer.word(identifier)?;
        Ok(printer)
    }

    /// Prints what nearly all kinds begin with.
    pub(super) fn head(&mut self, names: &[String], description: Option<&str>, obsolete: bool) -> Result {
        self.texts("NAME", names)?;
        if let Some(description) = description {
            self.out.write_str(" DESC ")?;
            self.quoted(description)?;
        }
        self.flag("OBSOLETE", obsolete)
    }

    pub(super) fn flag(&mut self, keyword: &str, set: bool) -> Result {
        if set { write!(self.out, " {keyword}") } else { Ok(()) }
    }

    pub(super) fn oid(&mut self, keyword: &str, oid: Option<&str>) -> Result {
        let Some(oid) = oid else { return Ok(()) };
        write!(self.out, " {keyword} ")?;
        self.word(oid)
    }

    pub(super) fn bounded(&mut self, keyword: &str, oid: Option<&str>, bound: Option<u32>) -> Result {
        self.oid(keyword, oid)?;
        match (oid, bound) {
            (Some(_), Some(bound)) => write!(self.out, "{{{bound}}}"),
            _ => Ok(()),
        }
    }

    pub(super) fn oids(&mut self, keyword: &str, oids: &[String]) -> Result {
        self.list(keyword, oids, " $ ", |printer, oid| printer.word(oid))
    }

    pub(super) fn texts(&mut self, keyword: &str, texts: &[String]) -> Result {
        self.list(keyword, texts, " ", |printer, text| printer.quoted(text))
    }

    pub(super) fn numbers(&mut self, keyword: &str, numbers: &[u32]) -> Result {
        self.list(keyword, numbers, " ", |printer, number| write!(printer.out, "{number}"))
    }

    pub(super) fn end(&mut self, extensions: &Extensions) -> Result {
        for (keyword, values) in extensions.iter() {
            if values.is_empty() {
                write!(self.out, " {keyword}")?;
            }
            self.texts(keyword, values)?;
        }
        self.out.write_str(" )")
    }

    fn list<T>(
        &mut self,
        keyword: &str,
        items: &[T],
        between: &str,
        print: impl Fn(&mut Self, &T) -> Result,
    ) -> Result {
        match items {
            [] => Ok(()),
            [item] => {
                write!(self.out, " {keyword} ")?;
                print(self, item)
            }
            [first, rest @ ..] => {
                write!(self.out, " {keyword} ( ")?;
                print(self, first)?;
                for item in rest {
                    self.out.write_str(between)?;
                    print(self, item)?;
                }
                self.out.write_str(" )")
            }
        }
    }

    /// Prints an identifier, in quotes only where it could not be read without them.
    fn word(&mut self, word: &str) -> Result {
        if word.is_empty() || word.contains(ends_word) { self.quoted(word) } else { self.out.write_str(word) }
    }

    fn quoted(&mut self, text: &str) -> Result {
        self.out.write_str("'")?;
        let mut rest = text;
        while let Some(at) = rest.find(['\'', '\\']) {
            let (before, special) = rest.split_at(at);
            self.out.write_str(before)?;
            self.out.write_str(if special.starts_with('\'') { "\\27" } else { "\\5C" })?;
            rest = special.split_at(1).1;
        }
        self.out.write_str(rest)?;
        self.out.write_str("'")
    }
}
