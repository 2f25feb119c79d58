//! Regular expressions of .NET, carried over to two engines: one in linear time, and a backtracking one under a step limit
//! for what only that can do. The pattern is translated character by character, so nothing means something else by chance.

mod ascii;
mod class;
mod patterns;
mod search;
mod template;
mod translate;

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta;

use self::ascii::Ascii;
use self::search::Engine;
use self::translate::{Translation, translate};

pub(crate) use self::ascii::Run;
pub(crate) use self::patterns::Patterns;
pub(crate) use self::search::{Found, Groups, Matcher, Search};
pub(crate) use self::template::Template;

/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 4096;

/// Longest text that the linear engine goes through, in bytes: replacing all matches takes quadratic time at worst.
const MAX_TEXT: usize = 16 * 1024;

/// Longest text that the backtracking engine goes through, in bytes.
const MAX_TEXT_BACKTRACKING: usize = 4 * 1024;

/// Most steps of the backtracking engine for one match.
const MAX_STEPS: usize = 200_000;

/// Most memory of one compiled pattern, in bytes.
const MAX_PROGRAM: usize = 32 * 1024 * 1024;

/// A compiled pattern. The engines are made when they are first needed.
#[derive(Debug)]
pub(crate) struct Regex {
    translation: Translation,
    /// The indices of the engines for the groups, by the numbers of .NET.
    numbers: Vec<usize>,
    ascii: OnceLock<Option<Ascii>>,
    linear: OnceLock<Option<meta::Regex>>,
    backtracking: OnceLock<Option<fancy_regex::Regex>>,
}

/// Why a pattern cannot be used, and the bytes of it that are to blame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RegexError {
    pub(crate) message: String,
    pub(crate) place: Range<usize>,
    /// The pattern may be good, and there is no room for it beside the others of its expression.
    pub(crate) exhausts: bool,
}

/// Why a text could not be searched.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum SearchError {
    #[error("the pattern needs too much memory")]
    Program,
    #[error("the search takes too many steps")]
    Steps,
    #[error("the text is longer than {0} bytes, too long for a regular expression")]
    Text(usize),
}

impl RegexError {
    pub(crate) fn new(place: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), place, exhausts: false }
    }
}

impl Regex {
    /// Translates a pattern. A pattern for the backtracking engine is compiled at once, since that engine has limits that
    /// show only then.
    pub(crate) fn new(pattern: &str) -> Result<Self, RegexError> {
        Self::within(pattern, usize::MAX)
    }

    /// Translates a pattern that weighs no more than `most`.
    fn within(pattern: &str, most: usize) -> Result<Self, RegexError> {
        if pattern.len() > MAX_PATTERN {
            let message = format!("the pattern is longer than {MAX_PATTERN} bytes");
            return Err(RegexError::new(0..pattern.len(), message));
        }
        let translation = translate(pattern)?;
        if translation.weight > most {
            let message = "the patterns of this expression are too many or too large together";
            return Err(RegexError { exhausts: true, ..RegexError::new(0..pattern.len(), message) });
        }
        let numbers = translation.groups.by_number().collect();
        let (ascii, linear, backtracking) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let regex = Self { translation, numbers, ascii, linear, backtracking };
        if regex.translation.backtracking && regex.backtracking().is_none() {
            let message = "the look-around or the reference in this pattern is not available";
            return Err(RegexError::new(0..pattern.len(), message));
        }
        Ok(regex)
    }

    /// The number of the group with this name, which may be a number.
    pub(crate) fn group_number(&self, name: &str) -> Option<usize> {
        self.translation.groups.number(name)
    }

    /// The single characters that the pattern amounts to when its repetitions are written out.
    fn weight(&self) -> usize {
        self.translation.weight
    }

    /// Whether only the backtracking engine can search for it.
    pub(crate) fn is_backtracking(&self) -> bool {
        self.translation.backtracking
    }

    /// Finds the matches from left to right.
    pub(crate) fn matches<'t>(
        &'t self,
        text: &'t str,
    ) -> Result<impl Iterator<Item = Result<Found, SearchError>>, SearchError> {
        let (mut search, mut matcher) = (self.search(text, Groups::All)?, Matcher::default());
        Ok(std::iter::from_fn(move || match search.next(&mut matcher) {
            Ok(true) => Some(Ok(matcher.found().clone())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }))
    }

    /// Begins a search for the matches.
    pub(crate) fn search<'t>(&'t self, text: &'t str, groups: Groups) -> Result<Search<'t>, SearchError> {
        Ok(Search::new(self, self.engine(text)?, text, groups))
    }

    /// The class that the whole pattern is, where the text is one for the engine that knows nothing but ASCII.
    pub(crate) fn run(&self, text: &str) -> Option<&Run> {
        self.ascii(text)?.run.as_ref()
    }

    fn ascii(&self, text: &str) -> Option<&Ascii> {
        let fits = !self.translation.backtracking && text.len() <= ascii::LONGEST && text.is_ascii();
        let build = || Ascii::new(&self.translation.with_end(r"\z"));
        if fits { self.ascii.get_or_init(build).as_ref() } else { None }
    }

    /// Where the text ends with a line feed, `$` also matches before it, which takes a look ahead.
    fn engine(&self, text: &str) -> Result<Engine<'_>, SearchError> {
        let looks_ahead = self.translation.ends && text.ends_with('\n');
        let backtracking = self.translation.backtracking || looks_ahead;
        let longest = if backtracking { MAX_TEXT_BACKTRACKING } else { MAX_TEXT };
        if text.len() > longest {
            return Err(SearchError::Text(longest));
        }
        if !looks_ahead && let Some(ascii) = self.ascii(text) {
            return Ok(Engine::Ascii(ascii));
        }
        let engine = if backtracking {
            self.backtracking().map(Engine::Backtracking)
        } else {
            self.linear().map(Engine::Linear)
        };
        engine.ok_or(SearchError::Program)
    }

    fn linear(&self) -> Option<&meta::Regex> {
        let build = || {
            let config = meta::Config::new().nfa_size_limit(Some(MAX_PROGRAM));
            meta::Builder::new().configure(config).build(&self.translation.with_end(r"\z")).ok()
        };
        self.linear.get_or_init(build).as_ref()
    }

    fn backtracking(&self) -> Option<&fancy_regex::Regex> {
        let build = || {
            let pattern = self.translation.with_end(r"(?=\n?\z)");
            let mut builder = fancy_regex::RegexBuilder::new(&pattern);
            builder.backtrack_limit(MAX_STEPS).delegate_size_limit(MAX_PROGRAM).build().ok()
        };
        self.backtracking.get_or_init(build).as_ref()
    }
}

#[cfg(test)]
mod tests;
