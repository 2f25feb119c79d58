use serde_json::Value;

/// An instant: seconds since the Unix epoch and nanoseconds, for comparison.
pub(crate) type Instant = (i64, u32);

/// Reads an XML Schema dateTime: date, `T`, time, any fraction (nine digits count), and an optional offset (UTC without).
pub(crate) fn parse(text: &str) -> Option<Instant> {
    let (date, time) = text.split_once('T')?;
    let mut parts = date.splitn(3, '-');
    let year: i64 = digits(parts.next()?, 4)?;
    let month: i64 = digits(parts.next()?, 2)?;
    let day: i64 = digits(parts.next()?, 2)?;
    let (clock, offset) = split_offset(time)?;
    let (whole, fraction) = clock.split_once('.').map_or((clock, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut parts = whole.splitn(3, ':');
    let hour: i64 = digits(parts.next()?, 2)?;
    let minute: i64 = digits(parts.next()?, 2)?;
    let second: i64 = digits(parts.next()?, 2)?;
    let nanos = fraction.map_or(Some(0), nanoseconds)?;
    let midnight = hour == 24 && minute == 0 && second == 0 && nanos == 0;
    let fits = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && (hour < 24 || midnight)
        && minute < 60
        && second < 60;
    fits.then(|| (days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanos))
}

/// Reads a JSON text as an instant.
pub(crate) fn of(value: &Value) -> Option<Instant> {
    value.as_str().and_then(parse)
}

fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (clock, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours <= 14 && minutes < 60).then_some((clock, sign * (hours * 3_600 + minutes * 60)))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|octet| octet.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .try_fold(0_u32, |sum, octet| sum.checked_mul(10)?.checked_add(u32::from(octet.checked_sub(b'0')?)))
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar, for years 0 to 9999.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let years = if year == 0 { 0 } else { year - 1 };
    let leap_days = if year == 0 { 0 } else { years / 4 - years / 100 + years / 400 + 1 };
    let before: i64 = (1..month).map(|month| days_in_month(year, month)).sum();
    year * 365 + leap_days + before + day - 1 - 719_528
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn instants_of_known_dates() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some((0, 0)));
        assert_eq!(parse("2000-02-29T00:00:00Z"), Some((951_782_400, 0)));
        assert_eq!(parse("0000-01-01T00:00:00Z"), Some((-62_167_219_200, 0)));
        assert_eq!(parse("0001-01-01T00:00:00Z"), Some((-62_135_596_800, 0)));
        assert_eq!(parse("2026-11-24T23:00:00.5+01:00"), Some((1_795_557_600, 500_000_000)));
        assert_eq!(parse("9999-12-31T23:59:59.999999999"), Some((253_402_300_799, 999_999_999)));
    }

    #[test]
    fn what_is_no_instant() {
        for text in ["", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T24:00:01Z", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2026-01-01T00:00:00.Z"), None);
        assert_eq!(parse("2026-01-01T00:00:00+1:00"), None);
    }
}
