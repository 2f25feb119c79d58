use arbitrary::{Result, Unstructured};

use super::{ATTRIBUTES, DATES, Held, number, text};
use crate::ast::Bareword;
use crate::dialect::Dialect;
use crate::registry::{Function, Parameter, ParameterKind, Presence, Repeat};

/// Deepest nesting of what is written.
const DEPTH: usize = 6;

/// Most calls that are written.
const CALLS: usize = 24;

/// Writes the text of an expression, one choice an octet or so.
pub(super) struct Writer<'w, 'a> {
    octets: &'w mut Unstructured<'a>,
    dialect: Dialect,
    text: String,
    depth: usize,
    calls: usize,
    /// Variables that are bound where the text ends.
    bound: Vec<&'static str>,
}

/// What an argument is for.
#[derive(Clone, Copy)]
enum Wanted {
    Any,
    /// A branch, where a flow signal may stand.
    Branch,
    /// One of these texts.
    Code(&'static [&'static str]),
    Condition,
    Date,
    List,
    Number,
    Pattern,
    Text,
}

const OPERATORS: &[&str] = &["=", "<>", "<", "<=", ">", ">="];
const CONNECT_OPERATORS: &[&str] = &["&", "+", "-", "*", "/", "&&", "||", "=", "<>", "<", "<=", ">", ">="];
const VARIABLES: &[&str] = &["v", "item", "n"];
const PARAMETERS: &[&str] = &["Domain.FQDN", "Forest.LDAP", "P"];
const INTERVALS: &[&str] = &["d", "m", "yyyy", "ww", "h", "n", "s", "q", "w", "y", "D"];
const FORMATS: &[&str] = &[
    "yyyy-MM-dd",
    "M/d/yyyy h:mm:ss tt",
    "yyyyMMddHHmmss.fZ",
    "dddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "yyyy-MM-ddTHH:mm:sszzz",
    "%d",
    "yy",
    "FFF\\x",
    "'a",
];
const PATTERNS: &[&str] = &[
    "[a-z]+",
    "\\d",
    "^(?<g>.*?)@",
    "a*",
    "(?<g>a)(b)?",
    "(?<=a)b",
    "[a-z-[aeiou]]",
    "\\s+|$",
    "(?<g>x|)",
    "[ ,.]",
    "(a+)+$",
    "(",
];
const REPLACEMENTS: &[&str] = &["", "-", "${g}", "$1", "$$", "[$&]", "$2x"];
const SEPARATORS: &[&str] = &[",", "", " ", "@", ", ", "a", "-"];
const CULTURES: &[&str] = &["", "tr-TR", "en-US", "az", "toolongtag1"];
const STYLES: &[&str] = &["", "None", "AllowWhiteSpaces, AssumeUniversal", "RoundtripKind", "Wrong"];
const ENCODINGS: &[&str] = &["Unicode", "ASCII", "UTF8"];
const MAPS: &[&str] = &["a:b", "ä:ae,é:e", " b : x , x: ", "ab:c"];
const NAME_TYPES: &[&str] = &["SimpleName", "DnsName", "Wrong"];
const DATE_CALLS: &[&str] = &["CDate", "DateAdd", "DateFromNum", "Now"];
const NUMBER_CALLS: &[&str] = &["Count", "InStr", "BitAnd", "DateDiff", "Len", "CNum", "NumFromDate", "InStrRev"];
const LIST_CALLS: &[&str] = &["Split", "RemoveDuplicates", "Select", "Where", "Append"];
const CONDITION_CALLS: &[&str] =
    &["IsNull", "IsNullOrEmpty", "IsPresent", "IsString", "Not", "CBool", "IsNumeric", "IsBitSet"];

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(octets: &'w mut Unstructured<'a>, dialect: Dialect) -> Self {
        Self { octets, dialect, text: String::new(), depth: 0, calls: CALLS, bound: Vec::new() }
    }

    pub(super) fn expression(mut self) -> Result<String> {
        self.blank()?;
        match (self.dialect, self.octets.int_in_range(0..=15)?) {
            (_, 0) => self.leaf(Wanted::Any)?,
            (Dialect::Connect, 1..=4) => self.chain(Wanted::Any)?,
            _ => self.call(Function::all(self.dialect), Wanted::Any)?,
        }
        self.blank()?;
        Ok(self.text)
    }

    /// Never true when the octets are used up.
    fn rarely(&mut self, of: u8) -> Result<bool> {
        Ok(self.octets.int_in_range(0..=of)? == of)
    }

    fn choose(&mut self, texts: &'static [&'static str]) -> Result<&'static str> {
        self.octets.choose(texts).copied()
    }

    fn blank(&mut self) -> Result<()> {
        let blank = match self.octets.int_in_range(0..=15)? {
            13 => " ",
            14 => "\n\t",
            15 => "  ",
            _ => "",
        };
        self.text.push_str(blank);
        Ok(())
    }

    /// What may stand in the place of an argument.
    fn argument(&mut self, wanted: Wanted) -> Result<()> {
        let wanted = if self.rarely(40)? { Wanted::Any } else { wanted };
        let (is_condition, rare) = (matches!(wanted, Wanted::Condition), self.octets.int_in_range(0..=63)?);
        match self.dialect {
            Dialect::Connect if self.nests() && rare >= 52 => self.chain(wanted),
            Dialect::Entra if self.nests() && (rare >= 61 || is_condition && rare >= 32) => self.comparison(),
            _ => self.operand(wanted),
        }
    }

    fn nests(&self) -> bool {
        self.depth < DEPTH && self.calls > 0
    }

    fn operand(&mut self, wanted: Wanted) -> Result<()> {
        if !self.nests() || self.octets.int_in_range(0..=2)? < 2 {
            return self.leaf(wanted);
        }
        let names = match wanted {
            Wanted::Condition => CONDITION_CALLS,
            Wanted::Date => DATE_CALLS,
            Wanted::List => LIST_CALLS,
            Wanted::Number => NUMBER_CALLS,
            Wanted::Any | Wanted::Branch | Wanted::Code(_) | Wanted::Pattern | Wanted::Text => &[],
        };
        let suited: Vec<_> = names.iter().filter_map(|name| Function::find(self.dialect, name)).collect();
        let functions = if suited.is_empty() { Function::all(self.dialect) } else { &suited };
        self.call(functions, wanted)
    }

    fn comparison(&mut self) -> Result<()> {
        self.depth += 1;
        let operator = self.choose(OPERATORS)?;
        self.operand(Wanted::Text)?;
        self.blank()?;
        self.text.push_str(operator);
        self.blank()?;
        self.operand(Wanted::Text)?;
        self.depth -= 1;
        Ok(())
    }

    /// Operands with operators between them, sometimes in parentheses.
    fn chain(&mut self, wanted: Wanted) -> Result<()> {
        self.depth += 1;
        let closes = self.rarely(2)?;
        if closes {
            self.text.push('(');
        }
        self.blank()?;
        self.operand(wanted)?;
        for _ in 0..self.octets.int_in_range(1..=3)? {
            let operator = self.choose(CONNECT_OPERATORS)?;
            // Behind a single `&` an operand that begins with `H` or `&` would read as something else.
            self.text.push(' ');
            self.text.push_str(operator);
            self.text.push(' ');
            if self.nests() && self.rarely(6)? { self.chain(wanted)? } else { self.operand(wanted)? }
        }
        self.blank()?;
        if closes {
            self.text.push(')');
        }
        self.depth -= 1;
        Ok(())
    }

    fn call(&mut self, functions: &[&'static Function], wanted: Wanted) -> Result<()> {
        let function = *self.octets.choose(functions)?;
        // Hardly any value is a certificate.
        let reads_certificate = function.name.contains("Cert") && !self.rarely(4)?;
        if reads_certificate || function.is_outermost() && self.depth > 0 && !self.rarely(20)? {
            return self.leaf(wanted);
        }
        self.depth += 1;
        self.calls = self.calls.saturating_sub(1);
        let name = if self.rarely(100)? { "Unknown" } else { function.name() };
        self.text.push_str(name);
        self.blank()?;
        self.text.push('(');
        self.blank()?;
        let bound = self.bound.len();
        let mode = self.octets.int_in_range(0..=4)?;
        for position in 0..self.count(function)? {
            if position > 0 {
                self.text.push(',');
                self.blank()?;
            }
            let Some(parameter) = function.parameter(position) else { continue };
            if parameter.kind == ParameterKind::Variable {
                self.variable()?;
            } else if self.omits(function, parameter, position, mode)? {
                self.blank()?;
            } else {
                let unbound = if position == 1 { self.bound.split_off(bound) } else { Vec::new() };
                self.given(parameter)?;
                self.bound.extend(unbound);
            }
            self.blank()?;
        }
        self.bound.truncate(bound);
        self.text.push(')');
        self.depth -= 1;
        Ok(())
    }

    /// How many arguments are written, mostly a number that the signature allows.
    fn count(&mut self, function: &Function) -> Result<usize> {
        let places = function.parameters.len();
        let required = function.parameters.iter().filter(|parameter| parameter.presence == Presence::Required).count();
        if self.rarely(100)? {
            return Ok(places.saturating_sub(1));
        }
        Ok(match function.repeat {
            Repeat::No if function.name == "FormatDateTime" => places.min(self.octets.int_in_range(3..=4)?),
            Repeat::No if function.name == "Replace" => places,
            Repeat::No => self.octets.int_in_range(required..=places)?,
            Repeat::Last => places + self.octets.int_in_range(0..=2)?,
            Repeat::Pair => places + 2 * self.octets.int_in_range(0..=2)?,
        })
    }

    fn omits(&mut self, function: &Function, parameter: &Parameter, position: usize, mode: usize) -> Result<bool> {
        // The combinations of arguments that `Replace` has a meaning for.
        const MODES: [[usize; 4]; 5] = [[0, 1, 4, 4], [0, 1, 6, 6], [0, 2, 4, 4], [0, 2, 3, 4], [0, 2, 3, 5]];
        if self.dialect == Dialect::Connect {
            return Ok(false);
        }
        if function.name == "Replace" {
            return Ok(!MODES.get(mode).is_some_and(|given| given.contains(&position)));
        }
        Ok(parameter.presence == Presence::Optional && position + 1 < function.parameters.len() && self.rarely(2)?)
    }

    fn given(&mut self, parameter: &Parameter) -> Result<()> {
        let wanted = match parameter.kind {
            ParameterKind::AppRoleAssignments => {
                self.text.push_str("[appRoleAssignments]");
                return Ok(());
            }
            ParameterKind::CaseType | ParameterKind::CompareType | ParameterKind::Encoding => {
                let words = parameter.kind.words(self.dialect).unwrap_or(ENCODINGS);
                let word = self.octets.choose(words).copied()?;
                if Bareword::all(self.dialect).iter().any(|held| held.as_str() == word) && !self.rarely(3)? {
                    self.text.push_str(word);
                    return Ok(());
                }
                Wanted::Code(words)
            }
            ParameterKind::Condition => Wanted::Condition,
            ParameterKind::Date => Wanted::Date,
            ParameterKind::Interval => Wanted::Code(INTERVALS),
            ParameterKind::Number => Wanted::Number,
            ParameterKind::Pattern => Wanted::Pattern,
            _ => match parameter.name {
                "inputFormat" | "outputFormat" | "format" => Wanted::Code(FORMATS),
                "dateTimeStyles" => Wanted::Code(STYLES),
                "culture" => Wanted::Code(CULTURES),
                "delimiter" | "delimiters" | "separator" | "padCharacter" | "wordSeparators" | "oldValue" => {
                    Wanted::Code(SEPARATORS)
                }
                "regexGroupName" => Wanted::Code(&["g", "1", "0", "h"]),
                "replacementValue" => Wanted::Code(REPLACEMENTS),
                "key" => Wanted::Code(&["a", "True", "12", "", "b@contoso.com", "x"]),
                "pattern" => Wanted::Code(MAPS),
                "option" => Wanted::Code(&["DC", "dc"]),
                "x509NameType" => Wanted::Code(NAME_TYPES),
                "attribute" => Wanted::List,
                "value" | "valueIfTrue" | "valueIfFalse" | "defaultValue" => Wanted::Branch,
                _ if parameter.kind == ParameterKind::Text => Wanted::Text,
                _ => Wanted::Any,
            },
        };
        self.argument(wanted)
    }

    fn variable(&mut self) -> Result<()> {
        let name = self.choose(VARIABLES)?;
        self.text.push('$');
        self.text.push_str(name);
        self.bound.push(name);
        Ok(())
    }

    fn leaf(&mut self, wanted: Wanted) -> Result<()> {
        if !self.bound.is_empty() && !self.rarely(1)? {
            let name = self.octets.choose(&self.bound).copied()?;
            self.text.push('$');
            self.text.push_str(name);
            return Ok(());
        }
        match (wanted, self.octets.int_in_range(0..=15)?) {
            (Wanted::Branch, 15) => self.word(),
            (_, 14) if self.dialect == Dialect::Connect => self.word(),
            (_, 13) if self.dialect == Dialect::Connect => {
                let name = self.choose(PARAMETERS)?;
                self.text.push_str(&format!("%{name}%"));
                Ok(())
            }
            (Wanted::Number, 0..=7) => self.number(),
            (Wanted::Number, 8..=10) => self.attribute(&[Held::Number]),
            (Wanted::Date, 0..=4) => {
                let date = self.choose(DATES)?;
                self.quoted(date)
            }
            (Wanted::Date, 5..=9) => self.attribute(&[Held::Date]),
            (Wanted::List, 0..=10) => self.attribute(&[Held::List]),
            (Wanted::Code(codes), 0..=11) => {
                let code = self.choose(codes)?;
                self.quoted(code)
            }
            (Wanted::Pattern, 0..=13) => {
                let pattern = if self.rarely(1)? { self.pattern()? } else { self.choose(PATTERNS)?.to_owned() };
                self.quoted(&pattern)
            }
            (Wanted::Text, 0..=5) => self.attribute(&[Held::Text]),
            (_, 0..=6) => self.attribute(&[]),
            (_, 7) => self.number(),
            _ => {
                let text = text(self.octets)?;
                self.quoted(&text)
            }
        }
    }

    /// A pattern put together of small ones.
    fn pattern(&mut self) -> Result<String> {
        const ATOMS: &[&str] =
            &["a", "[a-c]", "\\d", ".", "(a|b)", "(?<g>[xb])", "@", " ", "\\s", "[^a]", "(?:ab|a)", "\\.", "é"];
        const TIMES: &[&str] = &["", "", "", "*", "+", "?", "*?", "+?", "??"];
        const BEGIN: &[&str] = &["", "", "^"];
        const END: &[&str] = &["", "", "$", "|b"];
        let mut pattern = self.choose(BEGIN)?.to_owned();
        for _ in 0..self.octets.int_in_range(1..=3)? {
            pattern += self.choose(ATOMS)?;
            pattern += self.choose(TIMES)?;
        }
        Ok(pattern + self.choose(END)?)
    }

    /// A word that is a value.
    fn word(&mut self) -> Result<()> {
        let word = match self.dialect {
            Dialect::Connect => self.choose(&["True", "False", "NULL", "CRLF", "IgnoreThisFlow"])?,
            Dialect::Entra => self.choose(&["IgnoreAttributeFlow", "IgnoreObjectFlow"])?,
        };
        self.text.push_str(word);
        Ok(())
    }

    fn attribute(&mut self, held: &[Held]) -> Result<()> {
        let names: Vec<&str> = (ATTRIBUTES.iter())
            .filter(|(_, mostly)| held.is_empty() || held.contains(mostly))
            .map(|(name, _)| *name)
            .collect();
        let name = self.octets.choose(&names).copied()?;
        self.text.push_str(&format!("[{name}]"));
        Ok(())
    }

    fn number(&mut self) -> Result<()> {
        let number = number(self.octets)?;
        self.text.push_str(&match self.octets.int_in_range(0..=15)? {
            13 => format!("&H{number:X}"),
            14 => format!("{number}.50"),
            15 => format!("\"{number}\""),
            _ => number.to_string(),
        });
        Ok(())
    }

    /// A text between quotation marks. Where the dialect has no escapes, it loses the marks inside it.
    fn quoted(&mut self, text: &str) -> Result<()> {
        self.text.push('"');
        match self.dialect {
            Dialect::Connect => self.text.extend(text.chars().filter(|c| *c != '"')),
            Dialect::Entra => self.text.push_str(&text.replace('\\', "\\\\").replace('"', "\\\"")),
        }
        self.text.push('"');
        Ok(())
    }
}
