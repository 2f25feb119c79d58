use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::error::invalid_filter;
use crate::filter::{AttributePath, Filter, Literal, Operator};
use crate::instant::Instant;
use crate::schema::{AttributeDefinition, AttributeType, Mutability, Place, ResourceSchema, Returned};
use crate::{Mode, Resource, ScimError, instant, value};

/// A filter whose names and values were checked against a schema, ready to test resources.
///
/// Text compares by full Unicode case folding unless the attribute is case-exact; instants compare as instants. An absent
/// attribute is equal to `null`, different from every other value, and satisfies no other comparison; a list satisfies a
/// comparison when one of its values does.
#[derive(Clone, Debug)]
pub struct Matcher(Node);

#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Each { steps: Vec<String>, inner: Box<Node> },
    Not(Box<Node>),
    Test { steps: Vec<String>, test: Test },
}

#[derive(Clone, Debug)]
enum Test {
    Absent,
    Compare { operator: Operator, operand: Operand },
    Present,
}

#[derive(Clone, Debug)]
enum Operand {
    Binary(Vec<u8>),
    Boolean(bool),
    Instant(Instant),
    Number(Number),
    Text { text: String, exact: bool },
}

impl Matcher {
    /// Checks a filter against the schema of a type of resources.
    ///
    /// # Errors
    ///
    /// 400 `invalidFilter` for a name that the schema does not know, wherever it stands; for one that is never returned, so
    /// that secrets cannot be guessed; and for a comparison that the attribute's type does not have.
    pub fn new(filter: &Filter, schema: &ResourceSchema, mode: Mode) -> Result<Self, ScimError> {
        Scope::Resource(schema).node(filter, mode).map(Self)
    }

    /// Checks the filter of a path against the list that it selects from.
    pub(crate) fn of_elements(filter: &Filter, list: &AttributeDefinition, mode: Mode) -> Result<Self, ScimError> {
        Scope::Element(list).node(filter, mode).map(Self)
    }

    /// Tests a resource.
    #[must_use]
    pub fn matches(&self, resource: &Resource) -> bool {
        self.0.holds(resource.root())
    }

    pub(crate) fn matches_element(&self, element: &Value) -> bool {
        self.0.holds(element)
    }
}

#[derive(Clone, Copy)]
enum Scope<'a> {
    Element(&'a AttributeDefinition),
    Resource(&'a ResourceSchema),
}

impl<'a> Scope<'a> {
    fn node(self, filter: &Filter, mode: Mode) -> Result<Node, ScimError> {
        let list = |terms: &[Filter]| terms.iter().map(|term| self.node(term, mode)).collect::<Result<Vec<_>, _>>();
        match filter {
            Filter::And(terms) => Ok(Node::All(list(terms)?)),
            Filter::Or(terms) => Ok(Node::Any(list(terms)?)),
            Filter::Not(inner) => Ok(Node::Not(Box::new(self.node(inner, mode)?))),
            Filter::Each { attribute, filter } => {
                let (steps, definition) = self.resolve(attribute)?;
                if !definition.multi_valued {
                    return Err(invalid_filter(format!("`{attribute}` is no list, so that it takes no brackets")));
                }
                let inner = Scope::Element(definition).node(filter, mode)?;
                Ok(Node::Each { steps, inner: Box::new(inner) })
            }
            Filter::Present(attribute) => {
                let (steps, _) = self.resolve(attribute)?;
                Ok(Node::Test { steps, test: Test::Present })
            }
            Filter::Compare { attribute, operator, value } => {
                let (mut steps, mut definition) = self.resolve(attribute)?;
                if *value == Literal::Null {
                    let test = if *operator == Operator::Equal { Test::Absent } else { Test::Present };
                    return Ok(Node::Test { steps, test });
                }
                if definition.is_complex() {
                    let part = definition.sub_attribute("value").filter(|_| definition.multi_valued);
                    let Some(part) = part else {
                        return Err(invalid_filter(format!("`{attribute}` has parts: name the one to compare")));
                    };
                    steps.push(part.name.clone());
                    definition = part;
                }
                let operand = operand(attribute, definition, *operator, value, mode)?;
                Ok(Node::Test { steps, test: Test::Compare { operator: *operator, operand } })
            }
        }
    }

    /// Returns the keys to follow from the root, and what is at their end.
    fn resolve(self, path: &AttributePath) -> Result<(Vec<String>, &'a AttributeDefinition), ScimError> {
        let unknown = || invalid_filter(format!("there is no attribute `{path}`"));
        let mut steps = Vec::new();
        let mut definition = match self {
            Scope::Resource(schema) => match schema.place(path.urn.as_deref(), &path.name) {
                Some(Place::Attribute { extension, definition }) => {
                    steps.extend(extension.map(|extension| extension.id().to_owned()));
                    steps.push(definition.name.clone());
                    definition
                }
                _ => return Err(unknown()),
            },
            Scope::Element(list) if !list.is_complex() => {
                let is_value = path.name.eq_ignore_ascii_case("value") && path.urn.is_none();
                return if is_value && path.sub_attribute.is_none() { Ok((steps, list)) } else { Err(unknown()) };
            }
            Scope::Element(list) => {
                let part = list.sub_attribute(&path.name).ok_or_else(unknown)?;
                steps.push(part.name.clone());
                part
            }
        };
        if let Some(part) = &path.sub_attribute {
            definition = definition.sub_attribute(part).ok_or_else(unknown)?;
            steps.push(definition.name.clone());
        }
        if definition.returned == Returned::Never || definition.mutability == Mutability::WriteOnly {
            return Err(invalid_filter(format!("`{path}` cannot be searched for")));
        }
        Ok((steps, definition))
    }
}

fn operand(
    path: &AttributePath,
    definition: &AttributeDefinition,
    operator: Operator,
    literal: &Literal,
    mode: Mode,
) -> Result<Operand, ScimError> {
    let is_text_test = matches!(operator, Operator::Contains | Operator::StartsWith | Operator::EndsWith);
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let allowed = match definition.attribute_type {
        AttributeType::Boolean | AttributeType::Binary => is_equality,
        AttributeType::Decimal | AttributeType::Integer => !is_text_test,
        _ => true,
    };
    if !allowed {
        return Err(invalid_filter(format!("`{path}` cannot be compared with {operator}")));
    }
    let wrong = |what: &str| invalid_filter(format!("`{path}` is compared with {what}"));
    match definition.attribute_type {
        AttributeType::Boolean => match literal {
            Literal::Boolean(flag) => Ok(Operand::Boolean(*flag)),
            Literal::Text(text) if mode.is_compat() => {
                value::truth(text).map(Operand::Boolean).ok_or_else(|| wrong("true or false"))
            }
            _ => Err(wrong("true or false")),
        },
        AttributeType::Decimal | AttributeType::Integer => match literal {
            Literal::Number(number) => Ok(Operand::Number(number.clone())),
            Literal::Text(text) if mode.is_compat() => {
                serde_json::from_str(text.trim()).map(Operand::Number).map_err(|_| wrong("a number"))
            }
            _ => Err(wrong("a number")),
        },
        _ => {
            let text = match literal {
                Literal::Text(text) => text.clone(),
                Literal::Number(_) | Literal::Boolean(_) if mode.is_compat() => literal.to_string(),
                _ => return Err(wrong("a text")),
            };
            match definition.attribute_type {
                AttributeType::Binary => {
                    value::octets(&text).map(Operand::Binary).ok_or_else(|| wrong("octets in base64"))
                }
                AttributeType::DateTime if !is_text_test => instant::parse(&text)
                    .map(Operand::Instant)
                    .ok_or_else(|| wrong("a date and time such as 2026-03-16T07:00:00Z")),
                _ => {
                    let exact = definition.case_exact;
                    Ok(Operand::Text { text: if exact { text } else { fold(&text) }, exact })
                }
            }
        }
    }
}

impl Node {
    fn holds(&self, root: &Value) -> bool {
        match self {
            Self::All(terms) => terms.iter().all(|term| term.holds(root)),
            Self::Any(terms) => terms.iter().any(|term| term.holds(root)),
            Self::Not(inner) => !inner.holds(root),
            Self::Each { steps, inner } => any_value(root, steps, &mut |element| inner.holds(element)),
            Self::Test { steps, test } => match test {
                Test::Present => any_value(root, steps, &mut is_present),
                Test::Absent => !any_value(root, steps, &mut is_present),
                Test::Compare { operator, operand } => {
                    any_value(root, steps, &mut |value| operand.compare(value, *operator))
                        || (*operator == Operator::NotEqual && !any_value(root, steps, &mut is_present))
                }
            },
        }
    }
}

/// Tests the values at the end of the steps, going into lists, until one satisfies the test.
fn any_value(root: &Value, steps: &[String], test: &mut impl FnMut(&Value) -> bool) -> bool {
    if let Value::Array(elements) = root {
        return elements.iter().any(|element| any_value(element, steps, test));
    }
    match steps.split_first() {
        None => test(root),
        Some((step, further)) => root.get(step).is_some_and(|inner| any_value(inner, further, test)),
    }
}

/// Whether there is something: an empty text, list or object and one of only such is nothing.
pub(crate) fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => elements.iter().any(is_present),
        Value::Object(members) => members.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

impl Operand {
    fn compare(&self, value: &Value, operator: Operator) -> bool {
        let ordering = match self {
            Self::Text { text, exact } => {
                let Some(held) = value.as_str().filter(|held| !held.is_empty()) else { return false };
                let folded;
                let held = if *exact {
                    held
                } else {
                    folded = fold(held);
                    &folded
                };
                match operator {
                    Operator::Contains => return held.contains(text.as_str()),
                    Operator::StartsWith => return held.starts_with(text.as_str()),
                    Operator::EndsWith => return held.ends_with(text.as_str()),
                    _ => Some(held.cmp(text)),
                }
            }
            Self::Boolean(flag) => value.as_bool().map(|held| held.cmp(flag)),
            Self::Instant(instant) => instant::of(value).map(|held| held.cmp(instant)),
            Self::Number(number) => value.as_number().and_then(|held| compare_numbers(held, number)),
            Self::Binary(octets) => value.as_str().and_then(value::octets).map(|held| held.cmp(octets)),
        };
        ordering.is_some_and(|ordering| match operator {
            Operator::Equal => ordering == Ordering::Equal,
            Operator::NotEqual => ordering != Ordering::Equal,
            Operator::Greater => ordering == Ordering::Greater,
            Operator::GreaterOrEqual => ordering != Ordering::Less,
            Operator::Less => ordering == Ordering::Less,
            Operator::LessOrEqual => ordering != Ordering::Greater,
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
        })
    }
}

fn compare_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Folds case so that texts which differ only in it become equal. Each character is folded by itself: a part of a text
/// folds to a part of the folded text.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
