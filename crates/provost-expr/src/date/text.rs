//! The forms that dates have as text, which are a closed list.

use jiff::civil;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n};
use nom::character::complete::{char, digit1, one_of, space0, space1};
use nom::combinator::{all_consuming, map, map_opt, opt, value};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser as _};

use super::DateTime;

/// Reads `yyyy-MM-dd`, alone, with an offset, or with a time; `M/d/yyyy`, alone or with a time; or the form of RFC 1123.
/// Without an offset it is UTC.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let mut form = all_consuming(alt((iso, slashes, internet)));
    let (_, date) = form.parse(text.trim()).ok()?;
    date
}

fn iso(text: &str) -> IResult<&str, Option<DateTime>, ()> {
    let mut date = (number(4, 4), char('-'), number(2, 2), char('-'), number(2, 2));
    let (rest, (year, _, month, _, day)) = date.parse(text)?;
    let spaced = preceded(space1, alt((clock_face, wide_clock)));
    let time = alt((preceded(char('T'), wide_clock), spaced));
    let (rest, (time, offset)) = pair(opt(time), opt(preceded(space0, offset))).parse(rest)?;
    let date = civil::Date::new(year, narrow(month), narrow(day)).ok();
    let local = date.map(|date| date.to_datetime(time.unwrap_or(civil::Time::midnight())));
    Ok((rest, local.and_then(|local| DateTime::from_local(local, offset.unwrap_or(0)))))
}

fn slashes(text: &str) -> IResult<&str, Option<DateTime>, ()> {
    let mut date = (number(1, 2), char('/'), number(1, 2), char('/'), number(4, 4));
    let (rest, (month, _, day, _, year)) = date.parse(text)?;
    let (rest, time) = opt(preceded(space1, alt((clock_face, clock)))).parse(rest)?;
    let date = civil::Date::new(year, narrow(month), narrow(day)).ok();
    let local = date.map(|date| date.to_datetime(time.unwrap_or(civil::Time::midnight())));
    Ok((rest, local.and_then(|local| DateTime::from_local(local, 0))))
}

/// `ddd, dd MMM yyyy HH:mm:ss GMT`; the day of the week must be right.
fn internet(text: &str) -> IResult<&str, Option<DateTime>, ()> {
    let weekday = terminated(take_while_m_n(3, 3, |c: char| c.is_ascii_alphabetic()), (char(','), space1));
    let month = map_opt(take_while_m_n(3, 3, |c: char| c.is_ascii_alphabetic()), |name: &str| {
        MONTHS.iter().zip(1i8..).find(|(month, _)| month.get(..3).is_some_and(|m| m.eq_ignore_ascii_case(name)))
    });
    let mut date = (weekday, number(2, 2), delimited(space1, month, space1), number(4, 4));
    let (rest, (weekday, day, (_, month), year)) = date.parse(text)?;
    let (rest, time) = delimited(space1, wide_clock, (space1, tag("GMT"))).parse(rest)?;
    let date = civil::Date::new(year, month, narrow(day)).ok();
    let right = date.filter(|date| {
        let name = WEEKDAYS.get(usize::try_from(date.weekday().to_sunday_zero_offset()).unwrap_or(0));
        name.and_then(|name| name.get(..3)).is_some_and(|name| name.eq_ignore_ascii_case(weekday))
    });
    Ok((rest, right.and_then(|date| DateTime::from_local(date.to_datetime(time), 0))))
}

/// `h:mm`, with seconds or without, and the half of the day.
fn clock_face(text: &str) -> IResult<&str, civil::Time, ()> {
    let half = alt((value(0, tag_no_case("AM")), value(12, tag_no_case("PM"))));
    map_opt((number(1, 2), minute, opt(second), preceded(space0, half)), |(hour, minute, second, half)| {
        let hour = (1..=12).contains(&hour).then(|| hour % 12 + half)?;
        time(hour, minute, second.unwrap_or_default())
    })
    .parse(text)
}

/// `HH:mm`, with seconds and a fraction or without.
fn wide_clock(text: &str) -> IResult<&str, civil::Time, ()> {
    map_opt((number(2, 2), minute, opt(second)), |(hour, minute, second)| {
        time(hour, minute, second.unwrap_or_default())
    })
    .parse(text)
}

/// `H:mm`, with seconds or without.
fn clock(text: &str) -> IResult<&str, civil::Time, ()> {
    map_opt((number(1, 2), minute, opt(second)), |(hour, minute, second)| {
        time(hour, minute, second.unwrap_or_default())
    })
    .parse(text)
}

fn minute(text: &str) -> IResult<&str, i16, ()> {
    preceded(char(':'), number(2, 2)).parse(text)
}

/// Seconds and their fraction, in steps of 100 nanoseconds; more digits than that are cut off.
fn second(text: &str) -> IResult<&str, (i16, i32), ()> {
    let fraction = map(preceded(char('.'), digit1), fraction_steps);
    preceded(char(':'), pair(number(2, 2), map(opt(fraction), Option::unwrap_or_default))).parse(text)
}

/// `Z`, or hours ahead of UTC with minutes or without; in minutes.
fn offset(text: &str) -> IResult<&str, i64, ()> {
    let signed =
        map_opt((one_of("+-"), number(1, 2), opt(preceded(opt(char(':')), number(2, 2)))), |(sign, hours, minutes)| {
            let minutes = minutes.unwrap_or(0);
            let total = i64::from(hours) * 60 + i64::from(minutes);
            (hours <= 14 && minutes < 60).then_some(if sign == '-' { -total } else { total })
        });
    alt((value(0, char('Z')), signed)).parse(text)
}

fn number(fewest: usize, most: usize) -> impl FnMut(&str) -> IResult<&str, i16, ()> {
    move |text| {
        map_opt(take_while_m_n(fewest, most, |c: char| c.is_ascii_digit()), |digits: &str| digits.parse().ok())
            .parse(text)
    }
}

/// Digits behind the decimal point of seconds as steps of 100 nanoseconds.
pub(super) fn fraction_steps(digits: &str) -> i32 {
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(7);
    padded.fold(0, |steps, digit| steps * 10 + i32::from(digit.wrapping_sub(b'0')))
}

fn time(hour: i16, minute: i16, (second, steps): (i16, i32)) -> Option<civil::Time> {
    civil::Time::new(narrow(hour), narrow(minute), narrow(second), steps * 100).ok()
}

/// A number of at most two digits.
fn narrow(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_forms_that_are_read() {
        for (text, expected) in [
            ("2020-03-16", "3/16/2020 12:00:00 AM"),
            (" 2020-03-16-07:00 ", "3/16/2020 7:00:00 AM"),
            ("2021-06-30+08:00", "6/29/2021 4:00:00 PM"),
            ("2021-06-30Z", "6/30/2021 12:00:00 AM"),
            ("2020-12-31T23:59", "12/31/2020 11:59:00 PM"),
            ("2020-12-31 23:59:59.1234567890-0800", "1/1/2021 7:59:59 AM"),
            ("2020-12-31T23:59:59Z", "12/31/2020 11:59:59 PM"),
            ("2013-01-10 4:00 PM -8", "1/11/2013 12:00:00 AM"),
            ("2013-01-10 12:30 am", "1/10/2013 12:30:00 AM"),
            ("1/2/2025", "1/2/2025 12:00:00 AM"),
            ("12/31/9999 12:00:00 AM", "12/31/9999 12:00:00 AM"),
            ("8/25/2021 5:41:18 PM", "8/25/2021 5:41:18 PM"),
            ("8/5/2021 5:41", "8/5/2021 5:41:00 AM"),
            ("Mon, 16 Mar 2020 07:00:00 GMT", "3/16/2020 7:00:00 AM"),
            ("0001-01-01", "1/1/0001 12:00:00 AM"),
        ] {
            assert_eq!(parse(text).map(|at| at.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_read() {
        for text in [
            "",
            "2020-02-30",
            "2020-3-16",
            "31/12/2020",
            "2020-01-01T24:00",
            "2020-01-01T5:00",
            "2020-01-01 13:00 PM",
            "2020-01-01 0:00 AM",
            "2020-01-01T00:00+15:00",
            "0000-01-01",
            "0001-01-01+01:00",
            "9999-12-31T23:00-02:00",
            "Tue, 16 Mar 2020 07:00:00 GMT",
            "2020-01-01T00:00:60",
            "20200101",
            "2020-01-01x",
            "1/1/20",
            "٢٠٢٠-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_are_kept_to_100_nanoseconds() {
        let steps = |text: &str| parse(text).unwrap().steps().rem_euclid(10_000_000);
        assert_eq!(steps("2020-01-01T00:00:00.5"), 5_000_000);
        assert_eq!(steps("2020-01-01T00:00:00.00000019"), 1);
    }
}
