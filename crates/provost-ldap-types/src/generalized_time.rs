use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_while_m_n, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map, map_opt, opt, value, verify};
use provost_text::Span;

use self::ParseGeneralizedTimeErrorKind as Kind;
use crate::grammar::{self, Fault};

type Parsed<'a, T> = grammar::Parsed<'a, T, Kind>;

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
    let (rest, year) = field(text, 4, 0..=9999, Kind::ExpectedYear)?;
    let (rest, month) = field(rest, 2, 1..=12, Kind::ExpectedMonth)?;
    let (rest, day) = field(rest, 2, 1..=days_in_month(year, month), Kind::ExpectedDay)?;
    let (rest, hour) = field(rest, 2, 0..=23, Kind::ExpectedHour)?;
    let (rest, minute) = optional_field(rest, 0..=59, Kind::ExpectedMinute)?;
    let (rest, second) = match minute {
        Some(_) => optional_field(rest, 0..=60, Kind::ExpectedSecond)?,
        None => (rest, None),
    };
    let unit = match (minute, second) {
        (None, _) => 3600,
        (Some(_), None) => 60,
        (Some(_), Some(_)) => 1,
    };
    let (rest, fraction) = match rest.strip_prefix(['.', ',']) {
        Some(digits) => {
            let parsed = fraction(digits).map_err(|_| Fault::fail_char(digits, Kind::ExpectedFraction))?;
            (parsed.0, Some(parsed.1))
        }
        None => (rest, None),
    };
    let (rest, offset) = zone(rest).map_err(|_| Fault::fail_char(rest, Kind::ExpectedZone))?;
    if !rest.is_empty() {
        return Err(Fault::fail(rest, rest.len(), Kind::ExpectedEnd));
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
        None => Err(Fault::fail(text, text.len(), Kind::OutOfRange)),
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

/// Parses a number of exactly `count` digits within a range.
fn field(input: &str, count: usize, range: RangeInclusive<i64>, kind: Kind) -> Parsed<'_, i64> {
    let parsed = digits(count, *range.start(), *range.end()).parse(input);
    let wrong = input.bytes().take(count).take_while(u8::is_ascii_digit).count();
    parsed.map_err(|_| match wrong {
        // What is there is all digits and out of range, or too few of them are there.
        wrong if wrong == count => Fault::fail(input, wrong, kind),
        wrong => Fault::fail_char(input.get(wrong..).unwrap_or_default(), kind),
    })
}

/// Parses a number of two digits within a range if a digit comes next.
fn optional_field(input: &str, range: RangeInclusive<i64>, kind: Kind) -> Parsed<'_, Option<i64>> {
    if !input.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((input, None));
    }
    field(input, 2, range, kind).map(|(rest, number)| (rest, Some(number)))
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
            ParseGeneralizedTimeErrorKind::ExpectedDay => "time-expected-day",
            ParseGeneralizedTimeErrorKind::ExpectedEnd => "time-expected-end",
            ParseGeneralizedTimeErrorKind::ExpectedFraction => "time-expected-fraction",
            ParseGeneralizedTimeErrorKind::ExpectedHour => "time-expected-hour",
            ParseGeneralizedTimeErrorKind::ExpectedMinute => "time-expected-minute",
            ParseGeneralizedTimeErrorKind::ExpectedMonth => "time-expected-month",
            ParseGeneralizedTimeErrorKind::ExpectedSecond => "time-expected-second",
            ParseGeneralizedTimeErrorKind::ExpectedYear => "time-expected-year",
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
    /// The day is missing, or the month does not have it.
    ExpectedDay,
    /// Something stands behind the time zone.
    ExpectedEnd,
    /// No digits stand behind a decimal sign.
    ExpectedFraction,
    /// The hour is missing or does not exist.
    ExpectedHour,
    /// The minute has one digit or does not exist.
    ExpectedMinute,
    /// The month is missing or does not exist.
    ExpectedMonth,
    /// The second has one digit or does not exist.
    ExpectedSecond,
    /// The text does not begin with the four digits of a year.
    ExpectedYear,
    /// Neither `Z` nor a difference to UTC stands at the end.
    ExpectedZone,
    /// The time zone moves the time out of the years 0 to 9999.
    OutOfRange,
    /// The text is longer than 64 bytes.
    TooLong,
}

impl grammar::Kind for ParseGeneralizedTimeErrorKind {
    const SYNTAX: Self = Self::ExpectedYear;
    const OID: Self = Self::ExpectedYear;
}

impl fmt::Display for ParseGeneralizedTimeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpectedDay => "expected a day that the month has, from 01 on",
            Self::ExpectedEnd => "expected nothing behind the time zone",
            Self::ExpectedFraction => "expected digits after the decimal sign",
            Self::ExpectedHour => "expected an hour from 00 to 23",
            Self::ExpectedMinute => "expected a minute from 00 to 59",
            Self::ExpectedMonth => "expected a month from 01 to 12",
            Self::ExpectedSecond => "expected a second from 00 to 60",
            Self::ExpectedYear => "expected a year of four digits, as in `20260316090000Z`",
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
            &expect![[r#"
                time-expected-day: expected a day that the month has, from 01 on at byte 6
                20230229000000Z
                      ^^"#]],
        );
        check(
            "20230231Z",
            &expect![[r#"
                time-expected-day: expected a day that the month has, from 01 on at byte 6
                20230231Z
                      ^^"#]],
        );
        check(
            "202312312360Z",
            &expect![[r#"
                time-expected-minute: expected a minute from 00 to 59 at byte 10
                202312312360Z
                          ^^"#]],
        );
        check(
            "Mar 8, 2021, 12:46:29 PM PST",
            &expect![[r#"
                time-expected-year: expected a year of four digits, as in `20260316090000Z` at byte 0
                Mar 8, 2021, 12:46:29 PM PST
                ^"#]],
        );
    }

    #[test]
    fn the_part_that_is_missing_is_named() {
        check(
            "2026",
            &expect![[r#"
            time-expected-month: expected a month from 01 to 12 at byte 4
            2026
                ^"#]],
        );
        check(
            "2026-03-16",
            &expect![[r#"
            time-expected-month: expected a month from 01 to 12 at byte 4
            2026-03-16
                ^"#]],
        );
        check(
            "20260316T09",
            &expect![[r#"
            time-expected-hour: expected an hour from 00 to 23 at byte 8
            20260316T09
                    ^"#]],
        );
        check(
            "202603160961Z",
            &expect![[r#"
            time-expected-minute: expected a minute from 00 to 59 at byte 10
            202603160961Z
                      ^^"#]],
        );
        check(
            "20260316096Z",
            &expect![[r#"
            time-expected-minute: expected a minute from 00 to 59 at byte 11
            20260316096Z
                       ^"#]],
        );
        check(
            "20260316090000.Z",
            &expect![[r#"
            time-expected-fraction: expected digits after the decimal sign at byte 15
            20260316090000.Z
                           ^"#]],
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
