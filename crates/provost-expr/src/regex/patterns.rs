use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::{Regex, RegexError};

/// Most single characters that all constant patterns of one expression may amount to when their repetitions are written
/// out. What compiling them costs grows with it.
pub(crate) const MAX_TOTAL_WEIGHT: usize = 32 * 1024;

/// Most searches of one check in patterns for the backtracking engine, each of which has a limit of steps.
const MAX_SEARCHES: usize = 64;

/// The patterns that are constants of one expression, each translated once, and what they have cost so far.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    held: RefCell<HashMap<String, Result<Arc<Regex>, RegexError>>>,
    weight: Cell<usize>,
    searches: Cell<usize>,
}

impl Patterns {
    /// Returns the pattern, which is translated when it is asked for the first time.
    pub(crate) fn get(&self, pattern: &str) -> Result<Arc<Regex>, RegexError> {
        if let Some(known) = self.held.borrow().get(pattern) {
            return known.clone();
        }
        let left = MAX_TOTAL_WEIGHT.saturating_sub(self.weight.get());
        let made = Regex::within(pattern, left).map(Arc::new);
        if let Ok(regex) = &made {
            self.weight.set(self.weight.get().saturating_add(regex.weight()));
        }
        self.held.borrow_mut().insert(pattern.to_owned(), made.clone());
        made
    }

    /// Takes one search out of what a check may spend; the linear engine is bounded by the weight of its pattern.
    pub(crate) fn may_search(&self, regex: &Regex) -> bool {
        if !regex.is_backtracking() {
            return true;
        }
        let searches = self.searches.get() + 1;
        self.searches.set(searches);
        searches <= MAX_SEARCHES
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SEARCHES, MAX_TOTAL_WEIGHT, Patterns};

    #[test]
    fn a_pattern_counts_once() {
        let patterns = Patterns::default();
        for _ in 0..3 {
            patterns.get("a{1000}").unwrap();
        }
        assert_eq!(patterns.weight.get(), 1000);
        assert!(patterns.get("[").is_err());
        assert_eq!(patterns.weight.get(), 1000);
    }

    #[test]
    fn all_patterns_together_have_one_budget() {
        let patterns = Patterns::default();
        // A thousand patterns of a thousand characters, half of them for each engine.
        let made = (0..1000).filter(|n| {
            let look_around = if n % 2 == 0 { "(?=b)" } else { "" };
            patterns.get(&format!("{look_around}[b]a{{{}}}", 1000 + n)).is_ok()
        });
        assert!(made.count() <= MAX_TOTAL_WEIGHT / 1000);
        assert!(patterns.weight.get() <= MAX_TOTAL_WEIGHT);
        let error = patterns.get("[b]a{1999}").unwrap_err();
        assert_eq!(error.message, "the patterns of this expression are too many or too large together");
        assert!(error.exhausts);
    }

    #[test]
    fn searches_that_may_run_back_are_counted() {
        let patterns = Patterns::default();
        let (linear, backtracking) = (patterns.get("a+").unwrap(), patterns.get("(?=a)").unwrap());
        assert_eq!((0..200).filter(|_| patterns.may_search(&linear)).count(), 200);
        assert_eq!((0..200).filter(|_| patterns.may_search(&backtracking)).count(), MAX_SEARCHES);
    }
}
