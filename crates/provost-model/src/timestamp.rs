use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An instant in UTC, to the nanosecond, as RFC 3339 writes it.
///
/// ```
/// use provost_model::Timestamp;
///
/// let stamp: Timestamp = "2026-03-16T09:00:00+02:00".parse()?;
/// assert_eq!(stamp.to_string(), "2026-03-16T07:00:00Z");
/// # Ok::<(), provost_model::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The start of the Unix epoch.
    pub const UNIX_EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// Makes an instant from milliseconds since the Unix epoch; values outside years -9999 to 9999 are moved to the
    /// nearest end.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        let fallback = if millis < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Self(jiff::Timestamp::from_millisecond(millis).unwrap_or(fallback))
    }

    /// Returns the milliseconds since the Unix epoch, rounded toward zero.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A text that is not an RFC 3339 date and time with an offset.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a date and time such as 2026-03-16T07:00:00Z")]
#[non_exhaustive]
pub struct ParseTimestampError;

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| ParseTimestampError)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = ParseTimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(stamp: Timestamp) -> Self {
        stamp.to_string()
    }
}
