use std::fmt;
use std::str::FromStr;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_while_m_n, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map, map_opt, opt, value, verify};
use nom::sequence::preceded;
use provost_text::Span;

use crate::grammar::{self, Fault};

type Parsed<'a, T> = grammar::Parsed<'a, T, ParseGeneralizedTimeErrorKind>;

const SECONDS_A_DAY: i64 = 86_400;

/// Longest accepted text: a fraction of any length has no more digits than clocks can fill.
const MAX_LENGTH: usize = 64;

/// A point in time as `createTimestamp` and its like hold it, such as `20260316090000Z` (RFC 4517 section 3.3.13).
///
/// Held in UTC with nanoseconds: a time zone shifts the value when it is parsed, further digits of a fraction are cut,
/// and the last second of a minute may be 60, which is the next minute's first. `Display` prints UTC with seconds, and
/// a fraction only where there is one.
///
/// ```
/// use provost_ldap_types::GeneralizedTime;
///
/// let time: GeneralizedTime = "2026031609.5+0200".parse()?;
/// assert_eq!(time.to_string(), "20260316073000Z");
/// assert_eq!(time.unix_seconds(), 1_773_646_200);
/// # Ok::<(), provost_ldap_types::ParseGeneralizedTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct GeneralizedTime {
    seconds: i64,
    nanoseconds: u32,
}

impl GeneralizedTime {
    /// Makes a time from seconds since the start of 1970 in UTC, leap seconds not counted, and nanoseconds after it.
    ///
    /// Returns `None` outside of the years 0 to 9999, or for a second's worth of nanoseconds.
    #[must_use]
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let first = days_from_civil(0, 1, 1) * SECONDS_A_DAY;
        let end = days_from_civil(10_000, 1, 1) * SECONDS_A_DAY;
        ((first..end).contains(&seconds) && nanoseconds < 1_000_000_000).then_some(Self { seconds, nanoseconds })
    }

    /// Returns the seconds since the start of 1970 in UTC, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds after [`GeneralizedTime::unix_seconds`].
    #[must_use]
    pub fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }
}

impl fmt::Display for GeneralizedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(SECONDS_A_DAY));
        let second = self.seconds.rem_euclid(SECONDS_A_DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")?;
        if self.nanoseconds > 0 {
            let fraction = format!("{:09}", self.nanoseconds);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl FromStr for GeneralizedTime {
    type Err = ParseGeneralizedTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_LENGTH {
            let kind = ParseGeneralizedTimeErrorKind::TooLong;
            return Err(ParseGeneralizedTimeError { kind, span: Span::point(0) });
        }
        match time(text) {
            Ok((_, time)) => Ok(time),
            Err(error) => {
                let (kind, span) = Fault::locate(error, text);
                Err(ParseGeneralizedTimeError { kind, span })
            }
        }
    }
}

fn time(text: &str) -> Parsed<'_, GeneralizedTime> {
    let (rest, year) = digits(4, 0, 9999).parse(text)?;
    let (rest, month) = digits(2, 1, 12).parse(rest)?;
    let (rest, day) = digits(2, 1, days_in_month(year, month)).parse(rest)?;
    let (rest, hour) = digits(2, 0, 23).parse(rest)?;
    let (rest, minute) = opt(digits(2, 0, 59)).parse(rest)?;
    let (rest, second) = match minute {
        Some(_) => opt(digits(2, 0, 60)).parse(rest)?,
        None => (rest, None),
    };
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Fault::fail_char(rest, ParseGeneralizedTimeErrorKind::ExpectedNumber));
    }
    let unit = match (minute, second) {
        (None, _) => 3600,
        (Some(_), None) => 60,
        (Some(_), Some(_)) => 1,
    };
    let (rest, fraction) = opt(preceded(one_of(".,"), fraction)).parse(rest)?;
    let (rest, offset) = zone(rest).map_err(|_| Fault::fail_char(rest, ParseGeneralizedTimeErrorKind::ExpectedZone))?;
    if !rest.is_empty() {
        return Err(Fault::fail(rest, rest.len(), ParseGeneralizedTimeErrorKind::ExpectedEnd));
    }
    let within = fraction.unwrap_or(0) * unit;
    let nanoseconds = u32::try_from(within % 1_000_000_000).unwrap_or(0);
    let seconds = days_from_civil(year, month, day) * SECONDS_A_DAY
        + hour * 3600
        + minute.unwrap_or(0) * 60
        + second.unwrap_or(0)
        + within / 1_000_000_000
        - offset;
    match GeneralizedTime::from_unix(seconds, nanoseconds) {
        Some(time) => Ok((rest, time)),
        None => Err(Fault::fail(text, text.len(), ParseGeneralizedTimeErrorKind::OutOfRange)),
    }
}

/// Parses a number of exactly `count` digits within a range.
fn digits<'a>(
    count: usize,
    lowest: i64,
    highest: i64,
) -> impl Parser<&'a str, Output = i64, Error = Fault<'a, ParseGeneralizedTimeErrorKind>> {
    let number = map_opt(take_while_m_n(count, count, |c: char| c.is_ascii_digit()), |text: &str| text.parse().ok());
    verify(number, move |number| (lowest..=highest).contains(number))
}

/// Parses the digits behind a decimal sign as billionths.
fn fraction(input: &str) -> Parsed<'_, i64> {
    map(take_while1(|c: char| c.is_ascii_digit()), |digits: &str| {
        digits.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    })
    .parse(input)
}

/// Parses the time zone as seconds east of Greenwich.
fn zone(input: &str) -> Parsed<'_, i64> {
    let sign = alt((value(1, char('+')), value(-1, char('-'))));
    let differential = (sign, digits(2, 0, 23), opt(digits(2, 0, 59)));
    alt((
        value(0, one_of("Zz")),
        map(differential, |(sign, hours, minutes)| sign * (hours * 3600 + minutes.unwrap_or(0) * 60)),
    ))
    .parse(input)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days from the start of 1970 to a date of the Gregorian calendar.
///
/// Years are counted from March, so that the day a leap year adds is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// Returns year, month and day of a count of days from the start of 1970.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A text that is not a generalized time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseGeneralizedTimeError {
    kind: ParseGeneralizedTimeErrorKind,
    span: Span,
}

impl ParseGeneralizedTimeError {
    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> ParseGeneralizedTimeErrorKind {
        self.kind
    }

    /// Returns the bytes that are wrong; empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ParseGeneralizedTimeErrorKind::ExpectedEnd => "time-expected-end",
            ParseGeneralizedTimeErrorKind::ExpectedNumber => "time-expected-number",
            ParseGeneralizedTimeErrorKind::ExpectedZone => "time-expected-zone",
            ParseGeneralizedTimeErrorKind::OutOfRange => "time-out-of-range",
            ParseGeneralizedTimeErrorKind::TooLong => "time-too-long",
        }
    }
}

/// Why a text is not a generalized time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ParseGeneralizedTimeErrorKind {
    /// Something stands behind the time zone.
    ExpectedEnd,
    /// Year, month, day, hour, minute or second is missing or does not exist.
    ExpectedNumber,
    /// Neither `Z` nor a difference to UTC stands at the end.
    ExpectedZone,
    /// The time zone moves the time out of the years 0 to 9999.
    OutOfRange,
    /// The text is longer than 64 bytes.
    TooLong,
}

impl grammar::Kind for ParseGeneralizedTimeErrorKind {
    const SYNTAX: Self = Self::ExpectedNumber;
}

impl fmt::Display for ParseGeneralizedTimeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpectedEnd => "expected nothing behind the time zone",
            Self::ExpectedNumber => "expected a date and time as in `20260316090000Z`",
            Self::ExpectedZone => "expected `Z` or a difference to UTC such as `+0200`",
            Self::OutOfRange => "the time is not within the years 0 to 9999",
            Self::TooLong => "the time is longer than 64 bytes",
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use provost_text::Snippet;

    use super::GeneralizedTime;

    fn check(text: &str, expected: &Expect) {
        expected.assert_eq(&match text.parse::<GeneralizedTime>() {
            Ok(time) => time.to_string(),
            Err(error) => {
                format!("{}: {}", error.code(), Snippet::new(text, error.span(), &error.to_string()))
            }
        });
    }

    #[test]
    fn rfc_4517_3_3_13_examples() {
        check("199412161032Z", &expect!["19941216103200Z"]);
        check("199412160532-0500", &expect!["19941216103200Z"]);
    }

    #[test]
    fn rfc_4517_3_3_13_a_fraction_is_of_the_last_unit_written() {
        check("2026031609.5Z", &expect!["20260316093000Z"]);
        check("202603160900,25Z", &expect!["20260316090015Z"]);
        check("20260316090000.000001Z", &expect!["20260316090000.000001Z"]);
        check("20260316090000.0Z", &expect!["20260316090000Z"]);
        check("20260316090000.1234567894Z", &expect!["20260316090000.123456789Z"]);
        check("2026031609.0000000001Z", &expect!["20260316090000Z"]);
    }

    #[test]
    fn rfc_4517_3_3_13_a_leap_second_is_the_next_minute() {
        check("20161231235960Z", &expect!["20170101000000Z"]);
    }

    #[test]
    fn rfc_4517_3_3_13_zones() {
        check("20260101003000+01", &expect!["20251231233000Z"]);
        check("20260228233000-0045", &expect!["20260301001500Z"]);
        check(
            "20260316090000+24",
            &expect![[r"
                time-expected-zone: expected `Z` or a difference to UTC such as `+0200` at byte 14
                20260316090000+24
                              ^"]],
        );
        check(
            "20260316090000",
            &expect![[r"
                time-expected-zone: expected `Z` or a difference to UTC such as `+0200` at byte 14
                20260316090000
                              ^"]],
        );
        check(
            "00000101000000+0100",
            &expect![[r"
                time-out-of-range: the time is not within the years 0 to 9999 at byte 0
                00000101000000+0100
                ^^^^^^^^^^^^^^^^^^^"]],
        );
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        check("20240229000000Z", &expect!["20240229000000Z"]);
        check(
            "20230229000000Z",
            &expect![[r"
                time-expected-number: expected a date and time as in `20260316090000Z` at byte 6
                20230229000000Z
                      ^"]],
        );
        check(
            "20230231Z",
            &expect![[r"
                time-expected-number: expected a date and time as in `20260316090000Z` at byte 6
                20230231Z
                      ^"]],
        );
        check(
            "202312312360Z",
            &expect![[r"
                time-expected-number: expected a date and time as in `20260316090000Z` at byte 10
                202312312360Z
                          ^"]],
        );
        check(
            "Mar 8, 2021, 12:46:29 PM PST",
            &expect![[r"
                time-expected-number: expected a date and time as in `20260316090000Z` at byte 0
                Mar 8, 2021, 12:46:29 PM PST
                ^"]],
        );
    }

    #[test]
    fn the_calendar_is_that_of_everybody_else() {
        for (text, seconds) in [
            ("19700101000000Z", 0),
            ("20000229120000Z", 951_825_600),
            ("19691231235959Z", -1),
            ("16010101000000Z", -11_644_473_600),
            ("99991231235959Z", 253_402_300_799),
            ("00000101000000Z", -62_167_219_200),
        ] {
            let time: GeneralizedTime = text.parse().unwrap();
            assert_eq!((time.unix_seconds(), time.to_string().as_str()), (seconds, text));
        }
        assert_eq!(GeneralizedTime::from_unix(253_402_300_800, 0), None);
        assert_eq!(GeneralizedTime::from_unix(0, 1_000_000_000), None);
    }

    proptest! {
        #[test]
        fn a_printed_time_parses_to_itself(
            seconds in -62_167_219_200i64..253_402_300_800,
            nanoseconds in prop_oneof![Just(0), 0u32..1_000_000_000],
        ) {
            let time = GeneralizedTime::from_unix(seconds, nanoseconds).unwrap();
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn any_text_gives_a_time_or_an_error_within_it(text in "\\PC{0,70}|[0-9.,Zz+-]{0,40}") {
            if let Err(error) = text.parse::<GeneralizedTime>() {
                prop_assert!(error.span().slice(&text).is_some());
            }
        }
    }
}
