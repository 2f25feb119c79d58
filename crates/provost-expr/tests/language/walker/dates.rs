use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Steps of 100 nanoseconds.
pub(super) const SECOND: i64 = 10_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;

/// The beginning of the year 1601, from which Active Directory counts.
pub(super) const AD_EPOCH: i64 = 504_911_232_000_000_000;

/// The beginning of the year 1970.
pub(super) const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

const MONTHS: [&str; 12] = [
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
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first day of year 1; years count from 0 here, so that an offset may lead into year 1.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=month_days(year, month)).contains(&day) {
        return None;
    }
    let past = year - 1;
    let years = past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    Some(years + (1..month).map(|month| month_days(year, month)).sum::<i64>() + day - 1)
}

/// Year, month and day of a date.
pub(super) fn civil(steps: i64) -> (i64, i64, i64) {
    let mut left = steps.div_euclid(DAY);
    let mut year = 1 + left / 366;
    while days(year + 1, 1, 1).is_some_and(|next| next <= left) {
        year += 1;
    }
    left -= days(year, 1, 1).unwrap_or(0);
    let mut month = 1;
    while left >= month_days(year, month) {
        left -= month_days(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// The steps, when they lie between the years 1 and 9999.
pub(super) fn checked(steps: i128) -> Option<i64> {
    let end = i128::from(days(9999, 12, 31)? + 1) * i128::from(DAY);
    (0..end).contains(&steps).then_some(())?;
    i64::try_from(steps).ok()
}

pub(super) fn plus_months(steps: i64, count: i64) -> Option<i64> {
    let (year, month, day) = civil(steps);
    let months = (year * 12 + month - 1).checked_add(count)?;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    if !(1..=9999).contains(&year) {
        return None;
    }
    Some(days(year, month, day.min(month_days(year, month)))? * DAY + steps.rem_euclid(DAY))
}

/// The beginnings of weeks, which are Sundays, since year 1. Its first day was a Monday.
pub(super) fn sundays(steps: i64) -> i64 {
    (steps.div_euclid(DAY) + 1).div_euclid(7)
}

pub(super) fn printed(steps: i64) -> String {
    let (year, month, day) = civil(steps);
    let seconds = steps.rem_euclid(DAY) / SECOND;
    let (hour, half) = face(seconds / 3600);
    format!("{month}/{day}/{year:04} {hour}:{:02}:{:02} {half}", seconds / 60 % 60, seconds % 60)
}

fn face(hour: i64) -> (i64, &'static str) {
    (if hour % 12 == 0 { 12 } else { hour % 12 }, if hour < 12 { "AM" } else { "PM" })
}

/// Reads one of the forms of `CDate`.
pub(super) fn read(text: &str) -> Option<i64> {
    static ISO: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:\.(?<part>[0-9]+))?)?|[ \t]+(?<h>[0-9]{1,2}):(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?:\.(?<p>[0-9]+))?)?(?:[ \t]*(?<half>[AaPp][Mm]))?)?(?:[ \t]*(?:Z|(?<sign>[+-])(?:(?<hours>[0-9]{1,2})(?::(?<minutes>[0-9]{2}))?|(?<both>[0-9]{4}))))?$",
        )
        .unwrap()
    });
    static SLASHES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?:[ \t]+(?<h>[0-9]{1,2}):(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?:\.(?<p>[0-9]+))?)?(?:[ \t]*(?<half>[AaPp][Mm]))?)?$",
        )
        .unwrap()
    });
    static INTERNET: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^([A-Za-z]{3}),[ \t]+([0-9]{2})[ \t]+([A-Za-z]{3})[ \t]+([0-9]{4})[ \t]+(?<h>[0-9]{2}):(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?:\.(?<p>[0-9]+))?)?[ \t]+GMT$",
        )
        .unwrap()
    });
    let text = text.trim();
    if let Some(found) = ISO.captures(text) {
        let date = days(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?)?;
        let time = match (found.name("hour"), found.name("h")) {
            (Some(_), _) => time(&found, ["hour", "minute", "second", "part"])?,
            (None, Some(hour)) if found.name("half").is_some() || hour.len() == 2 => {
                time(&found, ["h", "m", "s", "p"])?
            }
            (None, Some(_)) => return None,
            (None, None) => 0,
        };
        return checked(i128::from(date * DAY + time - offset(&found)?));
    }
    if let Some(found) = SLASHES.captures(text) {
        let date = days(number(&found, 3)?, number(&found, 1)?, number(&found, 2)?)?;
        let time = if found.name("h").is_some() { time(&found, ["h", "m", "s", "p"])? } else { 0 };
        return checked(i128::from(date * DAY + time));
    }
    let found = INTERNET.captures(text)?;
    let month = MONTHS.iter().position(|month| month[..3].eq_ignore_ascii_case(&found[3]))?;
    let date = days(number(&found, 4)?, i64::try_from(month).ok()? + 1, number(&found, 2)?)?;
    let weekday = WEEKDAYS[usize::try_from(date.rem_euclid(7)).ok()?];
    let right = weekday[..3].eq_ignore_ascii_case(&found[1]);
    if right { checked(i128::from(date * DAY + time(&found, ["h", "m", "s", "p"])?)) } else { None }
}

fn number(found: &Captures<'_>, group: usize) -> Option<i64> {
    found.get(group)?.as_str().parse().ok()
}

fn named(found: &Captures<'_>, group: &str) -> i64 {
    found.name(group).and_then(|digits| digits.as_str().parse().ok()).unwrap_or(0)
}

/// The time of day; more than seven digits behind the point of a second are cut off.
fn time(found: &Captures<'_>, [hour, minute, second, part]: [&str; 4]) -> Option<i64> {
    let (hour, minute, second) = (named(found, hour), named(found, minute), named(found, second));
    let hour = match found.name("half").map(|half| half.as_str().to_ascii_lowercase()) {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) if half == "pm" => hour % 12 + 12,
        Some(_) => hour % 12,
        None => hour,
    };
    let digits = found.name(part).map_or("", |part| part.as_str());
    let steps: i64 = format!("{digits:0<7}")[..7].parse().ok()?;
    (hour < 24 && minute < 60 && second < 60).then_some((hour * 3600 + minute * 60 + second) * SECOND + steps)
}

fn offset(found: &Captures<'_>) -> Option<i64> {
    let (hours, minutes) = match found.name("both") {
        Some(both) => (both.as_str()[..2].parse().ok()?, both.as_str()[2..].parse().ok()?),
        None => (named(found, "hours"), named(found, "minutes")),
    };
    let total = (hours * 60 + minutes) * 60 * SECOND;
    let negative = found.name("sign").is_some_and(|sign| sign.as_str() == "-");
    (hours <= 14 && minutes < 60).then_some(if negative { -total } else { total })
}

/// Prints by a custom format; `None` where the walker does not know the format.
pub(super) fn formatted(steps: i64, format: &str) -> Option<String> {
    let (year, month, day) = civil(steps);
    let seconds = steps.rem_euclid(DAY) / SECOND;
    let ((hour12, half), weekday) =
        (face(seconds / 3600), WEEKDAYS[usize::try_from(steps.div_euclid(DAY).rem_euclid(7)).ok()?]);
    let month_name = MONTHS[usize::try_from(month).ok()? - 1];
    let letters: Vec<char> = format.chars().collect();
    if letters.len() < 2 || letters.iter().any(|c| matches!(c, '\'' | '"' | '\\' | '%' | 'f' | 'F')) {
        return None;
    }
    let mut text = String::new();
    for run in letters.chunk_by(|a, b| a == b && "dhHmMstyz".contains(*a)) {
        let (letter, width) = (run[0], run.len());
        let padded = |number: i64| format!("{number:0width$}");
        text.push_str(&match (letter, width) {
            ('d', 1 | 2) => padded(day),
            ('d', 3) => weekday[..3].to_owned(),
            ('d', _) => weekday.to_owned(),
            ('h', 1 | 2) => padded(hour12),
            ('H', 1 | 2) => padded(seconds / 3600),
            ('m', 1 | 2) => padded(seconds / 60 % 60),
            ('s', 1 | 2) => padded(seconds % 60),
            ('M', 1 | 2) => padded(month),
            ('M', 3) => month_name[..3].to_owned(),
            ('M', _) => month_name.to_owned(),
            ('t', 1) => half[..1].to_owned(),
            ('t', 2) => half.to_owned(),
            ('y', 1 | 2) => padded(year % 100),
            ('y', _) => padded(year),
            ('z', 1) => "+0".to_owned(),
            ('z', 2) => "+00".to_owned(),
            ('z', _) => "+00:00".to_owned(),
            ('K', _) => "Z".to_owned(),
            ('h' | 'H' | 'm' | 's' | 't', _) => return None,
            (literal, _) => literal.to_string(),
        });
    }
    Some(text)
}
