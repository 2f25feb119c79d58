//! Instants of the language: to 100 nanoseconds, in UTC, from year 1 to year 9999.

mod pattern;
mod text;

use std::fmt;

use jiff::Span;
use jiff::civil::{self, Weekday};
use provost_model::Timestamp;

pub(crate) use self::pattern::{ParsePatternError, Pattern, Styles};

/// An instant in UTC between the years 1 and 9999, in steps of 100 nanoseconds.
///
/// As text it is `M/d/yyyy h:mm:ss tt`, such as `3/16/2020 7:00:00 AM`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DateTime(civil::DateTime);

/// Nanoseconds in a step.
const STEP: i64 = 100;

/// Where the numbers of [`DateTime::steps`] begin.
const EPOCH: civil::DateTime = civil::DateTime::constant(1601, 1, 1, 0, 0, 0, 0);

/// What dates are counted in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Interval {
    Days,
    Hours,
    Minutes,
    Months,
    Seconds,
    Weeks,
    Years,
}

impl DateTime {
    /// Returns the instant of a timestamp, to the second below; `None` outside the years 1 to 9999.
    pub(crate) fn from_timestamp(stamp: Timestamp) -> Option<Self> {
        let seconds = stamp.unix_millis().div_euclid(1000);
        Self::checked(moved(civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0), seconds)?)
    }

    /// Reads one of the forms that dates have as text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text::parse(text)
    }

    /// Returns the number of steps since 1601, as Active Directory counts time.
    pub(crate) fn steps(self) -> i64 {
        let elapsed = self.0.duration_since(EPOCH).as_nanos() / i128::from(STEP);
        i64::try_from(elapsed).unwrap_or(i64::MAX)
    }

    /// Returns the instant of a number of steps since 1601; `None` outside the years 1 to 9999.
    pub(crate) fn from_steps(steps: i64) -> Option<Self> {
        let seconds = steps.div_euclid(10_000_000);
        let nanos = i32::try_from(steps.rem_euclid(10_000_000) * STEP).ok()?;
        Self::checked(moved(EPOCH, seconds)?.with().subsec_nanosecond(nanos).build().ok()?)
    }

    /// Adds intervals. Months and years keep the day, or take the last one of a shorter month.
    pub(crate) fn plus(self, count: i64, interval: Interval) -> Option<Self> {
        let seconds = match interval {
            Interval::Months => return self.plus_months(count),
            Interval::Years => return self.plus_months(count.checked_mul(12)?),
            Interval::Days => 86_400,
            Interval::Hours => 3_600,
            Interval::Minutes => 60,
            Interval::Seconds => 1,
            Interval::Weeks => 604_800,
        };
        Self::checked(moved(self.0, count.checked_mul(seconds)?)?)
    }

    /// Counts the intervals from `self` to `later`: elapsed whole ones of fixed length, and for weeks, months and years the
    /// number of their beginnings that were passed.
    pub(crate) fn until(self, later: Self, interval: Interval) -> i64 {
        let month = |date: Self| i64::from(date.0.year()) * 12 + i64::from(date.0.month());
        let seconds = match interval {
            Interval::Months => return month(later) - month(self),
            Interval::Years => return i64::from(later.0.year()) - i64::from(self.0.year()),
            Interval::Weeks => return later.week() - self.week(),
            Interval::Days => 86_400,
            Interval::Hours => 3_600,
            Interval::Minutes => 60,
            Interval::Seconds => 1,
        };
        let elapsed = later.0.duration_since(self.0).as_nanos() / (i128::from(seconds) * 1_000_000_000);
        i64::try_from(elapsed).unwrap_or(i64::MAX)
    }

    /// Makes an instant from what clocks `offset` minutes ahead of UTC show.
    fn from_local(local: civil::DateTime, offset: i64) -> Option<Self> {
        Self::checked(moved(local, -offset * 60)?)
    }

    fn plus_months(self, count: i64) -> Option<Self> {
        let months = i64::from(self.0.year()) * 12 + i64::from(self.0.month()) - 1;
        let months = months.checked_add(count)?;
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
        let first = civil::Date::new(year, month, 1).ok()?;
        let date = civil::Date::new(year, month, self.0.day().min(first.days_in_month())).ok()?;
        Self::checked(date.to_datetime(self.0.time()))
    }

    /// The number of the week, weeks beginning on Sunday.
    fn week(self) -> i64 {
        let sunday = civil::date(0, 1, 2);
        debug_assert_eq!(sunday.weekday(), Weekday::Sunday);
        self.0.date().duration_since(sunday).as_hours().div_euclid(24 * 7)
    }

    fn checked(value: civil::DateTime) -> Option<Self> {
        let nanos = value.subsec_nanosecond();
        let steps = nanos - nanos % i32::try_from(STEP).ok()?;
        let value = value.with().subsec_nanosecond(steps).build().ok()?;
        (1..=9999).contains(&value.year()).then_some(Self(value))
    }
}

impl Interval {
    pub(crate) const CODES: &'static str = "`yyyy`, `m`, `ww`, `d`, `h`, `n` or `s`";

    pub(crate) fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "d" => Self::Days,
            "h" => Self::Hours,
            "m" => Self::Months,
            "n" => Self::Minutes,
            "s" => Self::Seconds,
            "ww" => Self::Weeks,
            "yyyy" => Self::Years,
            _ => return None,
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, half) = twelve_hours(self.0.hour());
        let Self(at) = self;
        write!(f, "{}/{}/{:04} {hour}:{:02}:{:02} {half}", at.month(), at.day(), at.year(), at.minute(), at.second())
    }
}

/// The date and time so many seconds later. Days are added as such, since a duration of the library cannot span all years.
fn moved(from: civil::DateTime, seconds: i64) -> Option<civil::DateTime> {
    let (hour, minute, second) = (i64::from(from.hour()), i64::from(from.minute()), i64::from(from.second()));
    let total = seconds.checked_add(hour * 3600 + minute * 60 + second)?;
    let days = Span::new().try_days(total.div_euclid(86_400)).ok()?;
    let rest = total.rem_euclid(86_400);
    let part = |number: i64| i8::try_from(number).ok();
    let (hour, minute, second) = (part(rest / 3600)?, part(rest / 60 % 60)?, part(rest % 60)?);
    let time = civil::Time::new(hour, minute, second, from.subsec_nanosecond()).ok()?;
    Some(from.date().checked_add(days).ok()?.to_datetime(time))
}

/// The hour on a clock face, and the half of the day.
fn twelve_hours(hour: i8) -> (i8, &'static str) {
    let on_face = if hour % 12 == 0 { 12 } else { hour % 12 };
    (on_face, if hour < 12 { "AM" } else { "PM" })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DateTime, Interval};

    fn date(text: &str) -> DateTime {
        DateTime::parse(text).unwrap()
    }

    #[test]
    fn steps_count_from_1601() {
        assert_eq!(date("1601-01-01").steps(), 0);
        assert_eq!(date("9999-12-31T23:59:59Z").steps(), 2_650_467_743_990_000_000);
        assert_eq!(date("0001-01-01").steps(), -504_911_232_000_000_000);
        assert_eq!(DateTime::from_steps(i64::MAX), None);
        assert_eq!(DateTime::from_steps(i64::MIN), None);
    }

    #[test]
    fn the_last_years_are_reached_from_the_first() {
        assert_eq!(DateTime::from_steps(2_534_023_008_000_000_000), Some(date("9631-01-01T00:00:00Z")));
        assert_eq!(date("0001-01-01").plus(315_537_897_599, Interval::Seconds), Some(date("9999-12-31T23:59:59Z")));
    }

    #[test]
    fn a_shorter_month_has_a_last_day() {
        assert_eq!(date("2024-03-31").plus(-1, Interval::Months), Some(date("2024-02-29")));
        assert_eq!(date("2024-02-29").plus(1, Interval::Years), Some(date("2025-02-28")));
        assert_eq!(date("2024-01-31").plus(25, Interval::Months), Some(date("2026-02-28")));
    }

    #[test]
    fn years_before_1_and_after_9999_are_none() {
        assert_eq!(date("9999-12-31").plus(1, Interval::Days), None);
        assert_eq!(date("0001-01-01").plus(-1, Interval::Seconds), None);
        for interval in [Interval::Weeks, Interval::Months, Interval::Years] {
            assert_eq!(date("2024-01-01").plus(i64::MAX, interval), None);
            assert_eq!(date("2024-01-01").plus(i64::MIN, interval), None);
        }
    }

    #[test]
    fn weeks_are_passed_sundays() {
        let weeks = |from: &str, to: &str| date(from).until(date(to), Interval::Weeks);
        assert_eq!(weeks("2025-08-02", "2025-08-03"), 1);
        assert_eq!(weeks("2025-08-03", "2025-08-09T23:59:59"), 0);
        assert_eq!(weeks("2025-08-10", "2025-08-09"), -1);
        assert_eq!(weeks("0001-01-06", "0001-01-07"), 1);
    }

    proptest! {
        #[test]
        fn steps_and_back_is_equal(steps in -504_911_232_000_000_000i64..2_650_467_744_000_000_000) {
            prop_assert_eq!(DateTime::from_steps(steps).unwrap().steps(), steps);
        }

        #[test]
        fn printed_then_read_is_equal_to_the_second(seconds in 0i64..315_537_897_600) {
            let steps = seconds * 10_000_000 - 504_911_232_000_000_000;
            let at = DateTime::from_steps(steps).unwrap();
            prop_assert_eq!(DateTime::parse(&at.to_string()), Some(at));
        }

        #[test]
        fn what_is_added_is_counted(steps in 0i64..2_000_000_000_000_000_000, count in -1000i64..1000) {
            let at = DateTime::from_steps(steps).unwrap();
            for interval in [Interval::Days, Interval::Hours, Interval::Minutes, Interval::Seconds, Interval::Weeks,
                             Interval::Months, Interval::Years] {
                if let Some(other) = at.plus(count, interval) {
                    prop_assert_eq!(at.until(other, interval), count);
                }
            }
        }
    }
}
