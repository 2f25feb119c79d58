use provost_expr::{EvaluateErrorKind as Kind, ExpressionKind, Operator};
use provost_text::Span;

use super::calls::Arguments;
use super::entra::date;
use super::numbers::{Decimal, compare};
use super::{Fault, Plain, Walk, Walked, dates, names, texts};

/// Longest text that is filled up, in characters.
const PADDED: i64 = 100_000;

impl Walk<'_> {
    /// The functions of the dialect `connect`.
    pub(super) fn connect(&mut self, name: &str, arguments: &Arguments<'_>) -> Walked {
        let a = arguments;
        match name {
            "BitOr" => Ok(Plain::Integer(self.integer(a, 0)? | self.integer(a, 1)?)),
            "CGuid" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| {
                    use base64::Engine as _;
                    let octets =
                        texts::guid(&text).map(|octets| base64::engine::general_purpose::STANDARD.encode(octets));
                    octets.map_or_else(|| a.fault(0, Kind::InvalidArgument), Ok)
                })
            }
            "CNum" => match self.one(a, 0)? {
                Plain::Boolean(flag) => Ok(Plain::Integer(i64::from(flag))),
                value @ (Plain::Integer(_) | Plain::Null) => Ok(value),
                other => {
                    let text = other.text().unwrap_or_default();
                    match Decimal::read(&text).and_then(|number| number.whole()) {
                        Some(_) if text.contains('.') => Ok(Plain::Text(text)),
                        Some(whole) => Ok(Plain::Integer(whole)),
                        None => a.fault(0, Kind::NotANumber),
                    }
                }
            },
            "CRef" => self.shared("CStr", a),
            "ConvertFromUTF8Hex" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| {
                    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
                    let octets = digits.filter(|digits| digits.len() % 2 == 0).map(|digits| {
                        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
                    });
                    let text = octets.and_then(|octets| String::from_utf8(octets).ok());
                    text.map_or_else(|| a.fault(0, Kind::InvalidArgument), Ok)
                })
            }
            "DNComponentRev" => {
                let (name, number, option) = (self.maybe(a, 0)?, self.integer(a, 1)?, self.maybe(a, 2)?);
                if option.as_deref().is_some_and(|option| option != "DC") {
                    return a.fault(2, Kind::InvalidArgument);
                }
                let value = name.and_then(|name| names::component(&name, number, true, option.is_some()));
                Ok(value.map_or(Plain::Null, Plain::Text))
            }
            "FormatDateTime" => {
                let (source, format) = (self.one(a, 0)?, self.text(a, 1)?);
                if source.is_empty() {
                    return Ok(Plain::Null);
                }
                let steps = date(a, 0, source)?;
                dates::formatted(steps, &format).map(Plain::Text).ok_or(Fault::Unknown)
            }
            "IIF" => self.choose(a),
            "InStrRev" => {
                let (text, wanted) = (self.text(a, 0)?, self.maybe(a, 1)?);
                let end = if a.get(2).is_some() { Some(self.integer(a, 2)?) } else { None };
                let case = self.maybe(a, 3)?;
                let Some(wanted) = wanted else { return a.fault(1, Kind::Null) };
                if end.is_some_and(|end| end < 1) {
                    return a.fault(2, Kind::OutOfRange);
                }
                Ok(Plain::Integer(match case.as_deref() {
                    None | Some("vbBinaryCompare") => texts::last_position(&text, &wanted, end),
                    Some("vbTextCompare") => texts::last_position(&texts::folded(&text), &texts::folded(&wanted), end),
                    Some(_) => return a.fault(3, Kind::InvalidArgument),
                }))
            }
            "IsBitSet" => Ok(Plain::Boolean(self.integer(a, 0)? & self.integer(a, 1)? != 0)),
            "IsDate" => {
                let value = self.any(a, 0)?;
                Ok(Plain::Boolean(!matches!(value, Plain::List(_)) && date(a, 0, value).is_ok()))
            }
            "IsEmpty" => Ok(Plain::Boolean(self.any(a, 0)? == Plain::Text(String::new()))),
            "IsGuid" => {
                let text = self.any(a, 0)?.text();
                Ok(Plain::Boolean(text.is_some_and(|text| texts::guid(&text).is_some())))
            }
            "IsNumeric" => {
                let value = self.any(a, 0)?;
                let is_flag = matches!(value, Plain::Boolean(_));
                Ok(Plain::Boolean(is_flag || value.text().is_some_and(|text| Decimal::read(&text).is_some())))
            }
            "ItemOrNull" => {
                let (source, number) = (self.any(a, 0)?, self.integer(a, 1)?);
                let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                let item = index.and_then(|index| source.texts().into_iter().nth(index));
                Ok(item.map_or(Plain::Null, Plain::Text))
            }
            "Join" => {
                let source = self.any(a, 0)?;
                let delimiter = if a.get(1).is_some() { self.text(a, 1)? } else { " ".to_owned() };
                Ok(if source == Plain::Null { Plain::Null } else { Plain::Text(source.texts().join(&delimiter)) })
            }
            "LCase" | "UCase" => {
                let source = self.any(a, 0)?;
                let case = if name == "LCase" { texts::lower } else { texts::upper };
                Self::mapped(source, |text| Ok(text.chars().map(|c| case(c, texts::Letters::Plain)).collect()))
            }
            "LTrim" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(text.trim_start().to_owned()))
            }
            "Len" => {
                let text = self.maybe(a, 0)?;
                Ok(text.map_or(Plain::Null, |text| Plain::Integer(i64::try_from(text.chars().count()).unwrap())))
            }
            "Mid" => {
                let (source, start) = (self.or_empty(a, 0)?, self.integer(a, 1)?);
                let length = if a.get(2).is_some() { self.integer(a, 2)? } else { i64::MAX };
                if start < 1 || length < 0 {
                    return Ok(source);
                }
                Self::mapped(source, |text| {
                    let count = i64::try_from(text.chars().count()).unwrap();
                    if start > count && length > 0 {
                        return Ok(text);
                    }
                    let (skipped, length) = (usize::try_from(start - 1).unwrap(), usize::try_from(length).unwrap());
                    Ok(text.chars().skip(skipped).take(length).collect())
                })
            }
            "PCase" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| {
                    let word = |word: &str| match word.chars().any(char::is_lowercase) {
                        false => word.to_owned(),
                        true => {
                            let mut letters = word.chars();
                            let first = letters.next().map(|c| texts::upper(c, texts::Letters::Plain));
                            first.into_iter().chain(letters.map(|c| texts::lower(c, texts::Letters::Plain))).collect()
                        }
                    };
                    Ok(text.split(' ').map(word).collect::<Vec<_>>().join(" "))
                })
            }
            "PadLeft" | "PadRight" => {
                let (source, length, pad) = (self.any(a, 0)?, self.integer(a, 1)?, self.text(a, 2)?);
                if pad.chars().count() != 1 {
                    return a.fault(2, Kind::InvalidArgument);
                }
                if source == Plain::Null {
                    return Ok(Plain::Text(String::new()));
                }
                if length > PADDED {
                    return Err(Fault::Unknown);
                }
                Self::mapped(source, |text| {
                    let missing = length.saturating_sub(i64::try_from(text.chars().count()).unwrap());
                    let filling = pad.repeat(usize::try_from(missing).unwrap_or(0));
                    Ok(if name == "PadLeft" { filling + &text } else { text + &filling })
                })
            }
            "RTrim" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| Ok(text.trim_end().to_owned()))
            }
            "Replace" => {
                let (source, old, new) = (self.any(a, 0)?, self.text(a, 1)?, self.text(a, 2)?);
                let marked = |text: &str| text.replace(r"\n", "\n").replace(r"\r", "\r").replace(r"\t", "\t");
                let (old, new) = (marked(&old), marked(&new));
                if old.is_empty() {
                    return a.fault(1, Kind::InvalidArgument);
                }
                Self::mapped(source, |text| Ok(text.replace(&old, &new)))
            }
            "ReplaceChars" => {
                let (source, pattern) = (self.any(a, 0)?, self.text(a, 1)?);
                let pattern: String = pattern.chars().filter(|c| !c.is_whitespace()).collect();
                let mut entries = Vec::new();
                for entry in pattern.split(',').filter(|_| !pattern.is_empty()) {
                    let parts: Vec<&str> = entry.split(':').collect();
                    match parts[..] {
                        [from, to] if from.chars().count() == 1 => entries.push((from.to_owned(), to.to_owned())),
                        _ => return a.fault(1, Kind::InvalidArgument),
                    }
                }
                Self::mapped(source, |text| {
                    let mapped = |c: char| {
                        let entry = entries.iter().find(|(from, _)| from.starts_with(c));
                        entry.map_or(c.to_string(), |(_, to)| to.clone())
                    };
                    Ok(text.chars().map(mapped).collect())
                })
            }
            "Right" => {
                let (source, count) = (self.or_empty(a, 0)?, self.integer(a, 1)?);
                let Ok(count) = usize::try_from(count) else { return Ok(source) };
                Self::mapped(source, |text| {
                    let reversed: Vec<char> = text.chars().rev().take(count).collect();
                    Ok(reversed.into_iter().rev().collect())
                })
            }
            "Select" | "Where" | "With" => self.bind(name, a),
            "Split" => {
                let (source, delimiter) = (self.maybe(a, 0)?, self.text(a, 1)?);
                let limit = if a.get(2).is_some() { self.integer(a, 2)? } else { i64::MAX };
                if delimiter.chars().count() != 1 {
                    return a.fault(1, Kind::InvalidArgument);
                }
                if limit < 1 {
                    return a.fault(2, Kind::OutOfRange);
                }
                let Some(source) = source else { return Ok(Plain::Null) };
                let mut parts: Vec<String> = source.split(&delimiter).map(str::to_owned).collect();
                let limit = usize::try_from(limit).unwrap();
                if parts.len() > limit {
                    let rest = parts.split_off(limit - 1).join(&delimiter);
                    parts.push(rest);
                }
                Ok(Plain::list(parts))
            }
            "StringFromGuid" => {
                let source = self.any(a, 0)?;
                Self::mapped(source, |text| {
                    let text = texts::octets(&text).and_then(|octets| texts::guid_text(&octets));
                    text.map_or_else(|| a.fault(0, Kind::InvalidArgument), Ok)
                })
            }
            "Switch" => {
                for at in (0..a.len()).step_by(2) {
                    let condition = self.one(a, at)?;
                    if holds(a, at, &condition)? {
                        return self.branch(a, at + 1);
                    }
                }
                Ok(Plain::Null)
            }
            name => self.shared(name, arguments),
        }
    }

    /// One condition chooses a branch; several choose a value each, and those that choose Null give none.
    fn choose(&mut self, a: &Arguments<'_>) -> Walked {
        let conditions = match self.any(a, 0)? {
            Plain::List(texts) if texts.len() > 1 => texts,
            Plain::List(texts) => {
                let single = Plain::Text(texts.into_iter().next().unwrap_or_default());
                return if holds(a, 0, &single)? { self.branch(a, 1) } else { self.branch(a, 2) };
            }
            single => return if holds(a, 0, &single)? { self.branch(a, 1) } else { self.branch(a, 2) },
        };
        let branches = (self.any(a, 1)?, self.any(a, 2)?);
        let mut chosen = Vec::new();
        for (index, condition) in conditions.into_iter().enumerate() {
            let (at, branch) = if holds(a, 0, &Plain::Text(condition))? { (1, &branches.0) } else { (2, &branches.1) };
            match branch {
                Plain::List(texts) => match texts.get(index) {
                    Some(text) => chosen.push(text.clone()),
                    None => return a.fault(at, Kind::List),
                },
                scalar => chosen.extend(scalar.clone().text()),
            }
        }
        Ok(Plain::list(chosen))
    }

    fn bind(&mut self, name: &str, a: &Arguments<'_>) -> Walked {
        let value = self.any(a, 1)?;
        let (Some(ExpressionKind::Variable(variable)), Some(body)) = (a.get(0).map(|node| node.kind()), a.get(2))
        else {
            return Err(Fault::Unknown);
        };
        if name == "With" {
            return self.with(variable, value, body);
        }
        let mut texts = Vec::new();
        for item in value.texts() {
            let given = match self.with(variable, Plain::Text(item.clone()), body)? {
                Plain::Flow(_) => return a.fault(2, Kind::FlowSignal),
                Plain::Roles(_) => return Err(Fault::Unknown),
                given => given,
            };
            if name == "Select" {
                texts.extend(given.texts());
            } else if holds(a, 2, &given)? {
                texts.push(item);
            }
        }
        Ok(Plain::list(texts))
    }
}

/// Null is not true.
fn holds(a: &Arguments<'_>, at: usize, condition: &Plain) -> Walked<bool> {
    match condition {
        Plain::Null => Ok(false),
        condition => condition.truth().map_or_else(|| a.fault(at, Kind::NotACondition), Ok),
    }
}

/// An operator between two values; it goes over the values of lists side by side.
pub(super) fn operate(operator: Operator, left: Plain, right: Plain, span: Span) -> Walked {
    let failed = |kind| Err(Fault::Failed(kind, span));
    let count = match (&left, &right) {
        (Plain::List(left), Plain::List(right)) if left.len() != right.len() => return failed(Kind::List),
        (Plain::List(texts), _) | (_, Plain::List(texts)) => texts.len(),
        _ => return single(operator, left, right, span),
    };
    let item = |value: &Plain, index: usize| match value {
        Plain::List(texts) => Plain::Text(texts[index].clone()),
        scalar => scalar.clone(),
    };
    let mut texts = Vec::new();
    for index in 0..count {
        texts.extend(single(operator, item(&left, index), item(&right, index), span)?.text());
    }
    Ok(Plain::list(texts))
}

fn single(operator: Operator, left: Plain, right: Plain, span: Span) -> Walked {
    let failed = |kind| Fault::Failed(kind, span);
    match operator {
        Operator::And | Operator::Or => {
            let condition = |value: Plain| match value {
                Plain::Null => Ok(false),
                value => value.truth().ok_or(failed(Kind::NotACondition)),
            };
            let (left, right) = (condition(left)?, condition(right)?);
            Ok(Plain::Boolean(if operator == Operator::And { left & right } else { left | right }))
        }
        Operator::Concatenate => Ok(Plain::Text(left.text().unwrap_or_default() + &right.text().unwrap_or_default())),
        Operator::Add | Operator::Divide | Operator::Multiply | Operator::Subtract => {
            let number = |value: Plain| match value {
                Plain::Null => Err(failed(Kind::Null)),
                Plain::Integer(number) => Ok(i128::from(number)),
                value => {
                    let whole = value.text().as_deref().and_then(Decimal::read).and_then(|number| number.whole());
                    whole.map(i128::from).ok_or(failed(Kind::NotANumber))
                }
            };
            let (left, right) = (number(left)?, number(right)?);
            let result = match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                Operator::Multiply => left * right,
                _ if right == 0 => return Err(failed(Kind::OutOfRange)),
                _ => left / right,
            };
            i64::try_from(result).map(Plain::Integer).map_err(|_| failed(Kind::OutOfRange))
        }
        comparison => Ok(Plain::Boolean(compare(comparison, left, right))),
    }
}
