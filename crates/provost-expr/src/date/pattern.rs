//! Custom date and time patterns of .NET, in the invariant culture: printing, and reading exactly.

use jiff::civil;

use super::text::{MONTHS, WEEKDAYS, fraction_steps};
use super::{DateTime, twelve_hours};

/// A pattern, taken apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    /// `d`, `dd`: the day of the month.
    Day(usize),
    /// `ddd`, `dddd`.
    DayName(Length),
    /// `f` or `F` and how many; the second form leaves out zeros at the end.
    Fraction(usize, Zeros),
    /// `t`, `tt`.
    Half(usize),
    /// `h`, `hh`.
    Hour12(usize),
    /// `H`, `HH`.
    Hour24(usize),
    /// `K`: `Z` for UTC.
    Kind,
    Literal(char),
    /// `m`, `mm`.
    Minute(usize),
    /// `M`, `MM`.
    Month(usize),
    /// `MMM`, `MMMM`.
    MonthName(Length),
    /// `z`, `zz`, `zzz`.
    Offset(usize),
    /// `s`, `ss`.
    Second(usize),
    /// `y` and how many.
    Year(usize),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Length {
    Full,
    Short,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Zeros {
    Kept,
    Left,
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum ParsePatternError {
    #[error("the format is empty")]
    Empty,
    #[error("a backslash or a percent sign at the end of the format has nothing to stand before")]
    Dangling,
    #[error("a quotation in the format is not closed")]
    Open,
    #[error("a format of one letter is a standard format, which is not supported; put `%` before it")]
    Standard,
    #[error("a fraction of a second has at most 7 digits")]
    TooPrecise,
}

/// How exactly a text must fit the pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Styles {
    leading_white: bool,
    trailing_white: bool,
    inner_white: bool,
    /// Whether a text without a date means today.
    today: bool,
}

impl Styles {
    /// White space at both ends, and today where there is no date.
    pub(crate) const DEFAULT: Self =
        Self { leading_white: true, trailing_white: true, inner_white: false, today: true };

    /// Reads names of .NET's `DateTimeStyles`, separated by commas; `None` for an unknown one, and for `AssumeLocal`, since
    /// there is no local time.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut styles = Self { leading_white: false, trailing_white: false, inner_white: false, today: true };
        for name in text.split(',') {
            match name.trim() {
                "AllowInnerWhite" => styles.inner_white = true,
                "AllowLeadingWhite" => styles.leading_white = true,
                "AllowTrailingWhite" => styles.trailing_white = true,
                "AllowWhiteSpaces" => {
                    (styles.leading_white, styles.trailing_white, styles.inner_white) = (true, true, true);
                }
                "NoCurrentDateDefault" => styles.today = false,
                "AdjustToUniversal" | "AssumeUniversal" | "None" | "RoundtripKind" => {}
                _ => return None,
            }
        }
        Some(styles)
    }
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, ParsePatternError> {
        let mut parts = Vec::new();
        let mut rest = text.chars().peekable();
        let alone = text.chars().count() == 1;
        while let Some(c) = rest.next() {
            match c {
                '\\' => parts.push(Part::Literal(rest.next().ok_or(ParsePatternError::Dangling)?)),
                '%' if rest.peek().is_none_or(|next| *next == '%') => return Err(ParsePatternError::Dangling),
                '%' => {}
                '\'' | '"' => loop {
                    match rest.next().ok_or(ParsePatternError::Open)? {
                        close if close == c => break,
                        '\\' => parts.push(Part::Literal(rest.next().ok_or(ParsePatternError::Dangling)?)),
                        quoted => parts.push(Part::Literal(quoted)),
                    }
                },
                _ if alone && c.is_ascii_alphabetic() => return Err(ParsePatternError::Standard),
                'd' | 'f' | 'F' | 'h' | 'H' | 'm' | 'M' | 's' | 't' | 'y' | 'z' => {
                    let mut count = 1;
                    while rest.next_if_eq(&c).is_some() {
                        count += 1;
                    }
                    parts.push(part(c, count)?);
                }
                'K' => parts.push(Part::Kind),
                literal => parts.push(Part::Literal(literal)),
            }
        }
        if parts.is_empty() { Err(ParsePatternError::Empty) } else { Ok(Self(parts)) }
    }

    pub(crate) fn print(&self, at: DateTime) -> String {
        let DateTime(at) = at;
        let mut text = String::new();
        for part in &self.0 {
            match *part {
                Part::Day(width) => padded(&mut text, at.day().into(), width),
                Part::DayName(length) => text.push_str(named(weekday(at.date()), length)),
                Part::Fraction(digits, zeros) => print_fraction(&mut text, at.subsec_nanosecond(), digits, zeros),
                Part::Half(width) => text.extend(twelve_hours(at.hour()).1.chars().take(width)),
                Part::Hour12(width) => padded(&mut text, twelve_hours(at.hour()).0.into(), width),
                Part::Hour24(width) => padded(&mut text, at.hour().into(), width),
                Part::Kind => text.push('Z'),
                Part::Literal(c) => text.push(c),
                Part::Minute(width) => padded(&mut text, at.minute().into(), width),
                Part::Month(width) => padded(&mut text, at.month().into(), width),
                Part::MonthName(length) => text.push_str(named(month_name(at.month()), length)),
                Part::Offset(1) => text.push_str("+0"),
                Part::Offset(2) => text.push_str("+00"),
                Part::Offset(_) => text.push_str("+00:00"),
                Part::Second(width) => padded(&mut text, at.second().into(), width),
                Part::Year(width @ 1..=2) => padded(&mut text, i32::from(at.year()) % 100, width),
                Part::Year(width) => padded(&mut text, at.year().into(), width),
            }
        }
        text
    }

    /// Reads a text that has exactly this form; `None` when it does not fit. What the pattern leaves out is taken from
    /// `today`, or is the first of its kind.
    pub(crate) fn read(&self, text: &str, styles: Styles, today: DateTime) -> Option<DateTime> {
        let text = if styles.leading_white { text.trim_start() } else { text };
        let text = if styles.trailing_white { text.trim_end() } else { text };
        let mut reader = Reader { rest: text, fields: Fields::default() };
        for part in &self.0 {
            if styles.inner_white {
                reader.rest = reader.rest.trim_start();
            }
            reader.part(*part, styles)?;
        }
        if styles.inner_white {
            reader.rest = reader.rest.trim_start();
        }
        if reader.rest.is_empty() { reader.fields.date_time(styles, today) } else { None }
    }
}

fn part(letter: char, count: usize) -> Result<Part, ParsePatternError> {
    let width = count.min(2);
    Ok(match (letter, count) {
        ('d', 1 | 2) => Part::Day(count),
        ('d', 3) => Part::DayName(Length::Short),
        ('d', _) => Part::DayName(Length::Full),
        ('f' | 'F', 8..) => return Err(ParsePatternError::TooPrecise),
        ('f', _) => Part::Fraction(count, Zeros::Kept),
        ('F', _) => Part::Fraction(count, Zeros::Left),
        ('h', _) => Part::Hour12(width),
        ('H', _) => Part::Hour24(width),
        ('m', _) => Part::Minute(width),
        ('M', 1 | 2) => Part::Month(count),
        ('M', 3) => Part::MonthName(Length::Short),
        ('M', _) => Part::MonthName(Length::Full),
        ('s', _) => Part::Second(width),
        ('t', _) => Part::Half(width),
        ('y', _) => Part::Year(count),
        _ => Part::Offset(count.min(3)),
    })
}

fn padded(text: &mut String, number: i32, width: usize) {
    use std::fmt::Write as _;
    let _ = write!(text, "{number:0width$}");
}

/// Where zeros are left out and nothing remains, the point before it goes too.
fn print_fraction(text: &mut String, nanos: i32, digits: usize, zeros: Zeros) {
    let all = format!("{:07}", nanos / 100);
    let wanted = all.get(..digits).unwrap_or(&all);
    match zeros {
        Zeros::Kept => text.push_str(wanted),
        Zeros::Left => {
            let significant = wanted.trim_end_matches('0');
            text.push_str(significant);
            if significant.is_empty() && text.ends_with('.') {
                text.pop();
            }
        }
    }
}

fn named(name: &'static str, length: Length) -> &'static str {
    match length {
        Length::Full => name,
        Length::Short => name.get(..3).unwrap_or(name),
    }
}

fn weekday(date: civil::Date) -> &'static str {
    usize::try_from(date.weekday().to_sunday_zero_offset()).ok().and_then(|at| WEEKDAYS.get(at)).copied().unwrap_or("")
}

fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("")
}

struct Reader<'t> {
    rest: &'t str,
    fields: Fields,
}

/// What was read so far. A field that is read twice must be the same both times.
#[derive(Default)]
struct Fields {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    hour12: Option<i32>,
    hour24: Option<i32>,
    minute: Option<i32>,
    second: Option<i32>,
    steps: Option<i32>,
    afternoon: Option<bool>,
    /// Minutes ahead of UTC.
    offset: Option<i64>,
    weekday: Option<&'static str>,
}

impl Reader<'_> {
    fn part(&mut self, part: Part, styles: Styles) -> Option<()> {
        match part {
            Part::Day(width) => set(self.digits(width, 2)?, &mut self.fields.day),
            Part::DayName(length) => set(self.name(&WEEKDAYS, length)?.1, &mut self.fields.weekday),
            Part::Fraction(digits, zeros) => {
                let fewest = if zeros == Zeros::Kept { digits } else { 0 };
                let steps = fraction_steps(self.take(fewest, digits)?);
                set(steps, &mut self.fields.steps)
            }
            Part::Half(width) => {
                let half = ["AM", "PM"].map(|half| half.get(..width).unwrap_or(half));
                let at = half.iter().position(|half| self.skip_no_case(half))?;
                set(at == 1, &mut self.fields.afternoon)
            }
            Part::Hour12(width) => set(self.digits(width, 2)?, &mut self.fields.hour12),
            Part::Hour24(width) => set(self.digits(width, 2)?, &mut self.fields.hour24),
            Part::Kind => {
                if self.skip_no_case("Z") {
                    return set(0, &mut self.fields.offset);
                }
                if self.rest.starts_with(['+', '-']) { self.offset(3) } else { Some(()) }
            }
            Part::Literal(c) if styles.inner_white && c.is_whitespace() => Some(()),
            Part::Literal(c) => {
                self.rest = self.rest.strip_prefix(c)?;
                Some(())
            }
            Part::Minute(width) => set(self.digits(width, 2)?, &mut self.fields.minute),
            Part::Month(width) => set(self.digits(width, 2)?, &mut self.fields.month),
            Part::MonthName(length) => set(self.name(&MONTHS, length)?.0, &mut self.fields.month),
            Part::Offset(width) => self.offset(width),
            Part::Second(width) => set(self.digits(width, 2)?, &mut self.fields.second),
            Part::Year(width @ 1..=2) => {
                let short = self.digits(width, 2)?;
                set(if short < 50 { 2000 + short } else { 1900 + short }, &mut self.fields.year)
            }
            Part::Year(width) => set(self.digits(width, width)?, &mut self.fields.year),
        }
    }

    /// A number of one digit or two where the pattern has one letter, else of as many digits as it has letters.
    fn digits(&mut self, width: usize, most: usize) -> Option<i32> {
        let digits = self.take(width, if width == 1 { most } else { width })?;
        digits.parse().ok()
    }

    fn take(&mut self, fewest: usize, most: usize) -> Option<&str> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        (count >= fewest).then_some(taken)
    }

    fn name<const N: usize>(&mut self, names: &[&'static str; N], length: Length) -> Option<(i32, &'static str)> {
        let (number, name) = (1..).zip(names).find(|(_, name)| self.skip_no_case(named(name, length)))?;
        Some((number, name))
    }

    fn offset(&mut self, width: usize) -> Option<()> {
        let (sign, rest) = match self.rest.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.rest.strip_prefix('+')?),
        };
        self.rest = rest;
        let hours = i64::from(self.digits(width.min(2), 2)?);
        let minutes = if width == 3 {
            self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
            i64::from(self.digits(2, 2)?)
        } else {
            0
        };
        (hours <= 14 && minutes < 60).then_some(())?;
        set(sign * (hours * 60 + minutes), &mut self.fields.offset)
    }

    fn skip_no_case(&mut self, text: &str) -> bool {
        match self.rest.split_at_checked(text.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(text) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

fn set<T: PartialEq>(value: T, field: &mut Option<T>) -> Option<()> {
    match field {
        Some(held) if *held != value => None,
        _ => {
            *field = Some(value);
            Some(())
        }
    }
}

impl Fields {
    fn date_time(self, styles: Styles, today: DateTime) -> Option<DateTime> {
        let dateless = self.year.is_none() && self.month.is_none() && self.day.is_none();
        let date = if dateless {
            if styles.today { today.0.date() } else { civil::date(1, 1, 1) }
        } else {
            let year = self.year.unwrap_or(today.0.year().into());
            let part = |field: Option<i32>| i8::try_from(field.unwrap_or(1)).ok();
            civil::Date::new(i16::try_from(year).ok()?, part(self.month)?, part(self.day)?).ok()?
        };
        if self.weekday.is_some_and(|name| name != weekday(date)) {
            return None;
        }
        let part = |field: Option<i32>| i8::try_from(field.unwrap_or(0)).ok();
        let (minute, second) = (part(self.minute)?, part(self.second)?);
        let time = civil::Time::new(self.hour()?, minute, second, self.steps.unwrap_or(0) * 100).ok()?;
        DateTime::from_local(date.to_datetime(time), self.offset.unwrap_or(0))
    }

    /// An hour on a clock face without a half is in the morning. An hour of the whole day must agree with the half.
    fn hour(&self) -> Option<i8> {
        let afternoon = self.afternoon.unwrap_or(false);
        let from_face = match self.hour12 {
            Some(hour @ 1..=12) => Some(hour % 12 + if afternoon { 12 } else { 0 }),
            Some(_) => return None,
            None => None,
        };
        let hour = match (self.hour24, from_face) {
            (Some(hour), _) if self.afternoon.is_some_and(|afternoon| afternoon != (hour >= 12)) => return None,
            (Some(hour), Some(other)) if hour % 12 != other % 12 => return None,
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour,
            (None, None) => {
                if afternoon {
                    12
                } else {
                    0
                }
            }
        };
        i8::try_from(hour).ok()
    }
}

#[cfg(test)]
mod tests;
