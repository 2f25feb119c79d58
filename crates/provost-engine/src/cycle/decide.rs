use std::collections::BTreeSet;

use provost_mapping::{Desired, EvaluateContext, Mapping, Phase};
use provost_model::{AttributeName, Attributes, ObjectType, Value, ValueChange};
use provost_store::{EntryRecord, Intent, IntentKind};

use super::Action;
use super::examine::SourceObject;
use crate::direct::state_of;
use crate::ledger::Plan;
use crate::{DeleteFlow, DisableFlow, Engine};

/// Why nothing is written for an object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) text: String,
    /// It could not be decided, in place of being decided against.
    pub(super) failed: bool,
}

impl Refusal {
    pub(super) fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into(), failed: false }
    }

    pub(super) fn failed(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { failed: true, ..Self::new(code, text) }
    }
}

/// What is to be done for a source object.
pub(super) enum Decision {
    Refuse(Refusal),
    /// The entry is let go without a change.
    Release,
    Skip {
        code: &'static str,
        text: &'static str,
    },
    Stage {
        plan: Box<Plan>,
        action: Action,
        /// Targets whose values are not shown.
        redacted: BTreeSet<AttributeName>,
    },
}

impl Decision {
    pub(super) const fn skip(code: &'static str, text: &'static str) -> Self {
        Self::Skip { code, text }
    }

    fn stage(plan: Plan, action: Action, redacted: BTreeSet<AttributeName>) -> Self {
        Self::Stage { plan: Box::new(plan), action, redacted }
    }
}

impl Engine {
    /// Returns the type of the objects that a mapping makes.
    pub(super) fn target_type(&self, mapping: &Mapping) -> Option<ObjectType> {
        match &mapping.definition().object_type {
            Some(name) => Some(ObjectType::new(name)),
            None => self.schema.object_types.first().map(|schema| schema.name.clone()),
        }
    }

    /// Evaluates a mapping and gives the values the kinds of the object type.
    fn desired(
        &self,
        source: &SourceObject,
        mapping: &Mapping,
        phase: Phase,
        object_type: &ObjectType,
    ) -> Result<Desired, Refusal> {
        let context = EvaluateContext::new(self.now(), &*self.env.entropy);
        let desired = mapping
            .evaluate(&source.attributes, phase, &context)
            .map_err(|error| Refusal::failed(error.code(), crate::run::full_text(&error)))?;
        if let Some(name) = &desired.name {
            self.check_name(name, mapping, &source.attributes, &context)?;
        }
        match self.schema.object_type(object_type.as_str()) {
            Some(schema) => {
                desired.typed(schema).map_err(|error| Refusal::failed(error.code(), crate::run::full_text(&error)))
            }
            None => Ok(desired),
        }
    }

    /// Decides for a source object that has no object in the system.
    pub(super) fn decide_create(&self, source: &SourceObject, mapping: &Mapping) -> Decision {
        const INACTIVE: Decision =
            Decision::skip("NotEffectivelyEntitled", "it is not in use, and such objects are not made");
        if source.soft_deleted {
            return INACTIVE;
        }
        let Some(object_type) = self.target_type(mapping) else {
            return Decision::Refuse(Refusal::failed("NoObjectType", "the connected system has no object type"));
        };
        let mut desired = match self.desired(source, mapping, Phase::Create, &object_type) {
            Ok(desired) => desired,
            Err(refusal) => return Decision::Refuse(refusal),
        };
        if desired.ignore_object {
            return Decision::skip("IgnoreFlow", "the mapping says to leave it");
        }
        if desired.active == Some(false) {
            return INACTIVE;
        }
        let Some(name) = desired.name else {
            return Decision::Refuse(Refusal::new("MissingName", "the mapping gives it no name"));
        };
        let own = self.schema.object_type(object_type.as_str()).and_then(|schema| schema.attribute("active"));
        if let Some(own) = own
            && !desired.attributes.contains("active")
        {
            desired.attributes.set(own.name.clone(), [Value::Boolean(true)]);
        }
        let intent = Intent::Add { object_type, name, attributes: desired.attributes };
        let plan = Plan::new(IntentKind::Add, intent).with_password(desired.password);
        Decision::stage(plan, Action::Create, desired.redacted)
    }

    /// Decides for a source object that has an object in the system.
    pub(super) fn decide_update(&self, record: &EntryRecord, source: &SourceObject, mapping: &Mapping) -> Decision {
        let desired = match self.desired(source, mapping, Phase::Update, &record.object_type) {
            Ok(desired) => desired,
            Err(refusal) => return Decision::Refuse(refusal),
        };
        if desired.ignore_object {
            return Decision::skip("IgnoreFlow", "the mapping says to leave it");
        }
        let active = desired.active.unwrap_or(!source.soft_deleted);
        if !active && self.state_flow(record).is_none() && self.options.deprovisioning.disable == DisableFlow::Delete {
            let plan = Plan::new(IntentKind::Delete, Intent::Delete);
            return Decision::stage(plan, Action::Delete, BTreeSet::new());
        }
        let mut wanted: Vec<_> = desired.attributes.into_iter().collect();
        for (name, values) in wanted.iter_mut().filter(|(name, _)| desired.added.contains(name)) {
            self.keep_held(record, name, values);
        }
        let mut turned = None;
        if let Some(flow) = self.state_flow(record)
            && !wanted.iter().any(|(name, _)| *name == flow.attribute)
            && self.is_active(record) != active
        {
            wanted.push(state_of(&flow, active));
            turned = Some(active);
        }
        let Some(intent) = self.difference(record, desired.name.as_ref(), &wanted) else {
            return Decision::skip("RedundantExport", "it is as wanted");
        };
        let renames = matches!(&intent, Intent::Modify { changes, .. } if changes.name.is_some());
        let (kind, action) = match turned {
            Some(false) => (IntentKind::Disable, Action::Disable),
            _ if renames => (IntentKind::Rename, Action::Rename),
            Some(true) => (IntentKind::SetState, Action::Enable),
            None => (IntentKind::Modify, Action::Update),
        };
        Decision::stage(Plan::new(kind, intent), action, desired.redacted)
    }

    /// Puts the values that the object has before those that are added to them. One value is replaced in any case.
    fn keep_held(&self, record: &EntryRecord, name: &AttributeName, values: &mut Vec<Value>) {
        let attribute = name.as_str();
        let schema = self.schema.object_type(record.object_type.as_str());
        if schema.and_then(|schema| schema.attribute(attribute)).is_some_and(|schema| !schema.multi_valued) {
            return;
        }
        let held = record.observed.as_ref().map(|image| image.attributes.values(attribute)).unwrap_or_default();
        let comparer = self.comparer(&record.object_type);
        let new = std::mem::replace(values, held.to_vec());
        values.extend(new.into_iter().filter(|value| !comparer.holds(attribute, held, std::slice::from_ref(value))));
    }

    /// Decides for the entry of a source object that was removed.
    pub(super) fn decide_removed(&self, record: &EntryRecord) -> Decision {
        match &self.options.deprovisioning.delete {
            DeleteFlow::None => Decision::Release,
            DeleteFlow::Delete => {
                let plan = Plan::new(IntentKind::Delete, Intent::Delete);
                Decision::stage(plan, Action::Delete, BTreeSet::new())
            }
            DeleteFlow::SetAttribute(flow) => match self.difference(record, None, &[state_of(flow, false)]) {
                Some(intent) => {
                    let plan = Plan::new(IntentKind::Disable, intent).releasing_link();
                    Decision::stage(plan, Action::Disable, BTreeSet::new())
                }
                None => Decision::Release,
            },
        }
    }
}

/// Says what a plan would change, a line each.
pub(super) fn lines_of(plan: &Plan, redacted: &BTreeSet<AttributeName>) -> Vec<String> {
    let shown = |name: &AttributeName, values: &[Value]| {
        if redacted.contains(name) {
            return "[Redact]".to_owned();
        }
        values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    match &plan.intent {
        Intent::Add { name, attributes, .. } => {
            lines.push(format!("name: {name}"));
            lines.extend(attributes.iter().map(|(name, values)| format!("{name}: {}", shown(name, values))));
        }
        Intent::Modify { changes, base, wanted, .. } => {
            lines.extend(changes.name.iter().map(|name| format!("name: {name}")));
            for change in &changes.attributes {
                let name = &change.name;
                lines.push(match &change.change {
                    ValueChange::Add(values) => format!("{name}: + {}", shown(name, values)),
                    ValueChange::Remove(values) => format!("{name}: - {}", shown(name, values)),
                    _ => {
                        let held = |of: &Attributes| shown(name, of.values(name.as_str()));
                        format!("{name}: {} -> {}", held(base), held(wanted))
                    }
                });
            }
        }
        _ => {}
    }
    if plan.password.is_some() {
        lines.push("password: set".to_owned());
    }
    lines
}
