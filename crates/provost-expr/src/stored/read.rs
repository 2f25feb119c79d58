use provost_text::Limits;

use super::{COMPARISON_KEYS, MappingSource, SourceKind, SourceParameter, StoredFormError, find, key};
use crate::ast::{Bareword, Constant, Expression};
use crate::extension::Registry;
use crate::registry::{Function, Repeat};

impl MappingSource {
    /// Makes the expression of a stored form: of its text where it has one, which must say the same as the parameters, and
    /// of the parameters where it has none.
    ///
    /// Keys are read without case. A key that no parameter of the function has is taken to name the argument that the text
    /// has in its place, since not all keys of Graph are known.
    ///
    /// # Errors
    ///
    /// [`StoredFormError`] when there is no such expression.
    pub fn to_expression(&self, registry: &Registry) -> Result<Expression, StoredFormError> {
        let text = match &self.expression {
            Some(text) => text.clone(),
            None => self.text(registry, 0)?,
        };
        let expression = registry.parse(&text)?;
        let read = Self::new(&expression, registry)?;
        // The parts of a text that has some may be left out.
        if !(self.expression.is_some()
            && self.parameters.is_empty()
            && read.kind == self.kind
            && read.name == self.name)
        {
            self.agrees(&read, registry)?;
        }
        Ok(expression)
    }

    /// The text that the parameters stand for.
    fn text(&self, registry: &Registry, depth: usize) -> Result<String, StoredFormError> {
        let limit = Limits::default().depth;
        if depth > limit {
            return Err(StoredFormError::TooDeep { limit });
        }
        match self.kind {
            SourceKind::Attribute => return Ok(format!("[{}]", self.name)),
            SourceKind::Constant if self.is_word(registry) => return Ok(self.name.clone()),
            SourceKind::Constant => return Ok(Constant::quoted(&*self.name, registry.dialect()).to_string()),
            SourceKind::Function => {}
        }
        if let [left, right] = self.parameters.as_slice()
            && COMPARISON_KEYS.iter().zip([left, right]).all(|(key, side)| side.key.eq_ignore_ascii_case(key))
            && registry.find(&self.name).is_none()
        {
            let (left, right) = (left.value.text(registry, depth + 1)?, right.value.text(registry, depth + 1)?);
            return Ok(format!("{left} {} {right}", self.name));
        }
        let function = find(&self.name, registry)?;
        let mut arguments: Vec<String> = Vec::new();
        for parameter in &self.parameters {
            let position =
                place(function, &parameter.key, arguments.len()).ok_or_else(|| unknown(function, parameter))?;
            if arguments.get(position).is_some_and(|held| !held.is_empty()) {
                return Err(unknown(function, parameter));
            }
            arguments.resize(arguments.len().max(position + 1), String::new());
            if let Some(argument) = arguments.get_mut(position) {
                *argument = parameter.value.text(registry, depth + 1)?;
            }
        }
        Ok(format!("{}({})", self.name, arguments.join(", ")))
    }

    /// Whether the constant is a word that stands without quotation marks.
    fn is_word(&self, registry: &Registry) -> bool {
        self.kind == SourceKind::Constant
            && self.expression.as_deref() == Some(&self.name)
            && Bareword::all(registry.dialect()).iter().any(|word| word.as_str() == self.name)
    }

    fn contradiction(&self) -> StoredFormError {
        StoredFormError::Contradiction { name: (self.kind != SourceKind::Constant).then(|| self.name.clone()) }
    }

    /// Compares what is stored with what its text says.
    fn agrees(&self, read: &Self, registry: &Registry) -> Result<(), StoredFormError> {
        let words = self.expression.is_none() || self.is_word(registry) == read.is_word(registry);
        let same = self.kind == read.kind && self.name == read.name && words;
        if !same || self.parameters.len() != read.parameters.len() {
            return Err(self.contradiction());
        }
        let known = |key: &str| {
            read.parameters.iter().any(|parameter| parameter.key.eq_ignore_ascii_case(key))
                || registry.find(&self.name).is_some_and(|function| place(function, key, 0).is_some())
        };
        for (parameter, other) in self.parameters.iter().zip(&read.parameters) {
            let alias = registry.find(&self.name).is_some_and(|function| {
                place(function, &parameter.key, 0).is_some_and(|at| Some(at) == place(function, &other.key, 0))
            });
            if !alias && !parameter.key.eq_ignore_ascii_case(&other.key) && known(&parameter.key) {
                return Err(self.contradiction());
            }
            parameter.value.agrees(&other.value, registry)?;
        }
        Ok(())
    }
}

/// The place of the argument with this key, in a call that has `given` places so far.
fn place(function: &'static Function, wanted: &str, given: usize) -> Option<usize> {
    let parameters = function.parameters();
    let at = parameters.iter().enumerate().position(|(position, parameter)| {
        parameter.name().eq_ignore_ascii_case(wanted)
            || key(function, position, parameters.len()).eq_ignore_ascii_case(wanted)
    })?;
    let repeating = match function.repeat {
        Repeat::No => 0,
        Repeat::Last => 1,
        Repeat::Pair => 2,
    };
    if at + repeating < parameters.len() || repeating == 0 {
        return Some(at);
    }
    let behind = given.saturating_sub(at).div_ceil(repeating) * repeating;
    Some(at + behind)
}

fn unknown(function: &'static Function, parameter: &SourceParameter) -> StoredFormError {
    StoredFormError::UnknownKey {
        function: function.name().to_owned(),
        key: parameter.key.clone(),
        signature: function.signature(),
    }
}
