//! A small backtracking matcher of patterns of .NET, over characters.

use std::cell::Cell;
use std::ops::Range;

/// Most steps of one search.
const STEPS: usize = 200_000;

pub(super) struct Pattern {
    root: Node,
    /// The names of groups, by their numbers; unnamed groups go first.
    names: Vec<Option<String>>,
}

type Groups = Vec<Option<Range<usize>>>;

enum Node {
    Any,
    Behind(Box<Self>),
    Choice(Vec<Self>),
    Class(Class),
    End,
    Group(Option<usize>, Box<Self>),
    Letter(char),
    Repeat { node: Box<Self>, times: Range<usize>, greedy: bool },
    Row(Vec<Self>),
    Start,
}

struct Class {
    negated: bool,
    members: Vec<Member>,
    without: Option<Box<Self>>,
}

enum Member {
    Blank,
    Digit,
    Range(char, char),
}

impl Pattern {
    /// `None` for what this matcher does not know.
    pub(super) fn read(pattern: &str) -> Option<Self> {
        let mut reader = Reader { letters: pattern.chars().collect(), at: 0, names: Vec::new() };
        let mut root = reader.choice()?;
        if reader.at < reader.letters.len() {
            return None;
        }
        // The groups with names are numbered behind those without.
        let mut order: Vec<usize> = (0..reader.names.len()).collect();
        order.sort_by_key(|group| reader.names[*group].is_some());
        root.renumber(&|old| order.iter().position(|group| *group == old).unwrap_or(old) + 1);
        let names = order.iter().map(|group| reader.names[*group].clone());
        Some(Self { root, names: std::iter::once(None).chain(names).collect() })
    }

    pub(super) fn group(&self, name: &str) -> Option<usize> {
        let number =
            name.parse().ok().filter(|number| *number < self.names.len() && name.chars().all(|c| c.is_ascii_digit()));
        number.or_else(|| self.names.iter().position(|held| held.as_deref() == Some(name)))
    }

    /// All matches; `None` when they take too many steps.
    pub(super) fn matches(&self, text: &[char]) -> Option<Vec<Groups>> {
        let (mut found, mut start) = (Vec::new(), 0);
        let matcher = Matcher { text, steps: Cell::new(0) };
        while start <= text.len() {
            let mut groups = vec![None; self.names.len()];
            let mut end = None;
            matcher.node(&self.root, start, &mut groups, &mut |at, _| {
                end = Some(at);
                true
            });
            if matcher.steps.get() > STEPS {
                return None;
            }
            match end {
                Some(end) => {
                    groups[0] = Some(start..end);
                    found.push(groups);
                    start = if end == start { start + 1 } else { end };
                }
                None => start += 1,
            }
        }
        Some(found)
    }
}

impl Node {
    fn renumber(&mut self, number: &dyn Fn(usize) -> usize) {
        match self {
            Self::Group(group, node) => {
                *group = group.map(number);
                node.renumber(number);
            }
            Self::Behind(node) | Self::Repeat { node, .. } => node.renumber(number),
            Self::Choice(nodes) | Self::Row(nodes) => nodes.iter_mut().for_each(|node| node.renumber(number)),
            Self::Any | Self::Class(_) | Self::End | Self::Letter(_) | Self::Start => {}
        }
    }
}

impl Class {
    fn has(&self, c: char) -> bool {
        let listed = self.members.iter().any(|member| match member {
            Member::Blank => c.is_whitespace(),
            Member::Digit => c.is_ascii_digit(),
            Member::Range(first, last) => (*first..=*last).contains(&c),
        });
        listed != self.negated && !self.without.as_ref().is_some_and(|without| without.has(c))
    }
}

struct Matcher<'t> {
    text: &'t [char],
    steps: Cell<usize>,
}

/// What is to match behind a node, given where that ends.
type Next<'n> = &'n mut dyn FnMut(usize, &mut Groups) -> bool;

impl Matcher<'_> {
    fn node(&self, node: &Node, at: usize, groups: &mut Groups, next: Next<'_>) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > STEPS {
            return true;
        }
        let letter = self.text.get(at).copied();
        match node {
            Node::Any => letter.is_some_and(|c| c != '\n') && next(at + 1, groups),
            Node::Behind(node) => {
                let behind = (0..=at).rev().any(|start| self.node(node, start, groups, &mut |end, _| end == at));
                behind && next(at, groups)
            }
            Node::Choice(nodes) => nodes.iter().any(|node| self.node(node, at, groups, next)),
            Node::Class(class) => letter.is_some_and(|c| class.has(c)) && next(at + 1, groups),
            Node::End => {
                (at == self.text.len() || at + 1 == self.text.len() && letter == Some('\n')) && next(at, groups)
            }
            Node::Group(number, node) => self.node(node, at, groups, &mut |end, groups| {
                let Some(number) = *number else { return next(end, groups) };
                let held = groups[number].replace(at..end);
                let matched = next(end, groups);
                if !matched {
                    groups[number] = held;
                }
                matched
            }),
            Node::Letter(wanted) => letter == Some(*wanted) && next(at + 1, groups),
            Node::Repeat { node, times, greedy } => self.repeat(node, times, *greedy, 0, at, groups, next),
            Node::Row(nodes) => self.row(nodes, at, groups, next),
            Node::Start => at == 0 && next(at, groups),
        }
    }

    fn row(&self, nodes: &[Node], at: usize, groups: &mut Groups, next: Next<'_>) -> bool {
        match nodes.split_first() {
            Some((first, rest)) => self.node(first, at, groups, &mut |end, groups| self.row(rest, end, groups, next)),
            None => next(at, groups),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a matcher by continuations hands everything on")]
    fn repeat(
        &self,
        node: &Node,
        times: &Range<usize>,
        greedy: bool,
        count: usize,
        at: usize,
        groups: &mut Groups,
        next: Next<'_>,
    ) -> bool {
        let again = |groups: &mut Groups, next: Next<'_>| {
            count + 1 < times.end
                && self.node(node, at, groups, &mut |end, groups| {
                    (end > at || count < times.start) && self.repeat(node, times, greedy, count + 1, end, groups, next)
                })
        };
        let enough = count >= times.start;
        if !greedy && enough && next(at, groups) {
            return true;
        }
        again(groups, next) || greedy && enough && next(at, groups)
    }
}

struct Reader {
    letters: Vec<char>,
    at: usize,
    /// The names of the groups so far, in the order of the text.
    names: Vec<Option<String>>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn skip(&mut self, text: &str) -> bool {
        let there = self.letters[self.at..].iter().copied().take(text.chars().count()).eq(text.chars());
        if there {
            self.at += text.chars().count();
        }
        there
    }

    fn choice(&mut self) -> Option<Node> {
        let mut rows = vec![self.row()?];
        while self.skip("|") {
            rows.push(self.row()?);
        }
        Some(Node::Choice(rows))
    }

    fn row(&mut self) -> Option<Node> {
        let mut row = Vec::new();
        while self.peek().is_some_and(|c| !"|)".contains(c)) {
            let node = self.item()?;
            let times = match self.peek() {
                Some('*') => 0..usize::MAX,
                Some('+') => 1..usize::MAX,
                Some('?') => 0..2,
                _ => {
                    row.push(node);
                    continue;
                }
            };
            self.at += 1;
            let greedy = !self.skip("?");
            if matches!(node, Node::Behind(_) | Node::End | Node::Start)
                || self.peek().is_some_and(|c| "*+?".contains(c))
            {
                return None;
            }
            row.push(Node::Repeat { node: Box::new(node), times, greedy });
        }
        Some(Node::Row(row))
    }

    fn item(&mut self) -> Option<Node> {
        let letter = self.peek()?;
        if letter == '[' {
            self.at += 1;
            return self.class().map(Node::Class);
        }
        self.at += 1;
        match letter {
            '.' => Some(Node::Any),
            '^' => Some(Node::Start),
            '$' => Some(Node::End),
            '\\' => match self.escape()? {
                Member::Range(letter, _) => Some(Node::Letter(letter)),
                member => Some(Node::Class(Class { negated: false, members: vec![member], without: None })),
            },
            '(' => self.group(),
            '*' | '+' | '?' | '{' | '}' | ']' | '#' => None,
            letter => Some(Node::Letter(letter)),
        }
    }

    fn group(&mut self) -> Option<Node> {
        let behind = self.skip("?<=");
        let number = if behind || self.skip("?:") {
            None
        } else if self.skip("?<") {
            let mut name = String::new();
            while self.peek()? != '>' {
                name.push(self.peek()?);
                self.at += 1;
            }
            self.at += 1;
            let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
            if !plain || self.names.contains(&Some(name.clone())) {
                return None;
            }
            self.names.push(Some(name));
            Some(self.names.len() - 1)
        } else if self.peek()? == '?' {
            return None;
        } else {
            self.names.push(None);
            Some(self.names.len() - 1)
        };
        let inside = Box::new(self.choice()?);
        if !self.skip(")") {
            return None;
        }
        Some(if behind { Node::Behind(inside) } else { Node::Group(number, inside) })
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Option<Member> {
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            'd' => Member::Digit,
            's' => Member::Blank,
            'n' => Member::Range('\n', '\n'),
            't' => Member::Range('\t', '\t'),
            letter if letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii() => return None,
            letter => Member::Range(letter, letter),
        })
    }

    /// What stands behind the bracket that opens a class.
    fn class(&mut self) -> Option<Class> {
        let negated = self.skip("^");
        let mut class = Class { negated, members: Vec::new(), without: None };
        loop {
            if self.skip("-[") {
                class.without = Some(Box::new(self.class()?));
                return (self.skip("]") && !class.members.is_empty()).then_some(class);
            }
            if self.skip("]") {
                return (!class.members.is_empty()).then_some(class);
            }
            let first = self.peek()?;
            self.at += 1;
            let member = match first {
                '\\' => self.escape()?,
                '[' | '-' => return None,
                first => Member::Range(first, first),
            };
            let ranges = self.peek() == Some('-') && !matches!(self.letters.get(self.at + 1), Some('[' | ']'));
            class.members.push(match member {
                Member::Range(first, _) if ranges => {
                    self.at += 1;
                    let last = self.peek()?;
                    self.at += 1;
                    if last == '\\' || last < first {
                        return None;
                    }
                    Member::Range(first, last)
                }
                _ if ranges => return None,
                member => member,
            });
        }
    }
}

/// The replacement for a match; `None` for what this matcher does not know.
pub(super) fn filled(replacement: &str, pattern: &Pattern, text: &[char], groups: &Groups) -> Option<String> {
    let letters: Vec<char> = replacement.chars().collect();
    let group = |number: usize| match groups.get(number).cloned().flatten() {
        Some(range) => text[range].iter().collect::<String>(),
        None => String::new(),
    };
    let (mut filled, mut at) = (String::new(), 0);
    while at < letters.len() {
        let behind: String = letters[at + 1..].iter().collect();
        let name = match (letters[at], behind.chars().next()) {
            ('$', Some('$')) => {
                filled.push('$');
                at += 2;
                continue;
            }
            ('$', Some('&')) => {
                filled += &group(0);
                at += 2;
                continue;
            }
            ('$', Some('{')) => behind[1..].find('}').map(|end| (&behind[1..=end], end + 3)),
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                let length = behind.chars().take_while(char::is_ascii_digit).count();
                Some((&behind[..length], length + 1))
            }
            ('$', Some('`' | '\'' | '+' | '_')) => return None,
            _ => None,
        };
        match name.and_then(|(name, length)| Some((pattern.group(name)?, length, name))) {
            Some((number, length, name)) => {
                filled += &group(number);
                at += if name.is_ascii() { length } else { return None };
            }
            None => {
                filled.push(letters[at]);
                at += 1;
            }
        }
    }
    Some(filled)
}
