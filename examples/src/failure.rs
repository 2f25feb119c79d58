//! One line for a person that says why a program failed.

use std::error::Error;
use std::fmt;

/// Why a subcommand failed: one line, with all causes.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// Makes a failure with a message of its own.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Puts words before the message.
    #[must_use]
    pub fn context(self, words: impl fmt::Display) -> Self {
        Self(format!("{words}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let words = cause.to_string();
            if !text.contains(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            source = cause.source();
        }
        Self(text)
    }
}
