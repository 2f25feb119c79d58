use std::borrow::Cow;

use super::{Found, Groups, Regex};

/// A replacement as .NET reads it: text, and what of a match is put in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Template<'t> {
    pieces: Vec<Piece<'t>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece<'t> {
    After,
    Before,
    Group(usize),
    LastGroup,
    Literal(Cow<'t, str>),
    Text,
}

impl<'t> Template<'t> {
    /// Reads a replacement. A reference to a group that the pattern does not have is text.
    pub(crate) fn new(replacement: &'t str, regex: &Regex) -> Self {
        let mut pieces = Vec::new();
        let mut rest = replacement;
        while let Some(at) = rest.find('$') {
            let (literal, marked) = rest.split_at(at);
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.into()));
            }
            let (piece, length) = reference(marked, regex).unwrap_or((Piece::Literal("$".into()), 1));
            pieces.push(piece);
            rest = marked.get(length..).unwrap_or_default();
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.into()));
        }
        Self { pieces }
    }

    /// A replacement in which nothing refers to a match.
    pub(crate) fn literal(text: impl Into<Cow<'t, str>>) -> Self {
        Self { pieces: vec![Piece::Literal(text.into())] }
    }

    /// The same with nothing borrowed.
    pub(crate) fn into_owned(self) -> Template<'static> {
        let owned = |piece| match piece {
            Piece::After => Piece::After,
            Piece::Before => Piece::Before,
            Piece::Group(number) => Piece::Group(number),
            Piece::LastGroup => Piece::LastGroup,
            Piece::Literal(text) => Piece::Literal(text.into_owned().into()),
            Piece::Text => Piece::Text,
        };
        Template { pieces: self.pieces.into_iter().map(owned).collect() }
    }

    /// Which groups of a match it refers to.
    pub(crate) fn groups(&self) -> Groups {
        let grouped = |piece: &Piece<'_>| match piece {
            Piece::Group(number) => *number > 0,
            Piece::LastGroup => true,
            Piece::After | Piece::Before | Piece::Literal(_) | Piece::Text => false,
        };
        if self.pieces.iter().any(grouped) { Groups::All } else { Groups::Whole }
    }

    /// The replacement where nothing refers to a match.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The parts of the replacement for one match.
    pub(crate) fn parts<'p>(&'p self, text: &'p str, found: &'p Found) -> impl Iterator<Item = &'p str> {
        let group = move |number| found.group(number).and_then(|range| text.get(range)).unwrap_or_default();
        self.pieces.iter().map(move |piece| match piece {
            Piece::After => text.get(found.whole().end..).unwrap_or_default(),
            Piece::Before => text.get(..found.whole().start).unwrap_or_default(),
            Piece::Group(number) => group(*number),
            Piece::LastGroup => group(found.last()),
            Piece::Literal(literal) => literal,
            Piece::Text => text,
        })
    }
}

/// What a text that begins with a dollar sign refers to, and how many bytes of it do.
fn reference<'t>(marked: &'t str, regex: &Regex) -> Option<(Piece<'t>, usize)> {
    let behind = marked.strip_prefix('$')?;
    let piece = match behind.chars().next()? {
        '$' => Piece::Literal("$".into()),
        '&' => Piece::Group(0),
        '`' => Piece::Before,
        '\'' => Piece::After,
        '+' => Piece::LastGroup,
        '_' => Piece::Text,
        '{' => {
            let name = behind.get(1..behind.find('}')?)?;
            return Some((Piece::Group(regex.group_number(name)?), name.len() + 3));
        }
        _ => {
            let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            return Some((Piece::Group(regex.group_number(behind.get(..digits)?)?), digits + 1));
        }
    };
    Some((piece, 2))
}
