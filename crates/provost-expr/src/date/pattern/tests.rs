use proptest::prelude::*;

use super::{ParsePatternError, Pattern, Styles};
use crate::date::DateTime;

fn at(text: &str) -> DateTime {
    DateTime::parse(text).unwrap()
}

fn printed(pattern: &str, date: &str) -> String {
    Pattern::parse(pattern).unwrap().print(at(date))
}

fn read(pattern: &str, text: &str) -> Option<String> {
    read_with(pattern, text, Styles::DEFAULT)
}

fn read_with(pattern: &str, text: &str, styles: Styles) -> Option<String> {
    let today = at("2025-07-30T15:33:38Z");
    Pattern::parse(pattern).unwrap().read(text, styles, today).map(|date| date.to_string())
}

#[test]
fn every_letter_prints() {
    for (pattern, expected) in [
        ("d dd ddd dddd", "4 04 Fri Friday"),
        ("M MM MMM MMMM", "7 07 Jul July"),
        ("y yy yyy yyyy yyyyy", "25 25 2025 2025 02025"),
        ("h hh H HH", "1 01 13 13"),
        ("m mm s ss", "5 05 9 09"),
        ("f ff fff fffffff", "0 06 060 0600000"),
        ("%F FF FFFFFFF", " 06 06"),
        ("t tt", "P PM"),
        ("z zz zzz K", "+0 +00 +00:00 Z"),
        ("%d", "4"),
        ("'d'\"M\"\\y'it\\'s'", "dMyit's"),
        ("yyyy-MM-ddTHH:mm:ssZ", "2025-07-04T13:05:09Z"),
    ] {
        assert_eq!(printed(pattern, "2025-07-04T13:05:09.06Z"), expected, "{pattern}");
    }
}

#[test]
fn a_fraction_that_is_left_out_takes_its_point_along() {
    assert_eq!(printed("ss.FFF", "2025-07-04T13:05:09Z"), "09");
    assert_eq!(printed("ss.fff", "2025-07-04T13:05:09Z"), "09.000");
}

#[test]
fn twelve_is_at_midnight_and_at_noon() {
    assert_eq!(printed("h tt", "2025-07-04T00:30:00Z"), "12 AM");
    assert_eq!(printed("h tt", "2025-07-04T12:30:00Z"), "12 PM");
}

#[test]
fn patterns_that_are_refused() {
    for (pattern, error) in [
        ("", ParsePatternError::Empty),
        ("d", ParsePatternError::Standard),
        ("dd\\", ParsePatternError::Dangling),
        ("dd%", ParsePatternError::Dangling),
        ("%%d", ParsePatternError::Dangling),
        ("'dd", ParsePatternError::Open),
        ("ffffffff", ParsePatternError::TooPrecise),
    ] {
        assert_eq!(Pattern::parse(pattern).unwrap_err(), error, "{pattern}");
    }
}

#[test]
fn texts_are_read_exactly() {
    for (pattern, text, expected) in [
        ("yyyyMMddHHmmss.fZ", "20150123105347.1Z", Some("1/23/2015 10:53:47 AM")),
        ("M/d/yyyy hh:mm:ss tt", "12/31/2025 12:00:00 am", Some("12/31/2025 12:00:00 AM")),
        ("M/d/yyyy h:mm tt", "1/2/2025 12:05 PM", Some("1/2/2025 12:05:00 PM")),
        ("yyyy-MM-ddzzz", "2020-12-31-08:00", Some("12/31/2020 8:00:00 AM")),
        ("yyyy-MM-ddTHH:mmK", "2020-12-31T00:00", Some("12/31/2020 12:00:00 AM")),
        ("yyyy-MM-ddTHH:mmK", "2020-12-31T00:00+01:00", Some("12/30/2020 11:00:00 PM")),
        ("yyyy-MM-dd z", "2020-12-31 +1", Some("12/30/2020 11:00:00 PM")),
        ("dddd, d MMMM yyyy", "wednesday, 30 july 2025", Some("7/30/2025 12:00:00 AM")),
        ("ddd d MMM yy", "Thu 30 Jul 25", None),
        ("d MMM yy", "1 Jan 49", Some("1/1/2049 12:00:00 AM")),
        ("d MMM yy", "1 Jan 50", Some("1/1/1950 12:00:00 AM")),
        ("HH:mm", "08:15", Some("7/30/2025 8:15:00 AM")),
        ("MM/dd", "02/03", Some("2/3/2025 12:00:00 AM")),
        ("HH tt", "13 PM", Some("7/30/2025 1:00:00 PM")),
        ("HH tt", "13 AM", None),
        ("hh", "13", None),
        ("yyyy-MM-dd", "2025-7-4", None),
        ("yyyy-M-d", "2025-07-04", Some("7/4/2025 12:00:00 AM")),
        ("yyyy-MM-dd", "2025-02-29", None),
        ("yyyy-MM-dd", "2025-02-28x", None),
        ("dd dd yyyy MM", "01 02 2025 01", None),
        ("yyyy", "20255", None),
        ("ss.FFF", "09.12", Some("7/30/2025 12:00:09 AM")),
    ] {
        assert_eq!(read(pattern, text).as_deref(), expected, "{pattern} {text}");
    }
}

#[test]
fn styles_say_where_white_space_may_be() {
    let none = Styles::parse("None").unwrap();
    assert_eq!(read_with("dd", " 01", none), None);
    let inner = Styles::parse("AllowInnerWhite, AllowTrailingWhite").unwrap();
    assert_eq!(read_with("dd MM", "01   02 ", inner).as_deref(), Some("2/1/2025 12:00:00 AM"));
    assert_eq!(
        read_with("dd MM", " 0102", Styles::parse("AllowWhiteSpaces").unwrap()).as_deref(),
        Some("2/1/2025 12:00:00 AM")
    );
    let first = Styles::parse("NoCurrentDateDefault").unwrap();
    assert_eq!(read_with("HH:mm", "08:15", first).as_deref(), Some("1/1/0001 8:15:00 AM"));
    assert_eq!(Styles::parse("AssumeLocal"), None);
    assert_eq!(Styles::parse("Unknown"), None);
}

proptest! {
    #[test]
    fn printed_then_read_is_equal(steps in 0i64..2_650_467_744_000_000_000) {
        let date = DateTime::from_steps(steps).unwrap();
        for pattern in ["yyyy-MM-ddTHH:mm:ss.fffffffK", "dddd d MMMM yyyy h:m:s.FFFFFFF tt zzz", "yyyyMMddHHmmssfffffff"] {
            let pattern = Pattern::parse(pattern).unwrap();
            prop_assert_eq!(pattern.read(&pattern.print(date), Styles::DEFAULT, date), Some(date));
        }
    }

    #[test]
    fn nothing_panics(pattern in "[dfFhHmMstyzK:/'\"%\\\\ .T]{0,12}", text in "\\PC{0,20}") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let today = at("2025-07-30");
            let _ = pattern.read(&text, Styles::DEFAULT, today);
            let _ = pattern.read(&pattern.print(today), Styles::DEFAULT, today);
        }
    }
}
