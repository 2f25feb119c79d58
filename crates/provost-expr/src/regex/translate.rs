use std::fmt::Write as _;
use std::ops::Range;

use super::RegexError;
use super::class::{Shorthand, literal};

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 50;

/// Most single characters that a pattern may amount to when its repetitions are written out; a class with tables of Unicode
/// behind it counts as several.
const MAX_WEIGHT: usize = 4096;

/// A pattern for the engines.
#[derive(Debug)]
pub(crate) struct Translation {
    /// The translated text around the places of `$`.
    parts: Vec<String>,
    pub(super) groups: Groups,
    /// Whether only the backtracking engine can do it.
    pub(super) backtracking: bool,
    /// The single characters that it amounts to, at least one; see [`MAX_WEIGHT`].
    pub(super) weight: usize,
    /// Whether `$` or `\Z` occurs.
    pub(super) ends: bool,
}

impl Translation {
    /// The text with `end` at each place that means the end of the text.
    pub(super) fn with_end(&self, end: &str) -> String {
        self.parts.join(end)
    }
}

/// The groups of a pattern in the order in which they open; with its name, if it has one.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    opened: Vec<Option<String>>,
}

impl Groups {
    /// The indices of the engine in the order of the numbers of .NET: the whole match, the groups without a name, then
    /// those with one.
    pub(super) fn by_number(&self) -> impl Iterator<Item = usize> {
        let with = |named: bool| {
            self.opened.iter().enumerate().filter(move |(_, name)| name.is_some() == named).map(|(at, _)| at + 1)
        };
        std::iter::once(0).chain(with(false)).chain(with(true))
    }

    /// The number of the group with this name, which may be a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
            return name.parse().ok().filter(|number| *number <= self.opened.len());
        }
        let at = self.opened.iter().position(|held| held.as_deref() == Some(name))?;
        self.by_number().position(|index| index == at + 1)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.by_number().nth(self.number(name)?)
    }
}

/// Translates a pattern. A reference may stand before its group, so a first pass finds the groups.
pub(super) fn translate(pattern: &str) -> Result<Translation, RegexError> {
    let first = Translator::new(pattern, None).run()?;
    Translator::new(pattern, Some(&first.groups)).run()
}

/// The options that change what a pattern means, as they are at a place of it.
#[derive(Clone, Copy, Default)]
struct Options {
    ignore_case: bool,
    multiline: bool,
}

pub(super) struct Translator<'p> {
    pub(super) pattern: &'p str,
    pub(super) at: usize,
    /// All groups of the pattern, in the second pass.
    known: Option<&'p Groups>,
    groups: Groups,
    parts: Vec<String>,
    pub(super) out: String,
    options: Options,
    backtracking: bool,
}

/// What a quantifier may stand behind.
enum Atom {
    /// Nothing that can be repeated: the beginning, or a comment.
    Nothing,
    /// Something of this weight, which may be as wide as nothing whatever the text is.
    Something { weight: usize, zero_width: bool },
}

impl<'p> Translator<'p> {
    fn new(pattern: &'p str, known: Option<&'p Groups>) -> Self {
        Self {
            pattern,
            at: 0,
            known,
            groups: Groups::default(),
            parts: Vec::new(),
            out: String::new(),
            options: Options::default(),
            backtracking: false,
        }
    }

    fn run(mut self) -> Result<Translation, RegexError> {
        let weight = weight_of(&self.alternatives(0)?).max(1);
        if self.at < self.pattern.len() {
            return Err(RegexError::new(self.at..self.at + 1, "this parenthesis closes no group"));
        }
        let ends = !self.parts.is_empty();
        self.parts.push(self.out);
        Ok(Translation { parts: self.parts, groups: self.groups, backtracking: self.backtracking, weight, ends })
    }

    /// Everything up to a closing parenthesis or the end.
    fn alternatives(&mut self, depth: usize) -> Result<Atom, RegexError> {
        let (mut total, mut all_zero_width) = (0usize, true);
        while let Some(c) = self.peek() {
            let start = self.at;
            if c == ')' {
                break;
            }
            self.advance();
            if c == '|' {
                self.out.push('|');
                continue;
            }
            let (part, from) = (self.parts.len(), self.out.len());
            let atom = self.atom(c, start, depth)?;
            all_zero_width &= !matches!(atom, Atom::Something { zero_width: false, .. });
            let weight = self.quantified(atom, start, (part, from))?;
            total = total.saturating_add(weight);
            if total > MAX_WEIGHT {
                return Err(RegexError::new(start..self.at, "the repetitions of this pattern are too many"));
            }
        }
        Ok(Atom::Something { weight: total, zero_width: all_zero_width })
    }

    fn atom(&mut self, c: char, start: usize, depth: usize) -> Result<Atom, RegexError> {
        let single = |zero_width| Ok(Atom::Something { weight: 1, zero_width });
        match c {
            '(' => self.group(start, depth),
            '[' => {
                let weight = self.class(start, 0)?;
                Ok(Atom::Something { weight, zero_width: false })
            }
            '\\' => self.escape(start),
            '.' => {
                self.out.push('.');
                single(false)
            }
            '^' => {
                self.out.push_str(if self.options.multiline { "(?m:^)" } else { r"\A" });
                single(true)
            }
            '$' if self.options.multiline => {
                self.out.push_str("(?m:$)");
                single(true)
            }
            '$' => {
                self.end_of_text();
                single(true)
            }
            '*' | '+' | '?' => Err(RegexError::new(start..self.at, "there is nothing before this that could repeat")),
            '{' if self.bounds(start).is_some() => {
                Err(RegexError::new(start..self.at, "there is nothing before this that could repeat"))
            }
            _ => {
                literal(c, &mut self.out);
                single(false)
            }
        }
    }

    /// A quantifier behind an atom, if there is one. The atom's text begins at `from`, in a part that may be finished.
    fn quantified(&mut self, atom: Atom, start: usize, from: (usize, usize)) -> Result<usize, RegexError> {
        let at = self.at;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.bounds(at) {
                Some((least, most, _)) => (least, most),
                None => return Ok(weight_of(&atom)),
            },
            _ => return Ok(weight_of(&atom)),
        };
        match self.peek() {
            Some('{') => self.at = self.bounds(at).map_or(at, |(_, _, end)| end),
            _ => self.advance(),
        }
        let Atom::Something { weight, zero_width } = atom else {
            return Err(RegexError::new(at..self.at, "there is nothing before this that could repeat"));
        };
        if most.is_some_and(|most| most < least) {
            return Err(RegexError::new(at..self.at, "the first number is greater than the second"));
        }
        let lazy = self.eat("?");
        if zero_width {
            // The backtracking engine repeats nothing that has no width. Once is as good as many times.
            if least == 0 {
                let (part, offset) = from;
                let (before, behind) = if lazy { ("(?:|", ")") } else { ("(?:", "|)") };
                self.parts.get_mut(part).unwrap_or(&mut self.out).insert_str(offset, before);
                self.out.push_str(behind);
            }
        } else {
            let _ = match (self.pattern.get(at..=at), most) {
                (Some("{"), Some(most)) => write!(self.out, "{{{least},{most}}}"),
                (Some("{"), None) => write!(self.out, "{{{least},}}"),
                (written, _) => self.out.write_str(written.unwrap_or_default()),
            };
            if lazy {
                self.out.push('?');
            }
        }
        if let Some(c @ ('*' | '+' | '?')) = self.peek() {
            let place = self.at..self.at + c.len_utf8();
            return Err(RegexError::new(place, "a repetition cannot follow another one"));
        }
        if self.peek() == Some('{') && self.bounds(self.at).is_some() {
            return Err(RegexError::new(self.at..self.at + 1, "a repetition cannot follow another one"));
        }
        let times = most.unwrap_or(least + 1).max(1);
        let weight = weight.saturating_mul(times);
        if weight > MAX_WEIGHT {
            return Err(RegexError::new(start..self.at, "the repetitions of this pattern are too many"));
        }
        Ok(weight)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}` that opens at `at`; with the place behind it. Anything else in braces is text.
    fn bounds(&self, at: usize) -> Option<(usize, Option<usize>, usize)> {
        let inside = self.pattern.get(at..)?.strip_prefix('{')?;
        let inside = inside.get(..inside.find('}')?)?;
        // A number that has too many digits is too large in any case.
        let number = |text: &str| {
            (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| text.parse().unwrap_or(usize::MAX / 2).min(usize::MAX / 2))
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(inside)?, Some(number(inside)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        Some((least, most, at + inside.len() + 2))
    }

    fn end_of_text(&mut self) {
        self.parts.push(std::mem::take(&mut self.out));
    }

    fn group(&mut self, start: usize, depth: usize) -> Result<Atom, RegexError> {
        if depth == MAX_DEPTH {
            return Err(RegexError::new(start..self.at, format!("groups are nested deeper than {MAX_DEPTH} levels")));
        }
        let outer = self.options;
        let mut looks_around = false;
        if !self.eat("?") {
            self.groups.opened.push(None);
            self.out.push('(');
        } else if self.eat("#") {
            let rest = self.pattern.get(self.at..).unwrap_or_default();
            let Some(length) = rest.find(')') else { return Err(self.unclosed(start)) };
            self.at += length + 1;
            return Ok(Atom::Nothing);
        } else if let Some(opening) = ["=", "!", "<=", "<!", ">"].into_iter().find(|opening| self.eat(opening)) {
            self.backtracking = true;
            looks_around = opening != ">";
            let _ = write!(self.out, "(?{opening}");
        } else if self.eat(":") {
            self.out.push_str("(?:");
        } else if let Some(closing) = [("<", ">"), ("'", "'")].into_iter().find_map(|(o, c)| self.eat(o).then_some(c)) {
            let name = self.name(start, closing)?;
            if self.groups.opened.iter().flatten().any(|held| *held == name) {
                let message = format!("the group name `{name}` is used twice, which is not available");
                return Err(RegexError::new(start..self.at, message));
            }
            self.groups.opened.push(Some(name));
            self.out.push('(');
        } else if self.options(start)? {
            return Ok(Atom::Nothing);
        }
        let inside = self.alternatives(depth + 1)?;
        if !self.eat(")") {
            return Err(self.unclosed(start));
        }
        self.out.push(')');
        self.options = outer;
        let zero_width = looks_around || matches!(inside, Atom::Something { zero_width: true, .. });
        Ok(Atom::Something { weight: weight_of(&inside).max(1), zero_width })
    }

    fn unclosed(&self, start: usize) -> RegexError {
        RegexError::new(start..start + 1, "the group that begins here is never closed")
    }

    fn name(&mut self, start: usize, closing: &str) -> Result<String, RegexError> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default().to_owned();
        self.at += length;
        if self.peek() == Some('-') {
            return Err(RegexError::new(start..self.at + 1, "balancing groups are not available"));
        }
        if name.is_empty() || !self.eat(closing) {
            return Err(RegexError::new(start..self.at, format!("expected the name of a group and `{closing}`")));
        }
        if name.starts_with(|c: char| c.is_numeric()) {
            let message = "groups with a number for a name are not available: use a name that begins with a letter";
            return Err(RegexError::new(start..self.at, message));
        }
        Ok(name)
    }

    /// Options such as `(?i)` for the rest of the group around them, which is `true`, or `(?i:` for a group of their own.
    fn options(&mut self, start: usize) -> Result<bool, RegexError> {
        let (mut on, mut written) = (true, String::new());
        loop {
            let at = self.at;
            let Some(c) = self.peek() else { return Err(self.unclosed(start)) };
            self.advance();
            match c {
                '-' => on = false,
                'i' => self.options.ignore_case = on,
                'm' => self.options.multiline = on,
                's' => {}
                ')' | ':' if at > start + 2 => {
                    if written.ends_with('-') {
                        written.pop();
                    }
                    match (written.is_empty(), c) {
                        (true, ':') => self.out.push_str("(?:"),
                        (true, _) => {}
                        (false, _) => {
                            let _ = write!(self.out, "(?{written}{c}");
                        }
                    }
                    return Ok(c == ')');
                }
                'n' | 'x' => {
                    return Err(RegexError::new(at..self.at, format!("the option `{c}` is not available")));
                }
                '(' => return Err(RegexError::new(start..self.at, "conditions in a pattern are not available")),
                _ => return Err(RegexError::new(start..self.at, "this kind of group is not available")),
            }
            // `m` is worked into each `^` and `$`.
            if c != 'm' && !(c == '-' && written.contains('-')) {
                written.push(c);
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<Atom, RegexError> {
        let Some(c) = self.peek() else {
            return Err(RegexError::new(start..self.at, "a backslash cannot be the last character"));
        };
        self.advance();
        let something = |weight, zero_width| Ok(Atom::Something { weight, zero_width });
        match c {
            'A' | 'b' | 'B' | 'z' => {
                self.out.push('\\');
                self.out.push(c);
                something(1, true)
            }
            'Z' => {
                self.end_of_text();
                something(1, true)
            }
            'G' => Err(RegexError::new(start..self.at, "`\\G` is not available")),
            'k' => {
                let opening = self.peek().unwrap_or(' ');
                self.advance();
                let closing = match opening {
                    '<' => ">",
                    '\'' => "'",
                    _ => return Err(RegexError::new(start..self.at, "expected `\\k<name>`")),
                };
                let rest = self.pattern.get(self.at..).unwrap_or_default();
                let Some(name) = rest.find(closing).and_then(|length| rest.get(..length)) else {
                    return Err(RegexError::new(start..self.at, "expected `\\k<name>`"));
                };
                self.at += name.len() + 1;
                self.reference(name, start)
            }
            '1'..='9' => {
                let rest = self.pattern.get(self.at..).unwrap_or_default();
                let more = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                self.at += more;
                let number = self.pattern.get(start + 1..self.at).unwrap_or_default().to_owned();
                self.reference(&number, start)
            }
            _ => {
                if let Some(shorthand) = self.shorthand(c, start)? {
                    self.out.push_str(&shorthand.outside());
                    return something(Shorthand::WEIGHT, false);
                }
                let c = self.escaped(c, start)?;
                literal(c, &mut self.out);
                something(1, false)
            }
        }
    }

    fn reference(&mut self, name: &str, start: usize) -> Result<Atom, RegexError> {
        if self.options.ignore_case {
            let message = "a reference to a group together with the option `i` is not available";
            return Err(RegexError::new(start..self.at, message));
        }
        self.backtracking = true;
        if let Some(known) = self.known {
            match known.index(name).filter(|index| *index > 0) {
                Some(index) => {
                    let _ = write!(self.out, "(?:\\{index})");
                }
                None => {
                    return Err(RegexError::new(start..self.at, format!("the pattern has no group `{name}`")));
                }
            }
        }
        Ok(Atom::Something { weight: 1, zero_width: false })
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.pattern.get(self.at..)?.chars().next()
    }

    pub(super) fn advance(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let eaten = self.pattern.get(self.at..).is_some_and(|rest| rest.starts_with(text));
        if eaten {
            self.at += text.len();
        }
        eaten
    }

    pub(super) fn place(&self, start: usize) -> Range<usize> {
        start..self.at
    }
}

fn weight_of(atom: &Atom) -> usize {
    match atom {
        Atom::Nothing => 0,
        Atom::Something { weight, .. } => *weight,
    }
}
