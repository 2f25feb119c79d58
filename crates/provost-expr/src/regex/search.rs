use std::ops::Range;

use regex_automata::dfa::onepass;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Input, meta};

use super::ascii::Ascii;
use super::{Regex, SearchError};

/// A match: the bytes of the whole and of each group that took part, by the number that .NET gives the group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    groups: Vec<Option<Range<usize>>>,
}

/// Which groups of a match are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Groups {
    All,
    /// None but the whole match.
    Whole,
}

/// Room for a search, to be used again for the next one, whatever the pattern.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matcher {
    found: Found,
    slots: Vec<Option<NonMaxUsize>>,
    cache: Option<onepass::Cache>,
}

/// A search for the matches in a text from left to right. As in .NET an empty match may stand directly behind another
/// match.
pub(crate) struct Search<'t> {
    regex: &'t Regex,
    engine: Engine<'t>,
    text: &'t str,
    groups: Groups,
    /// Where the next match may begin.
    next: Option<usize>,
}

pub(super) enum Engine<'r> {
    /// For texts of nothing but ASCII.
    Ascii(&'r Ascii),
    Backtracking(&'r fancy_regex::Regex),
    Linear(&'r meta::Regex),
}

impl Found {
    /// The bytes of the whole match.
    pub(crate) fn whole(&self) -> Range<usize> {
        self.group(0).unwrap_or(0..0)
    }

    /// The bytes of a group; `None` when it took no part.
    pub(crate) fn group(&self, number: usize) -> Option<Range<usize>> {
        self.groups.get(number).cloned().flatten()
    }

    /// The last group that there is, whether it took part or not.
    pub(super) fn last(&self) -> usize {
        self.groups.len().saturating_sub(1)
    }
}

impl Matcher {
    /// What was found last.
    pub(crate) fn found(&self) -> &Found {
        &self.found
    }
}

impl<'t> Search<'t> {
    pub(super) fn new(regex: &'t Regex, engine: Engine<'t>, text: &'t str, groups: Groups) -> Self {
        Self { regex, engine, text, groups, next: Some(0) }
    }

    /// Looks for the next match; tells whether there is one.
    pub(crate) fn next(&mut self, matcher: &mut Matcher) -> Result<bool, SearchError> {
        let Some(start) = self.next.take() else { return Ok(false) };
        if !self.find(start, matcher)? {
            return Ok(false);
        }
        let whole = matcher.found.whole();
        self.next = if whole.is_empty() {
            self.text.get(whole.end..).and_then(|rest| rest.chars().next()).map(|c| whole.end + c.len_utf8())
        } else {
            Some(whole.end)
        };
        Ok(true)
    }

    fn find(&self, start: usize, matcher: &mut Matcher) -> Result<bool, SearchError> {
        let numbers = match self.groups {
            Groups::All => self.regex.numbers.as_slice(),
            Groups::Whole => self.regex.numbers.get(..1).unwrap_or_default(),
        };
        matcher.found.groups.clear();
        if let Engine::Backtracking(engine) = self.engine {
            let found = engine.captures_from_pos(self.text, start).map_err(|_| SearchError::Steps)?;
            let Some(found) = found else { return Ok(false) };
            matcher.found.groups.extend(numbers.iter().map(|index| found.get(*index).map(|group| group.range())));
            return Ok(true);
        }
        matcher.slots.clear();
        matcher.slots.resize(numbers.len() * 2, None);
        let found = match self.engine {
            Engine::Ascii(engine) => engine.find(self.text, start, &mut matcher.cache, &mut matcher.slots),
            Engine::Linear(engine) => {
                engine.search_slots(&Input::new(self.text).range(start..), &mut matcher.slots).is_some()
            }
            Engine::Backtracking(_) => false,
        };
        if found {
            let slots = &matcher.slots;
            let slot = |at: usize| slots.get(at).copied().flatten().map(NonMaxUsize::get);
            let range = |index: &usize| Some(slot(index * 2)?..slot(index * 2 + 1)?);
            matcher.found.groups.extend(numbers.iter().map(range));
        }
        Ok(found)
    }
}
