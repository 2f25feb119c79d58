//! The feature `arbitrary`: expressions, values and users made of random octets.

mod writer;

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use self::writer::Writer;
use crate::ast::Expression;
use crate::complex::Complex;
use crate::dialect::Dialect;
use crate::parser::parse;
use crate::value::Value;

/// The text of an expression, and a user whose attributes it reads, made of random octets.
///
/// The text parses in its dialect. Functions mostly have the arguments that their signatures ask for, and attributes mostly
/// the kind of value that the functions around them take, so that evaluating gets far; some are wrong on purpose.
///
/// ```
/// use arbitrary::Unstructured;
/// use provost_expr::{Dialect, Limits, Sample, parse_as};
///
/// let octets: Vec<u8> = (0..=255).cycle().take(2000).collect();
/// let sample = Sample::of(Dialect::Connect, &mut Unstructured::new(&octets))?;
/// assert!(parse_as(sample.source(), sample.dialect(), &Limits::default()).is_ok());
/// # Ok::<(), arbitrary::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sample {
    dialect: Dialect,
    source: String,
    user: BTreeMap<String, Value<'static>>,
}

impl Sample {
    /// Makes a sample of a dialect; without octets it is a short one.
    ///
    /// # Errors
    ///
    /// What the source of octets fails with.
    pub fn of(dialect: Dialect, octets: &mut Unstructured<'_>) -> Result<Self> {
        let user = user(octets)?;
        Ok(Self { dialect, source: Writer::new(octets, dialect).expression()?, user })
    }

    /// Returns the dialect of the expression.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the text of the expression.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the attributes of the user by their names.
    #[must_use]
    pub fn user(&self) -> &BTreeMap<String, Value<'static>> {
        &self.user
    }
}

impl<'a> Arbitrary<'a> for Sample {
    fn arbitrary(octets: &mut Unstructured<'a>) -> Result<Self> {
        let dialect = Dialect::arbitrary(octets)?;
        Self::of(dialect, octets)
    }
}

impl<'a> Arbitrary<'a> for Dialect {
    fn arbitrary(octets: &mut Unstructured<'a>) -> Result<Self> {
        octets.choose(&[Self::Entra, Self::Connect]).copied()
    }
}

/// Makes an expression of the dialect `entra`; see [`Sample`] for both dialects.
impl<'a> Arbitrary<'a> for Expression {
    fn arbitrary(octets: &mut Unstructured<'a>) -> Result<Self> {
        let source = Writer::new(octets, Dialect::Entra).expression()?;
        parse(&source).map_err(|_| Error::IncorrectFormat)
    }
}

/// Makes what an attribute of a source may hold.
impl<'a> Arbitrary<'a> for Value<'_> {
    fn arbitrary(octets: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match octets.int_in_range(0..=9)? {
            0..=3 => Self::Text(text(octets)?.into()),
            4 => Self::Null,
            5 => Self::Boolean(bool::arbitrary(octets)?),
            6 => Self::Integer(number(octets)?),
            7 => Self::Text(octets.choose(DATES)?.to_string().into()),
            _ => {
                let count = octets.int_in_range(1..=3)?;
                Self::list((0..count).map(|_| Ok(text(octets)?.into())).collect::<Result<_>>()?)
            }
        })
    }
}

/// The attributes that expressions read, each with the kind of value that it mostly holds.
const ATTRIBUTES: &[(&str, Held)] = &[
    ("a", Held::Text),
    ("b", Held::Text),
    ("d", Held::Date),
    ("l", Held::List),
    ("m", Held::List),
    ("n", Held::Number),
    ("isSoftDeleted", Held::Boolean),
    ("x", Held::Any),
    ("y", Held::Any),
    ("emails[type eq \"]\"].value", Held::Text),
    ("appRoleAssignments", Held::Roles),
    ("missing", Held::Nothing),
];

/// What an attribute mostly holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Held {
    Any,
    Boolean,
    Date,
    List,
    Nothing,
    Number,
    Roles,
    Text,
}

const DATES: &[&str] = &[
    "2020-03-16",
    "2021-06-30+08:00",
    "2024-02-29T23:59:59.1234567Z",
    "12/31/9999 12:00:00 AM",
    "2013-01-10 4:00 PM -8",
    "0001-01-01",
    "Mon, 16 Mar 2020 07:00:00 GMT",
    "8/5/2021 5:41",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "True",
    "12",
    "-7.5",
    "Ada Lovelace",
    "b@contoso.com",
    "x,y, z",
    "CN=Doe\\, J,OU=a+b=c,DC=lab",
    "ß İ ǆ ﬁ",
    "Zoë Łø Å\u{30a}",
    "日本 😀",
    "YQBiAA==",
    "AQEAAAAAAAUSAAAA",
    "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    " a\tb ",
    "a\\nb",
    "\"",
    "\\",
];

/// Letters of texts: such as the functions tell apart.
const LETTERS: &[char] =
    &['a', 'b', 'B', 'x', '0', '7', ' ', ',', '.', '@', '=', '-', ':', 'é', 'ß', 'I', 'ı', '\u{301}', '😀', '\\', '"'];

fn text(octets: &mut Unstructured<'_>) -> Result<String> {
    let count = match octets.int_in_range(0..=15)? {
        0..=9 => return Ok((*octets.choose(TEXTS)?).to_owned()),
        // Longer than what is copied at once.
        15 => octets.int_in_range(28..=70)?,
        _ => octets.int_in_range(0..=6)?,
    };
    // Letters that look random follow from one octet each eighth, so that a long text costs few.
    let mut seed = 0u32;
    (0..count)
        .map(|at| {
            seed = if at % 8 == 0 { u8::arbitrary(octets)?.into() } else { seed.wrapping_mul(31).wrapping_add(7) };
            Ok(LETTERS.get(seed as usize / 4 % LETTERS.len()).copied().unwrap_or('a'))
        })
        .collect()
}

fn number(octets: &mut Unstructured<'_>) -> Result<i64> {
    match octets.int_in_range(0..=15)? {
        14 => octets.choose(&[i64::MAX, i64::MIN, 129_699_324_000_000_000, 1 << 32]).copied(),
        15 => i64::arbitrary(octets),
        small => Ok(small - 3),
    }
}

fn user(octets: &mut Unstructured<'_>) -> Result<BTreeMap<String, Value<'static>>> {
    let mut user = BTreeMap::new();
    for (name, held) in ATTRIBUTES {
        let value = match octets.int_in_range(0..=15)? {
            14 if *held != Held::Nothing => Value::arbitrary(octets)?,
            15 => Value::Null,
            _ => held.value(octets)?,
        };
        if value != Value::Null {
            user.insert((*name).to_owned(), value);
        }
    }
    Ok(user)
}

impl Held {
    fn value(self, octets: &mut Unstructured<'_>) -> Result<Value<'static>> {
        Ok(match self {
            Self::Any => Value::arbitrary(octets)?,
            Self::Boolean => Value::Boolean(bool::arbitrary(octets)?),
            Self::Date => Value::Text((*octets.choose(DATES)?).into()),
            Self::List => {
                let count = octets.int_in_range(1..=4)?;
                Value::list((0..count).map(|_| Ok(text(octets)?.into())).collect::<Result<_>>()?)
            }
            Self::Nothing => Value::Null,
            Self::Number => Value::Integer(number(octets)?),
            Self::Roles => {
                let role = |octets: &mut Unstructured<'_>| {
                    let role = Complex::new().with("value", text(octets)?);
                    Ok(if bool::arbitrary(octets)? { role.with("displayName", "Role") } else { role })
                };
                let count = octets.int_in_range(1..=2)?;
                Value::Complex((0..count).map(|_| role(octets)).collect::<Result<_>>()?)
            }
            Self::Text => Value::Text(text(octets)?.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arbitrary::{Arbitrary as _, Unstructured};
    use proptest::prelude::*;

    use super::Sample;
    use crate::{Dialect, Expression, Function, Layout, Limits, Program, parse_as};

    proptest! {
        #[test]
        fn a_sample_parses_in_its_dialect(octets in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut octets = Unstructured::new(&octets);
            for dialect in [Dialect::Entra, Dialect::Connect] {
                let sample = Sample::of(dialect, &mut octets).unwrap();
                let parsed = parse_as(sample.source(), dialect, &Limits::default());
                prop_assert!(parsed.is_ok(), "{}\n{:?}", sample.source(), parsed);
            }
            prop_assert!(Expression::arbitrary(&mut octets).is_ok());
        }
    }

    /// Octets that look random and are the same each time.
    fn octets(seed: u64) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..800).map(|_| next()).collect()
    }

    #[test]
    fn samples_call_every_function_and_most_of_them_compile() {
        for dialect in [Dialect::Entra, Dialect::Connect] {
            let (mut called, mut compiled) = (BTreeSet::new(), 0);
            for seed in 0..4000 {
                let octets = octets(seed);
                let sample = Sample::of(dialect, &mut Unstructured::new(&octets)).unwrap();
                let expression = parse_as(sample.source(), dialect, &Limits::default()).unwrap();
                if Program::compile(&expression, &mut Layout::new(), dialect).is_ok() {
                    compiled += 1;
                    called.extend(expression.calls().map(|call| call.name().to_owned()));
                }
            }
            let missing: Vec<_> = (Function::all(dialect).iter().map(|function| function.name()))
                .filter(|name| !called.contains(*name))
                .collect();
            assert!(missing.is_empty(), "{dialect}: {missing:?}");
            assert!(compiled > 2000, "{dialect}: {compiled}");
        }
    }
}
