use provost_expr::{Complex, EvaluateErrorKind as Kind, Expression, ExpressionKind, Flow};

use super::calls::Arguments;
use super::patterns::{Pattern, filled};
use super::{Fault, Plain, Walk, Walked, dates, member, names, texts};

/// Longest text that the matcher of patterns goes through, in characters.
const MATCHED: usize = 400;

impl Walk<'_> {
    /// The functions of the dialect `entra`.
    pub(super) fn entra(&mut self, name: &str, arguments: &Arguments<'_>) -> Walked {
        let a = arguments;
        match name {
            "Append" => {
                let (source, suffix) = (self.any(a, 0)?, self.text(a, 1)?);
                Self::mapped(source, |text| Ok(text + &suffix))
            }
            "AppRoleAssignments" => Ok(Plain::list(self.roles(a)?.into_iter().map(|(value, _)| value).collect())),
            "AppRoleAssignmentsComplex" | "AssertiveAppRoleAssignmentsComplex" => {
                let role = |(value, display): (String, String)| {
                    let role = Complex::new().with("value", value).with("display", display);
                    role.with("type", "WindowsAzureActiveDirectoryRole").with("primary", false)
                };
                let roles: Vec<Complex> = self.roles(a)?.into_iter().map(role).collect();
                Ok(if roles.is_empty() { Plain::Null } else { Plain::Roles(roles) })
            }
            "SingleAppRoleAssignment" => {
                let mut values: Vec<String> = self.roles(a)?.into_iter().map(|(value, _)| value).collect();
                values.sort();
                Ok(values.into_iter().next().map_or(Plain::Null, Plain::Text))
            }
            "Coalesce" => {
                for at in 0..a.len() {
                    let value = self.any(a, at)?;
                    let is_attribute =
                        a.get(at).is_some_and(|node| matches!(node.kind(), ExpressionKind::Attribute(_)));
                    if value != Plain::Null && !(is_attribute && value.is_empty()) {
                        return Ok(value);
                    }
                }
                Ok(Plain::Null)
            }
            "DateDiff" => {
                let (code, first, second) = (self.text(a, 0)?, self.one(a, 1)?, self.one(a, 2)?);
                if !INTERVALS.contains(&code.as_str()) {
                    return a.fault(0, Kind::InvalidArgument);
                }
                let (first, second) = (date(a, 1, first)?, date(a, 2, second)?);
                let month = |steps| dates::civil(steps).0 * 12 + dates::civil(steps).1;
                Ok(Plain::Integer(match code.as_str() {
                    "m" => month(second) - month(first),
                    "yyyy" => dates::civil(second).0 - dates::civil(first).0,
                    "ww" => dates::sundays(second) - dates::sundays(first),
                    code => (second - first) / unit(code),
                }))
            }
            "DefaultDomain" => match self.around.default_domain {
                Some(domain) => Ok(Plain::Text(domain.to_owned())),
                None => Err(Fault::Failed(Kind::NotConfigured, a.span)),
            },
            "FormatDateTime" => self.format_date_time(a),
            "IgnoreFlowIfNullOrEmpty" => {
                let value = self.all(a, 0)?;
                Ok(if value.is_empty() { Plain::Flow(Flow::IgnoreAttribute) } else { value })
            }
            "IIF" => match self.one(a, 0)? {
                Plain::Null => self.branch(a, 2),
                condition => match condition.truth() {
                    Some(true) => self.branch(a, 1),
                    Some(false) => self.branch(a, 2),
                    None => a.fault(0, Kind::NotACondition),
                },
            },
            "IsNothing" => Ok(Plain::Boolean(self.any(a, 0)? == Plain::Null)),
            "Join" => {
                let separator = self.text(a, 0)?;
                let mut parts = Vec::new();
                for at in 1..a.len() {
                    parts.extend(self.any(a, at)?.texts().into_iter().filter(|part| !part.is_empty()));
                }
                Ok(Plain::Text(parts.join(&separator)))
            }
            "Mid" => {
                let (source, start, length) = (self.or_empty(a, 0)?, self.integer(a, 1)?, self.integer(a, 2)?);
                if start < 1 {
                    return a.fault(1, Kind::OutOfRange);
                }
                if length < 0 {
                    return a.fault(2, Kind::OutOfRange);
                }
                let (start, length) = (usize::try_from(start).unwrap(), usize::try_from(length).unwrap());
                Self::mapped(source, |text| Ok(text.chars().skip(start - 1).take(length).collect()))
            }
            "NormalizeDiacritics" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| if text.is_ascii() { Ok(text) } else { Err(Fault::Unknown) })
            }
            "Not" => {
                let source = self.any(a, 0)?.text();
                Ok(Plain::Boolean(!source.is_some_and(|text| text.eq_ignore_ascii_case("true"))))
            }
            "PCase" => {
                let source = self.any(a, 0)?;
                let separators = if a.get(1).is_some() { Some(self.text(a, 1)?) } else { None };
                Self::mapped(source, |text| capitalised(&text, separators.as_deref()))
            }
            "Prepend" => {
                let (prefix, source) = (self.text(a, 0)?, self.any(a, 1)?);
                Self::mapped(source, |text| Ok(prefix.clone() + &text))
            }
            "Redact" => self.all(a, 0),
            "Replace" => self.replace(a),
            "SelectUniqueValue" => {
                for at in 0..a.len() {
                    let value = self.text(a, at)?;
                    if !value.is_empty() && !self.around.taken.iter().any(|taken| taken.eq_ignore_ascii_case(&value)) {
                        return Ok(Plain::Text(value));
                    }
                }
                Err(Fault::Failed(Kind::AllTaken, a.span))
            }
            "Split" => {
                let source = self.maybe(a, 0)?;
                let delimiter = if a.get(1).is_some() { self.text(a, 1)? } else { ",".to_owned() };
                if delimiter.is_empty() {
                    return a.fault(1, Kind::InvalidArgument);
                }
                let source = source.unwrap_or_default();
                let parts = source.split(&delimiter).map(str::trim).filter(|part| !part.is_empty());
                Ok(Plain::list(parts.map(str::to_owned).collect()))
            }
            "StripSpaces" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(text.chars().filter(|c| *c != ' ').collect()))
            }
            "Switch" => {
                let source = self.text(a, 0)?;
                for key in (2..a.len()).step_by(2) {
                    if self.text(a, key)? == source {
                        return self.branch(a, key + 1);
                    }
                }
                self.branch(a, 1)
            }
            "ToLower" | "ToUpper" => {
                let source = self.any(a, 0)?;
                let Some(letters) = texts::culture(&self.text(a, 1)?) else { return a.fault(1, Kind::InvalidArgument) };
                let case = if name == "ToLower" { texts::lower } else { texts::upper };
                Self::mapped(source, |text| Ok(text.chars().map(|c| case(c, letters)).collect()))
            }
            name => self.shared(name, arguments),
        }
    }

    /// The functions that mean the same in both dialects.
    pub(super) fn shared(&mut self, name: &str, arguments: &Arguments<'_>) -> Walked {
        let a = arguments;
        match name {
            "BitAnd" => Ok(Plain::Integer(self.integer(a, 0)? & self.integer(a, 1)?)),
            "CBool" => match self.one(a, 0)? {
                value if value.is_empty() => Ok(Plain::Boolean(false)),
                value => value.truth().map_or_else(|| a.fault(0, Kind::NotACondition), |flag| Ok(Plain::Boolean(flag))),
            },
            "CDate" => {
                let value = self.one(a, 0)?;
                date(a, 0, value).map(Plain::Date)
            }
            "CStr" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, Ok)
            }
            "Contains" => {
                let (source, search, case) = (self.any(a, 0)?, self.text(a, 1)?, self.text(a, 2)?);
                let texts = source.texts();
                let found = match case.as_str() {
                    "" | "CaseSensitive" => texts.iter().position(|text| text.contains(&search)),
                    "CaseInsensitive" => {
                        texts.iter().position(|text| texts::folded(text).contains(&texts::folded(&search)))
                    }
                    _ => return a.fault(2, Kind::InvalidArgument),
                };
                Ok(Plain::Integer(found.map_or(0, |at| i64::try_from(at).unwrap() + 1)))
            }
            "ConvertFromBase64" => {
                let (source, encoding) = (self.any(a, 0)?, self.text(a, 1)?);
                if !["", "Unicode", "ASCII", "UTF8"].contains(&encoding.as_str()) {
                    return a.fault(1, Kind::InvalidArgument);
                }
                Self::mapped(source, |text| {
                    let decoded = texts::octets(&text).and_then(|octets| texts::decoded(octets, &encoding));
                    decoded.map_or_else(|| a.fault(0, Kind::InvalidArgument), Ok)
                })
            }
            "ConvertToBase64" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(texts::to_base64(&text)))
            }
            "ConvertToUTF8Hex" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(text.bytes().map(|octet| format!("{octet:02X}")).collect()))
            }
            "Count" => Ok(Plain::Integer(match self.any(a, 0)? {
                Plain::List(texts) => i64::try_from(texts.len()).unwrap(),
                Plain::Null => 0,
                _ => 1,
            })),
            "DNComponent" => {
                let (name, number) = (self.maybe(a, 0)?, self.integer(a, 1)?);
                let value = name.and_then(|name| names::component(&name, number, false, false));
                Ok(value.map_or(Plain::Null, Plain::Text))
            }
            "DateAdd" => {
                let (code, count, value) = (self.text(a, 0)?, self.integer(a, 1)?, self.one(a, 2)?);
                let connect = ["q", "w", "y"].contains(&code.as_str()) && name_is_connect(self);
                if !connect && !INTERVALS.contains(&code.as_str()) {
                    return a.fault(0, Kind::InvalidArgument);
                }
                let date = date(a, 2, value)?;
                let moved = match code.as_str() {
                    "m" => dates::plus_months(date, count),
                    "q" => count.checked_mul(3).and_then(|months| dates::plus_months(date, months)),
                    "yyyy" => count.checked_mul(12).and_then(|months| dates::plus_months(date, months)),
                    code => dates::checked(i128::from(date) + i128::from(count) * i128::from(unit(code))),
                };
                moved.map_or(Err(Fault::Failed(Kind::OutOfRange, a.span)), |steps| Ok(Plain::Date(steps)))
            }
            "DateFromNum" => {
                let steps = i128::from(self.integer(a, 0)?) + i128::from(dates::AD_EPOCH);
                dates::checked(steps).map_or_else(|| a.fault(0, Kind::OutOfRange), |steps| Ok(Plain::Date(steps)))
            }
            "Error" => {
                self.text(a, 0)?;
                Err(Fault::Failed(Kind::Raised, a.span))
            }
            "EscapeDNComponent" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(names::escaped(&text)))
            }
            "InStr" => {
                let (text, wanted) = (self.text(a, 0)?, self.maybe(a, 1)?);
                let start = if a.get(2).is_some() { self.integer(a, 2)? } else { 1 };
                let case = self.maybe(a, 3)?;
                let Some(wanted) = wanted else { return a.fault(1, Kind::Null) };
                if start < 1 {
                    return a.fault(2, Kind::OutOfRange);
                }
                Ok(Plain::Integer(match case.as_deref() {
                    None | Some("vbBinaryCompare") => texts::position(&text, &wanted, start),
                    Some("vbTextCompare") => texts::position(&texts::folded(&text), &texts::folded(&wanted), start),
                    Some(_) => return a.fault(3, Kind::InvalidArgument),
                }))
            }
            "IsNull" => Ok(Plain::Boolean(self.any(a, 0)? == Plain::Null)),
            "IsNullOrEmpty" => Ok(Plain::Boolean(self.any(a, 0)?.is_empty())),
            "IsPresent" => Ok(Plain::Boolean(!self.any(a, 0)?.is_empty())),
            "IsString" => Ok(Plain::Boolean(!matches!(self.any(a, 0)?, Plain::List(_) | Plain::Null))),
            "Item" => {
                let (source, number) = (self.any(a, 0)?, self.integer(a, 1)?);
                let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                let item = index.and_then(|index| source.texts().into_iter().nth(index));
                item.map_or_else(|| a.fault(1, Kind::OutOfRange), |item| Ok(Plain::Text(item)))
            }
            "Left" => {
                let (source, count) = (self.or_empty(a, 0)?, self.integer(a, 1)?);
                if count < 0 {
                    return Ok(source);
                }
                Self::mapped(source, |text| Ok(texts::left(&text, count)))
            }
            "Now" => Ok(Plain::Date(self.around.now)),
            "NumFromDate" => {
                let value = self.one(a, 0)?;
                Ok(Plain::Integer(date(a, 0, value)? - dates::AD_EPOCH))
            }
            "RemoveDuplicates" => match self.any(a, 0)? {
                Plain::List(texts) => {
                    let mut kept: Vec<String> = Vec::new();
                    for text in texts {
                        if !kept.contains(&text) {
                            kept.push(text);
                        }
                    }
                    Ok(Plain::List(kept))
                }
                other => Ok(other),
            },
            "StringFromSid" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| {
                    let sid = texts::octets(&text).and_then(|octets| texts::sid(&octets));
                    sid.map_or_else(|| a.fault(0, Kind::InvalidArgument), Ok)
                })
            }
            "Trim" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(text.trim().to_owned()))
            }
            "Word" => {
                let (source, number, delimiters) = (self.or_empty(a, 0)?, self.integer(a, 1)?, self.text(a, 2)?);
                Self::mapped(source, |text| Ok(texts::word(&text, number, &delimiters)))
            }
            _ => Err(Fault::Unknown),
        }
    }

    /// The value of each assigned role, and the name to show.
    fn roles(&mut self, a: &Arguments<'_>) -> Walked<Vec<(String, String)>> {
        Ok(match self.branch(a, 0)? {
            Plain::Roles(roles) => (roles.iter())
                .filter_map(|role| {
                    let value = member(role, "value")?;
                    let name = member(role, "displayName").or_else(|| member(role, "display"));
                    Some((value.clone(), name.unwrap_or(value)))
                })
                .collect(),
            other => other.texts().into_iter().map(|value| (value.clone(), value)).collect(),
        })
    }

    fn format_date_time(&mut self, a: &Arguments<'_>) -> Walked {
        let (styles, input, output) = if a.len() == 3 { (None, 1, 2) } else { (Some(1), 2, 3) };
        let source = self.one(a, 0)?;
        let styles = styles.map_or(Ok(None), |at| self.maybe(a, at))?;
        self.maybe(a, input)?;
        let output = self.text(a, output)?;
        match source {
            source if source.is_empty() => Ok(Plain::Null),
            _ if styles.is_some_and(|styles| !styles.is_empty()) => Err(Fault::Unknown),
            Plain::Date(steps) => dates::formatted(steps, &output).map(Plain::Text).ok_or(Fault::Unknown),
            _ => Err(Fault::Unknown),
        }
    }

    fn replace(&mut self, a: &Arguments<'_>) -> Walked {
        let given = |at: usize| a.get(at).is_some();
        let source = self.any(a, 0)?;
        if !given(2) {
            let (old, other) = (self.text(a, 1)?, self.text(a, if given(4) { 4 } else { 6 })?);
            if old.is_empty() {
                return a.fault(1, Kind::InvalidArgument);
            }
            return Self::mapped(source, |text| {
                Ok(if given(4) { text.replace(&old, &other) } else { other.replace(&old, &text) })
            });
        }
        let pattern = self.maybe(a, 2)?;
        let group = if given(3) { self.text(a, 3)? } else { String::new() };
        // An attribute may be named by a constant.
        let other = match a.get(5).map(Expression::kind) {
            Some(ExpressionKind::Constant(name)) => Some(self.attribute(name.text())),
            Some(_) => Some(self.one(a, 5)?),
            None => None,
        };
        if matches!(other, Some(Plain::List(_) | Plain::Roles(_))) {
            return Err(Fault::Unknown);
        }
        let replacement = if given(4) { self.text(a, 4)? } else { String::new() };
        let Some(pattern) = pattern else { return a.fault(2, Kind::Null) };
        let pattern = Pattern::read(&pattern).ok_or(Fault::Unknown)?;
        let number = match pattern.group(&group) {
            Some(number) if given(3) => number,
            None if given(3) => return a.fault(3, Kind::InvalidPattern),
            _ => 0,
        };
        let matches = |text: &str| {
            let letters: Vec<char> = text.chars().collect();
            // Digits of other scripts are digits too, and the matcher does not know them.
            if letters.len() > MATCHED || letters.iter().any(|c| c.is_numeric() && !c.is_ascii()) {
                return Err(Fault::Unknown);
            }
            pattern.matches(&letters).map(|found| (letters, found)).ok_or(Fault::Unknown)
        };
        if let Some(other) = other {
            if !source.is_empty() {
                return Ok(source);
            }
            let Some(text) = other.text() else { return Ok(Plain::Null) };
            let (letters, found) = matches(&text)?;
            let place = found.first().and_then(|groups| groups[number].clone());
            return Ok(place.map_or(Plain::Null, |place| Plain::Text(letters[place].iter().collect())));
        }
        Self::mapped(source, |text| {
            let (letters, found) = matches(&text)?;
            let (mut built, mut copied) = (String::new(), 0);
            for groups in found {
                let Some(place) = groups[number].clone().filter(|place| place.start >= copied) else { continue };
                built.extend(&letters[copied..place.start]);
                built += &if given(3) {
                    replacement.clone()
                } else {
                    filled(&replacement, &pattern, &letters, &groups).ok_or(Fault::Unknown)?
                };
                copied = place.end;
            }
            built.extend(&letters[copied..]);
            Ok(built)
        })
    }
}

fn name_is_connect(walk: &Walk<'_>) -> bool {
    walk.around.dialect == provost_expr::Dialect::Connect
}

const INTERVALS: [&str; 7] = ["yyyy", "m", "d", "ww", "h", "n", "s"];

/// The steps of an interval that is always as long.
fn unit(code: &str) -> i64 {
    match code {
        "h" => 3600 * dates::SECOND,
        "n" => 60 * dates::SECOND,
        "s" => dates::SECOND,
        "ww" => 7 * dates::DAY,
        _ => dates::DAY,
    }
}

/// A date, or text that is one.
pub(super) fn date(a: &Arguments<'_>, at: usize, value: Plain) -> Walked<i64> {
    match value {
        Plain::Date(steps) => Ok(steps),
        Plain::Null => a.fault(at, Kind::Null),
        other => other.text().and_then(|text| dates::read(&text)).map_or_else(|| a.fault(at, Kind::NotADate), Ok),
    }
}

/// The first letter of each word raised, all others lowered.
fn capitalised(text: &str, separators: Option<&str>) -> Walked<String> {
    // What .NET takes for a mark, the walker does not know.
    if separators.is_none() && text.chars().any(|c| !c.is_ascii() && !c.is_alphabetic()) {
        return Err(Fault::Unknown);
    }
    let mut inside = false;
    let case = |c: char| {
        let was_inside = inside;
        inside = match separators {
            Some(separators) => !separators.contains(c),
            None => c.is_alphabetic() || was_inside && (c.is_ascii_digit() || c == '\''),
        };
        if inside && !was_inside { texts::title(c) } else { texts::lower(c, texts::Letters::Plain) }
    };
    Ok(text.chars().map(case).collect())
}
