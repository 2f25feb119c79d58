use std::fmt;

use provost_connector::{Entropy, MatchQuery};
use provost_expr::{
    Context, Diagnostic, Expression, Flow, Layout, NoEntropy, Program, Record, Registry, RoleUpdate, source_values,
};
use provost_model::{AttributeName, Attributes, ObjectName, Secret, Timestamp, Value};

use crate::complex::{People, json_text};
use crate::definition::{Apply, FlowDefinition, MappingDefinition, Origin};
use crate::desired::{Desired, boolean};
use crate::error::{EvaluateFlowError, MappingError};
use crate::target::Target;

/// A mapping that is ready to be evaluated: its expressions are compiled against one layout of source attributes.
#[derive(Clone)]
pub struct Mapping {
    definition: MappingDefinition,
    registry: Registry,
    layout: Layout,
    flows: Vec<CompiledFlow>,
    /// Positions of the flows that take part in matching, by precedence.
    matching: Vec<usize>,
}

#[derive(Clone)]
pub(crate) struct CompiledFlow {
    pub(crate) definition: FlowDefinition,
    pub(crate) target: Target,
    /// The expression, where the flow has one.
    pub(crate) expression: Option<(Expression, Program)>,
}

/// Whether the object is about to be made or is there already.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Phase {
    /// It is about to be made: all flows apply, and so do defaults.
    Create,
    /// It is there: flows that apply only at creation are not even evaluated.
    Update,
}

/// What an evaluation takes from outside.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EvaluateContext<'c> {
    /// The time; the same for all flows of an object.
    pub now: Timestamp,
    /// Where random values come from.
    pub entropy: &'c dyn Entropy,
    /// Whether roles get the member `id`; the definition of the mapping says it.
    role_ids: bool,
}

impl<'c> EvaluateContext<'c> {
    /// Puts a time and a source of randomness together.
    #[must_use]
    pub fn new(now: Timestamp, entropy: &'c dyn Entropy) -> Self {
        Self { now, entropy, role_ids: false }
    }
}

/// What came out of one flow.
#[derive(Default)]
struct Flowed {
    values: Vec<Value>,
    redacted: bool,
    signal: Option<Flow>,
}

impl Mapping {
    /// Compiles a definition whose expressions call the functions of its dialect.
    ///
    /// # Errors
    ///
    /// [`MappingError`] for the first flow that cannot be used: a bad expression, a target or a precedence that is there
    /// twice, or matching by a password, by the name or by `active`.
    pub fn compile(definition: &MappingDefinition) -> Result<Self, MappingError> {
        Self::compile_with(definition, &Registry::new(definition.dialect))
    }

    /// Compiles a definition whose expressions may also call the functions that a program added to a registry.
    ///
    /// The definition says how closely to keep to the documented product, whatever the registry says.
    ///
    /// ```
    /// use provost_expr::{Dialect, EvaluateError, Function, Invocation, Parameter, ParameterKind, Registry, Value};
    /// use provost_mapping::{FlowDefinition, Mapping, MappingDefinition};
    ///
    /// fn reversed<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
    ///     let source = call.value(0)?;
    ///     call.each(source, |call, text| {
    ///         call.charge(text.len())?;
    ///         Ok(text.chars().rev().collect::<String>().into())
    ///     })
    /// }
    /// static REVERSED: Function = Function::own(
    ///     "Reversed",
    ///     &[Parameter::required("source", ParameterKind::Text)],
    ///     reversed,
    ///     "Turns text around.",
    /// )
    /// .per_element();
    ///
    /// let definition = MappingDefinition::new(vec![FlowDefinition::expression("uid", "ToLower(Reversed([surname]))")]);
    /// let registry = Registry::new(Dialect::Entra).with(&REVERSED)?;
    /// assert!(Mapping::compile_with(&definition, &registry).is_ok());
    /// assert_eq!(Mapping::compile(&definition).unwrap_err().code(), "unknown-function");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Mapping::compile`], and [`MappingError::Dialect`] for a registry of another dialect.
    pub fn compile_with(definition: &MappingDefinition, registry: &Registry) -> Result<Self, MappingError> {
        if registry.dialect() != definition.dialect {
            return Err(MappingError::Dialect { definition: definition.dialect, registry: registry.dialect() });
        }
        let mut mapping = Self {
            definition: definition.clone(),
            registry: registry.clone().with_profile(definition.profile),
            layout: Layout::new(),
            flows: Vec::new(),
            matching: Vec::new(),
        };
        for (position, flow) in definition.flows.iter().enumerate() {
            let flow = mapping.compile_flow(position, flow)?;
            mapping.flows.push(flow);
        }
        let mut matching: Vec<_> = (mapping.flows.iter().enumerate())
            .filter_map(|(position, flow)| Some((flow.definition.matching?, position)))
            .collect();
        matching.sort_unstable();
        mapping.matching = matching.into_iter().map(|(_, position)| position).collect();
        Ok(mapping)
    }

    fn compile_flow(&mut self, position: usize, definition: &FlowDefinition) -> Result<CompiledFlow, MappingError> {
        let name = &definition.target;
        let target = Target::of(name);
        let twice = |held: &CompiledFlow| {
            held.definition.target == *name || (target != Target::Attribute && held.target == target)
        };
        if self.flows.iter().any(twice) {
            return Err(MappingError::DuplicateTarget { flow: position, target: name.clone() });
        }
        if let Some(precedence) = definition.matching {
            if target != Target::Attribute {
                return Err(MappingError::Unmatchable { flow: position, target: name.clone() });
            }
            if self.flows.iter().any(|held| held.definition.matching == Some(precedence)) {
                let precedence = precedence.get();
                return Err(MappingError::DuplicatePrecedence { flow: position, target: name.clone(), precedence });
            }
        }
        let expression = match &definition.origin {
            Origin::Constant(_) => None,
            Origin::Direct(source) => {
                self.layout.slot(source);
                None
            }
            Origin::Expression(text) => {
                let secret = target == Target::Password;
                let failed = |source: Diagnostic| MappingError::Expression {
                    flow: position,
                    target: name.clone(),
                    expression: (!secret).then(|| text.clone()),
                    source: Box::new(if secret { source.concealed() } else { source }),
                };
                let expression = self.registry.parse(text).map_err(|error| failed(error.into()))?;
                let program = self.registry.compile(&expression, &mut self.layout).map_err(failed)?;
                Some((expression, program))
            }
        };
        Ok(CompiledFlow { definition: definition.clone(), target, expression })
    }

    /// Returns the definition that the mapping was compiled from.
    #[must_use]
    pub fn definition(&self) -> &MappingDefinition {
        &self.definition
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Returns the names of the source attributes that the flows read, each once.
    pub fn source_attributes(&self) -> impl Iterator<Item = &str> {
        self.layout.names()
    }

    /// Returns the target attributes of the flows that take part in matching, by precedence.
    pub fn matching_attributes(&self) -> impl Iterator<Item = &AttributeName> {
        self.matching_flows().map(|flow| &flow.definition.target)
    }

    /// Evaluates the flows that apply in this phase.
    ///
    /// A flow without a value is left out, so that the target keeps what it has; at creation the default of the flow, if
    /// it has one, takes the place of the missing value.
    ///
    /// # Errors
    ///
    /// [`EvaluateFlowError`] for the first flow that failed; the object cannot be written then.
    pub fn evaluate(
        &self,
        source: &Attributes,
        phase: Phase,
        context: &EvaluateContext<'_>,
    ) -> Result<Desired, EvaluateFlowError> {
        let people = People(source);
        let record = self.layout.record(&people);
        let context = &self.surrounded(context);
        let mut desired = Desired::default();
        for flow in &self.flows {
            if phase == Phase::Update && flow.definition.apply == Apply::Creation {
                continue;
            }
            let mut flowed = flow.evaluate(source, &record, context)?;
            match flowed.signal {
                Some(Flow::IgnoreAttribute) => continue,
                Some(Flow::IgnoreObject) => return Ok(Desired { ignore_object: true, ..Desired::default() }),
                None => {}
            }
            if flowed.values.is_empty() && phase == Phase::Create {
                flowed.values.extend(flow.definition.default.clone().map(Value::Text));
            }
            if !flowed.values.is_empty() {
                flow.assign(flowed, &mut desired)?;
            }
        }
        Ok(desired)
    }

    /// Evaluates the flows that take part in matching, and returns what to look for, the lowest precedence first. A flow
    /// without a value, or with an empty text, is left out.
    ///
    /// # Errors
    ///
    /// [`EvaluateFlowError`] for the first of these flows that failed or gave several values.
    pub fn match_queries(
        &self,
        source: &Attributes,
        context: &EvaluateContext<'_>,
    ) -> Result<Vec<MatchQuery>, EvaluateFlowError> {
        let people = People(source);
        let record = self.layout.record(&people);
        let context = &self.surrounded(context);
        let mut queries = Vec::new();
        for flow in self.matching_flows() {
            let flowed = flow.evaluate(source, &record, context)?;
            match flow.single(flowed.values)? {
                Some(value) if !value.octets().is_empty() => {
                    let mut query = MatchQuery::new(flow.definition.target.clone(), value);
                    query.object_type = self.definition.object_type.as_deref().map(Into::into);
                    queries.push(query);
                }
                _ => {}
            }
        }
        Ok(queries)
    }

    /// Evaluates the flow to `-dn-` alone, whether it applies only at creation or always.
    ///
    /// # Errors
    ///
    /// [`EvaluateFlowError`] when that flow failed.
    pub fn name(
        &self,
        source: &Attributes,
        context: &EvaluateContext<'_>,
    ) -> Result<Option<ObjectName>, EvaluateFlowError> {
        let Some(flow) = self.flows.iter().find(|flow| flow.target == Target::Name) else { return Ok(None) };
        let mut desired = Desired::default();
        let people = People(source);
        let flowed = flow.evaluate(source, &self.layout.record(&people), &self.surrounded(context))?;
        if !flowed.values.is_empty() {
            flow.assign(flowed, &mut desired)?;
        }
        Ok(desired.name)
    }

    /// Tells whether the name is joined as text from values of the source, which may bring characters that end a component
    /// of a name. Such a name is compared with [`Mapping::name`] of a harmless user before it is used.
    #[must_use]
    pub fn joins_name(&self) -> bool {
        self.flows.iter().any(|flow| flow.target == Target::Name && flow.expression.is_some())
    }

    /// What an evaluation takes from outside, with what the definition adds.
    fn surrounded<'c>(&self, context: &EvaluateContext<'c>) -> EvaluateContext<'c> {
        EvaluateContext { role_ids: self.definition.role_ids, ..*context }
    }

    pub(crate) fn flows(&self) -> &[CompiledFlow] {
        &self.flows
    }

    fn matching_flows(&self) -> impl Iterator<Item = &CompiledFlow> {
        self.matching.iter().filter_map(|position| self.flows.get(*position))
    }
}

/// Shows the definition; what it is compiled to says no more, and would show the constants of password flows.
impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mapping").field(&self.definition).finish()
    }
}

impl CompiledFlow {
    fn evaluate(
        &self,
        source: &Attributes,
        record: &Record<'_>,
        context: &EvaluateContext<'_>,
    ) -> Result<Flowed, EvaluateFlowError> {
        let (text, program) = match (&self.definition.origin, &self.expression) {
            (Origin::Constant(text), _) => {
                return Ok(Flowed { values: vec![Value::Text(text.clone())], ..Flowed::default() });
            }
            (Origin::Direct(name), _) => {
                return Ok(Flowed { values: source_values(source, name).to_vec(), ..Flowed::default() });
            }
            (Origin::Expression(text), Some((_, program))) => (text, program),
            (Origin::Expression(_), None) => return Ok(Flowed::default()),
        };
        let secret = self.target == Target::Password;
        let entropy = |octets: &mut [u8]| context.entropy.fill(octets).map_err(|_| NoEntropy);
        let surroundings = Context::new(context.now, &entropy);
        let surroundings = if context.role_ids { surroundings.with_role_ids() } else { surroundings };
        let output = program.evaluate(record, &surroundings).map_err(|source| EvaluateFlowError::Expression {
            target: self.definition.target.clone(),
            expression: (!secret).then(|| text.clone()),
            source: if secret { source.concealed() } else { source },
        })?;
        let redacted = output.is_redacted();
        let (values, signal) = match output.into_value() {
            provost_expr::Value::Null => (Vec::new(), None),
            provost_expr::Value::Flow(signal) => (Vec::new(), Some(signal)),
            provost_expr::Value::Boolean(flag) => (vec![Value::Boolean(flag)], None),
            provost_expr::Value::Integer(number) => (vec![Value::Integer(number)], None),
            provost_expr::Value::List(items) => (distinct(items.into_vec()), None),
            provost_expr::Value::Complex(values) => {
                (distinct(values.iter().map(|value| json_text(value).into()).collect()), None)
            }
            other => (other.into_text().into_iter().map(|text| Value::Text(text.into_owned())).collect(), None),
        };
        Ok(Flowed { values, redacted, signal })
    }

    fn assign(&self, flowed: Flowed, desired: &mut Desired) -> Result<(), EvaluateFlowError> {
        let target = &self.definition.target;
        if flowed.redacted || self.target == Target::Password {
            desired.redacted.insert(target.clone());
        }
        if self.expression.as_ref().is_some_and(|(_, program)| program.role_update() == Some(RoleUpdate::Add)) {
            desired.added.insert(target.clone());
        }
        match self.target {
            Target::Attribute => desired.attributes.set(target.clone(), flowed.values),
            Target::Name => {
                desired.name =
                    self.single(flowed.values)?.map(|value| self.text(value)).transpose()?.map(ObjectName::from);
            }
            Target::Active => {
                desired.active = self.single(flowed.values)?.map(|value| self.boolean(&value)).transpose()?;
            }
            Target::Password => {
                desired.password = match self.single(flowed.values)? {
                    Some(Value::Bytes(octets)) => Some(Secret::new(octets)),
                    Some(value) => Some(Secret::from(self.text(value)?)),
                    None => None,
                };
            }
        }
        Ok(())
    }

    fn single(&self, values: Vec<Value>) -> Result<Option<Value>, EvaluateFlowError> {
        if values.len() > 1 {
            return Err(EvaluateFlowError::SeveralValues { target: self.definition.target.clone() });
        }
        Ok(values.into_iter().next())
    }

    fn text(&self, value: Value) -> Result<String, EvaluateFlowError> {
        match value {
            Value::Text(text) | Value::Reference(text) => Ok(text),
            Value::Bytes(_) => Err(EvaluateFlowError::NotAText { target: self.definition.target.clone() }),
            other => Ok(other.to_string()),
        }
    }

    fn boolean(&self, value: &Value) -> Result<bool, EvaluateFlowError> {
        match value {
            Value::Boolean(flag) => Some(*flag),
            other => other.as_text().and_then(boolean),
        }
        .ok_or_else(|| EvaluateFlowError::NotABoolean { target: self.definition.target.clone() })
    }
}

/// The values of a target are a set, so equal ones of a list flow once.
fn distinct(items: Vec<std::borrow::Cow<'_, str>>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        if seen.insert(item.clone()) {
            values.push(Value::Text(item.into_owned()));
        }
    }
    values
}
