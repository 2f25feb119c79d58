use std::collections::HashSet;
use std::slice;

use serde_json::{Map, Value};

use crate::ScimError;
use crate::error::{invalid_value, mutability, no_target};
use crate::filter::{Filter, Literal, Matcher, Operator};
use crate::patch::PatchKind;
use crate::patch::apply::{merge, single};
use crate::resource::changes_immutable;
use crate::schema::{AttributeDefinition, Mutability, same_name};
use crate::value::{Intake, is_primary, is_same_element, key, same_scalar};

/// A change of a list: of the whole, of a part of all elements, or of the elements that a filter selects.
pub(super) struct ListChange<'a> {
    pub(super) definition: &'a AttributeDefinition,
    pub(super) part: Option<&'a AttributeDefinition>,
    pub(super) filter: Option<&'a (&'a Filter, Matcher)>,
}

impl ListChange<'_> {
    /// Returns the list afterwards.
    pub(super) fn apply(
        &self,
        kind: PatchKind,
        held: Vec<Value>,
        value: Option<Value>,
        intake: &mut Intake,
    ) -> Result<Vec<Value>, ScimError> {
        let was_empty = held.is_empty();
        let list = match (self.filter, self.part, kind) {
            (None, None, PatchKind::Remove) => self.remove_listed(held, value, intake)?,
            (None, None, PatchKind::Add) => self.append(held, value.unwrap_or_default(), intake)?,
            (None, None, PatchKind::Replace) => {
                let mut list = intake.list(self.definition, value.unwrap_or_default())?;
                reconcile_list(self.definition, &held, &mut list)?;
                list
            }
            _ => self.selected(kind, held, value, intake)?,
        };
        if list.is_empty() && !was_empty && self.definition.required {
            return Err(mutability(format!("`{}` is required", self.definition.name)));
        }
        Ok(list)
    }

    fn append(&self, held: Vec<Value>, value: Value, intake: &mut Intake) -> Result<Vec<Value>, ScimError> {
        let mut list = held;
        // Simple values are found by their keys: lists of them can be long.
        let mut keys = (!self.definition.is_complex()).then(|| self.keys(&list));
        for element in intake.list(self.definition, value)? {
            let is_held = match &mut keys {
                Some(keys) => !keys.insert(key(self.definition, &element)),
                None => list.iter().any(|held| is_same_element(self.definition, held, &element)),
            };
            if is_held {
                continue;
            }
            if is_primary(&element) {
                demote(&mut list, None);
            }
            list.push(element);
        }
        Ok(list)
    }

    fn keys(&self, list: &[Value]) -> HashSet<Value> {
        list.iter().map(|element| key(self.definition, element)).collect()
    }

    /// A removal without a filter: of all, or of the elements that a value lists.
    fn remove_listed(
        &self,
        held: Vec<Value>,
        value: Option<Value>,
        intake: &mut Intake,
    ) -> Result<Vec<Value>, ScimError> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return if self.definition.mutability == Mutability::Immutable && !held.is_empty() {
                Err(changes_immutable(&self.definition.name))
            } else {
                Ok(Vec::new())
            };
        };
        if !intake.mode.is_compat() {
            return Err(invalid_value("remove takes no value: select what goes by a filter in the path"));
        }
        let listed = intake.list(self.definition, value)?;
        let keys = self.keys(&listed);
        let named = |element: &Value| match self.definition.is_complex() {
            true => listed.iter().any(|given| is_same_element(self.definition, element, given)),
            false => keys.contains(&key(self.definition, element)),
        };
        Ok(held.into_iter().filter(|element| !named(element)).collect())
    }

    /// A change of the elements that the filter selects; all of them without a filter.
    fn selected(
        &self,
        kind: PatchKind,
        held: Vec<Value>,
        value: Option<Value>,
        intake: &mut Intake,
    ) -> Result<Vec<Value>, ScimError> {
        let is_selected = |element: &Value| self.filter.is_none_or(|(_, matcher)| matcher.matches_element(element));
        let mut selected: Vec<usize> = Vec::new();
        let mut list: Vec<Value> = Vec::with_capacity(held.len());
        for element in held {
            if !is_selected(&element) {
                list.push(element);
                continue;
            }
            if let Some(changed) = self.element(kind, element, value.clone(), intake)? {
                selected.push(list.len());
                list.push(changed);
            } else if kind != PatchKind::Remove {
                // What a change leaves empty is gone, and was there.
                selected.push(usize::MAX);
            }
        }
        if kind == PatchKind::Remove {
            return Ok(list);
        }
        if selected.is_empty() {
            // The RFC is silent on an addition to nothing and wants noTarget for a replacement.
            if kind == PatchKind::Replace && !intake.mode.is_compat() {
                return Err(no_target("the path selects nothing"));
            }
            let built = self.build(value.unwrap_or_default(), intake)?;
            if is_primary(&built) {
                demote(&mut list, None);
            }
            list.push(built);
            return Ok(list);
        }
        if self.sets_primary(value.as_ref()) {
            match selected.as_slice() {
                [only] => demote(&mut list, Some(*only)),
                _ => return Err(invalid_value(format!("`{}` takes one primary value", self.definition.name))),
            }
        }
        Ok(list)
    }

    /// Whether the operation itself marks what it changes as primary.
    fn sets_primary(&self, value: Option<&Value>) -> bool {
        let truth =
            |value: &Value| value.as_bool().or_else(|| value.as_str().and_then(crate::value::truth)).unwrap_or(false);
        match self.part {
            Some(part) => part.name == "primary" && value.is_some_and(truth),
            // An element may come as a list of one.
            None => value
                .into_iter()
                .flat_map(|value| value.as_array().map_or(slice::from_ref(value), Vec::as_slice))
                .any(|element| {
                    let mut parts = element.as_object().into_iter().flatten();
                    parts.any(|(name, value)| same_name(name, "primary") && truth(value))
                }),
        }
    }

    fn element(
        &self,
        kind: PatchKind,
        element: Value,
        value: Option<Value>,
        intake: &mut Intake,
    ) -> Result<Option<Value>, ScimError> {
        let Some(part) = self.part else {
            return match (kind, value) {
                (PatchKind::Remove, _) => Ok(None),
                (PatchKind::Add, Some(value)) if self.definition.is_complex() => {
                    single(kind, &self.as_single(), Some(element), Some(value), intake)
                }
                (_, value) => {
                    let mut list = intake.list(self.definition, value.unwrap_or_default())?;
                    if list.len() > 1 {
                        return Err(invalid_value("one element cannot be replaced by several"));
                    }
                    let Some(mut replaced) = list.pop() else { return Ok(None) };
                    reconcile(self.definition, &element, &mut replaced)?;
                    Ok(Some(replaced))
                }
            };
        };
        let Value::Object(mut parts) = element else { return Ok(Some(element)) };
        let inner = parts.remove(&part.name);
        if let Some(inner) = single(kind, part, inner, value, intake)? {
            parts.insert(part.name.clone(), inner);
        }
        let label = |name: &str| matches!(name, "type" | "primary" | "display");
        let only_labels = parts.keys().all(|name| label(name));
        let drops = parts.is_empty() || (kind == PatchKind::Remove && intake.mode.is_compat() && only_labels);
        Ok((!drops).then_some(Value::Object(parts)))
    }

    fn as_single(&self) -> AttributeDefinition {
        AttributeDefinition { multi_valued: false, ..self.definition.clone() }
    }

    /// Makes the element that an operation wants to find: from the equalities of the filter, and the value.
    fn build(&self, value: Value, intake: &mut Intake) -> Result<Value, ScimError> {
        let wrong = || no_target("the path selects nothing, and its filter does not say what to make");
        let terms = match self.filter {
            Some((filter, _)) => equalities(filter).ok_or_else(wrong)?,
            None => Vec::new(),
        };
        if !self.definition.is_complex() {
            return intake.list(self.definition, value)?.pop().ok_or_else(wrong);
        }
        let mut parts = Map::new();
        for (name, literal) in terms {
            let part = self.definition.sub_attribute(name).ok_or_else(wrong)?;
            if part.mutability != Mutability::ReadOnly {
                parts.insert(part.name.clone(), intake.scalar(part, json(literal))?);
            }
        }
        match self.part {
            Some(part) => {
                parts.insert(part.name.clone(), intake.scalar(part, value)?);
            }
            None => {
                let given = intake.parts(self.definition, value)?;
                merge(self.definition, &mut parts, given)?;
            }
        }
        Ok(Value::Object(parts))
    }
}

/// The terms of a conjunction of equalities.
fn equalities(filter: &Filter) -> Option<Vec<(&str, &Literal)>> {
    match filter {
        Filter::Compare { attribute, operator: Operator::Equal, value } if *value != Literal::Null => {
            Some(vec![(attribute.name.as_str(), value)])
        }
        Filter::And(terms) => {
            let terms: Option<Vec<_>> = terms.iter().map(equalities).collect();
            terms.map(|terms| terms.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn json(literal: &Literal) -> Value {
    match literal {
        Literal::Boolean(flag) => Value::Bool(*flag),
        Literal::Null => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::Text(text) => Value::String(text.clone()),
    }
}

/// Makes every primary element but one an ordinary one.
fn demote(list: &mut [Value], keep: Option<usize>) {
    for (at, element) in list.iter_mut().enumerate() {
        if Some(at) != keep
            && is_primary(element)
            && let Some(parts) = element.as_object_mut()
        {
            parts.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

/// Keeps what clients may not change of the elements that stay in a list that is replaced.
pub(crate) fn reconcile_list(
    definition: &AttributeDefinition,
    held: &[Value],
    list: &mut [Value],
) -> Result<(), ScimError> {
    for element in list {
        if let Some(before) = counterpart(definition, held, element) {
            reconcile(definition, before, element)?;
        }
    }
    Ok(())
}

/// Returns the element of a list that has the same `value`.
pub(super) fn counterpart<'v>(
    definition: &AttributeDefinition,
    list: &'v [Value],
    element: &Value,
) -> Option<&'v Value> {
    let part = definition.sub_attribute("value")?;
    let value = element.get(&part.name)?;
    list.iter().find(|held| held.get(&part.name).is_some_and(|held| same_scalar(part, held, value)))
}

fn reconcile(definition: &AttributeDefinition, held: &Value, element: &mut Value) -> Result<(), ScimError> {
    let (Some(held), Some(parts)) = (held.as_object(), element.as_object_mut()) else { return Ok(()) };
    for part in &definition.sub_attributes {
        let fixed = matches!(part.mutability, Mutability::Immutable | Mutability::ReadOnly);
        let Some(before) = held.get(&part.name).filter(|_| fixed) else { continue };
        match parts.get(&part.name) {
            Some(given) if !same_scalar(part, before, given) => {
                return Err(changes_immutable(&format!("{}.{}", definition.name, part.name)));
            }
            _ => drop(parts.insert(part.name.clone(), before.clone())),
        }
    }
    Ok(())
}
