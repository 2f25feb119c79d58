use std::fmt::Write as _;

use super::RegexError;
use super::translate::Translator;

/// Deepest nesting of class subtractions.
const MAX_SUBTRACTIONS: usize = 8;

/// A set of characters that has a letter of its own, as the inside of a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Shorthand {
    set: String,
    negated: bool,
}

impl Shorthand {
    /// What one such set counts against the size of a pattern.
    pub(super) const WEIGHT: usize = 16;

    fn new(set: impl Into<String>, negated: bool) -> Self {
        Self { set: set.into(), negated }
    }

    /// As it stands outside a class.
    pub(super) fn outside(&self) -> String {
        format!("[{}{}]", if self.negated { "^" } else { "" }, self.set)
    }

    /// As it stands inside a class. A negated set is a class in the class, since the engines do not agree on the negated
    /// property.
    fn inside(&self) -> String {
        if self.negated { self.outside() } else { self.set.clone() }
    }
}

/// Writes a character that means itself, inside or outside a class.
pub(super) fn literal(c: char, out: &mut String) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        let _ = write!(out, "\\x{{{:X}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// One member of a class.
enum Member {
    Character(char),
    Set(Shorthand),
}

impl Translator<'_> {
    /// Reads a class whose bracket opened at `start`, writes it, and gives its weight. What `-[...]` at the end takes away
    /// becomes a set difference.
    pub(super) fn class(&mut self, start: usize, depth: usize) -> Result<usize, RegexError> {
        if depth == MAX_SUBTRACTIONS {
            return Err(RegexError::new(self.place(start), "classes are nested too deep"));
        }
        let negated = self.eat("^");
        let (mut weight, mut first, mut set) = (1, true, String::new());
        let mut subtracted = None;
        loop {
            if !first && self.eat("]") {
                break;
            }
            if !first && self.peek() == Some('-') && self.pattern.get(self.at + 1..).is_some_and(|r| r.starts_with('['))
            {
                self.eat("-");
                subtracted = Some(self.subtraction(depth)?);
                break;
            }
            first = false;
            let at = self.at;
            match self.member(start)? {
                Member::Set(shorthand) => {
                    weight = Shorthand::WEIGHT;
                    set.push_str(&shorthand.inside());
                    if self.range_follows() {
                        return Err(RegexError::new(self.place(at), "a range cannot begin with a set of characters"));
                    }
                }
                Member::Character(low) if self.range_follows() => {
                    self.eat("-");
                    match self.member(start)? {
                        Member::Set(_) => {
                            return Err(RegexError::new(self.place(at), "a range cannot end with a set of characters"));
                        }
                        Member::Character(high) if high < low => {
                            return Err(RegexError::new(self.place(at), "this range is in reverse order"));
                        }
                        Member::Character(high) => {
                            literal(low, &mut set);
                            set.push('-');
                            literal(high, &mut set);
                        }
                    }
                }
                Member::Character(c) => literal(c, &mut set),
            }
        }
        let caret = if negated { "^" } else { "" };
        let _ = match subtracted {
            None => write!(self.out, "[{caret}{set}]"),
            Some((taken, more)) => {
                weight += more;
                write!(self.out, "[[{caret}{set}]--{taken}]")
            }
        };
        Ok(weight)
    }

    /// The class that is taken away from the one around it, which must end behind it.
    fn subtraction(&mut self, depth: usize) -> Result<(String, usize), RegexError> {
        let start = self.at;
        self.eat("[");
        let outer = std::mem::take(&mut self.out);
        let weight = self.class(start, depth + 1);
        let taken = std::mem::replace(&mut self.out, outer);
        let weight = weight?;
        if !self.eat("]") {
            return Err(RegexError::new(self.place(start), "what is subtracted must stand at the end of the class"));
        }
        Ok((taken, weight))
    }

    /// Whether a hyphen between two members follows, rather than one that means itself or begins a subtraction.
    fn range_follows(&self) -> bool {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        rest.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && !rest.starts_with([']', '[']))
    }

    fn member(&mut self, class: usize) -> Result<Member, RegexError> {
        let start = self.at;
        let Some(c) = self.peek() else {
            return Err(RegexError::new(class..class + 1, "the class that begins here is never closed"));
        };
        self.advance();
        if c != '\\' {
            return Ok(Member::Character(c));
        }
        let Some(c) = self.peek() else {
            return Err(RegexError::new(self.place(start), "a backslash cannot be the last character"));
        };
        self.advance();
        if c == 'b' {
            return Ok(Member::Character('\u{8}'));
        }
        match self.shorthand(c, start)? {
            Some(shorthand) => Ok(Member::Set(shorthand)),
            None => self.escaped(c, start).map(Member::Character),
        }
    }

    /// The set that an escape stands for, by what .NET says of `\d`, `\s`, `\w` and the categories.
    pub(super) fn shorthand(&mut self, c: char, start: usize) -> Result<Option<Shorthand>, RegexError> {
        let negated = c.is_ascii_uppercase();
        Ok(Some(match c.to_ascii_lowercase() {
            'd' => Shorthand::new(r"\p{Nd}", negated),
            's' => Shorthand::new(r"\x{9}-\x{D}\x{85}\p{Z}", negated),
            'w' => Shorthand::new(r"\p{L}\p{Mn}\p{Nd}\p{Pc}", negated),
            'p' => {
                let rest = self.pattern.get(self.at..).unwrap_or_default();
                let name = rest.strip_prefix('{').and_then(|rest| rest.get(..rest.find('}')?));
                let Some(name) = name else {
                    return Err(RegexError::new(self.place(start), "expected a category in braces, such as `\\p{Lu}`"));
                };
                self.at += name.len() + 2;
                if !CATEGORIES.contains(&name) {
                    let message = format!("the category or block `{name}` is not available");
                    return Err(RegexError::new(self.place(start), message));
                }
                Shorthand::new(format!("\\p{{{name}}}"), negated)
            }
            _ => return Ok(None),
        }))
    }

    /// The character that an escape means. Escapes of characters that need none are allowed; letters must mean something.
    pub(super) fn escaped(&mut self, c: char, start: usize) -> Result<char, RegexError> {
        let character = match c {
            'a' => Some('\u{7}'),
            'e' => Some('\u{1b}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '0' => {
                let rest = self.pattern.get(self.at..).unwrap_or_default();
                let digits = rest.bytes().take(2).take_while(|b| matches!(b, b'0'..=b'7')).count();
                let value = u32::from_str_radix(rest.get(..digits).unwrap_or_default(), 8).unwrap_or(0);
                self.at += digits;
                char::from_u32(value)
            }
            'c' => {
                let control = self.peek().map(|c| c.to_ascii_uppercase()).filter(|c| ('@'..='_').contains(c));
                self.advance();
                control.and_then(|c| char::from_u32(u32::from(c) - u32::from('@')))
            }
            'u' => self.hexadecimal(4),
            'x' => self.hexadecimal(2),
            c if c.is_alphanumeric() || c == '_' => None,
            c => Some(c),
        };
        character.ok_or_else(|| RegexError::new(self.place(start), "this escape is not available"))
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<char> {
        let text = self.pattern.get(self.at..self.at + digits)?;
        self.at += digits;
        let hexadecimal = text.bytes().all(|b| b.is_ascii_hexdigit());
        if hexadecimal { u32::from_str_radix(text, 16).ok().and_then(char::from_u32) } else { None }
    }
}

/// The general categories of Unicode; surrogates are no characters here.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn",
];
