use provost_model::{AttributeName, Secret, Value};
use provost_store::InstanceName;

/// What an engine is opened with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EngineOptions {
    /// The instance: under this name the store holds everything.
    pub instance: InstanceName,
    /// What a disabled and a removed object become.
    pub deprovisioning: Deprovisioning,
    /// The key that seals passwords in the store, 32 octets. It must not be kept in the store, and passwords that wait
    /// there can be read with the same key only.
    pub seal_key: Secret,
    /// How an object that a complete import did not see is proven absent.
    pub absence_proof: AbsenceProofPolicy,
    /// The share of the last complete import, in percent, below which an import is not believed. Default 80.
    pub import_floor_percent: u8,
    /// Objects a page of imports; none leaves it to the connector.
    pub page_size: Option<u32>,
    /// Objects a commit of imports. Default 500.
    pub import_batch: usize,
    /// What happens at opening to writes that an earlier process left unfinished.
    pub recovery: Recovery,
    /// Who holds the instance, for messages.
    pub holder: String,
}

impl EngineOptions {
    /// Makes options with the defaults.
    #[must_use]
    pub fn new(instance: impl Into<InstanceName>, seal_key: Secret) -> Self {
        Self {
            instance: instance.into(),
            deprovisioning: Deprovisioning::default(),
            seal_key,
            absence_proof: AbsenceProofPolicy::default(),
            import_floor_percent: 80,
            page_size: None,
            import_batch: 500,
            recovery: Recovery::default(),
            holder: "provost".to_owned(),
        }
    }
}

/// What a disabled and a removed object become in the connected system.
///
/// A system whose object type has an attribute `active` gets that attribute in place of the disable flow.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Deprovisioning {
    /// What disabling does.
    pub disable: DisableFlow,
    /// What removing does.
    pub delete: DeleteFlow,
}

/// What disabling an object does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DisableFlow {
    /// The object is removed.
    Delete,
    /// Nothing.
    #[default]
    None,
    /// An attribute is set; enabling sets it back.
    SetAttribute(StateFlow),
}

impl DisableFlow {
    /// Makes [`DisableFlow::SetAttribute`]. No values mean that the attribute is removed.
    pub fn set(
        attribute: impl Into<AttributeName>,
        disabled: impl IntoIterator<Item = Value>,
        enabled: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self::SetAttribute(StateFlow::new(attribute, disabled, enabled))
    }
}

/// What removing an object does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeleteFlow {
    /// The object is removed.
    #[default]
    Delete,
    /// The object stays as it is and is no longer managed.
    None,
    /// An attribute is set, and the object is no longer managed; making it anew sets the attribute back.
    SetAttribute(StateFlow),
}

impl DeleteFlow {
    /// Makes [`DeleteFlow::SetAttribute`]. No values mean that the attribute is removed.
    pub fn set(
        attribute: impl Into<AttributeName>,
        disabled: impl IntoIterator<Item = Value>,
        enabled: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self::SetAttribute(StateFlow::new(attribute, disabled, enabled))
    }
}

/// An attribute that says whether an object is active.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateFlow {
    /// The attribute.
    pub attribute: AttributeName,
    /// Its values while the object is disabled; none when it is then absent.
    pub disabled: Vec<Value>,
    /// Its values while the object is active; none when it is then absent.
    pub enabled: Vec<Value>,
}

impl StateFlow {
    /// Makes a flow.
    pub fn new(
        attribute: impl Into<AttributeName>,
        disabled: impl IntoIterator<Item = Value>,
        enabled: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self {
            attribute: attribute.into(),
            disabled: disabled.into_iter().collect(),
            enabled: enabled.into_iter().collect(),
        }
    }
}

/// How an object that complete imports did not see is proven absent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum AbsenceProofPolicy {
    /// Two complete imports in a row did not see it.
    #[default]
    Double,
    /// One complete import did not see it, and a read of the object itself proves it.
    Probe,
    /// One complete import did not see it.
    Single,
}

/// What happens at opening to writes that an earlier process left unfinished.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Recovery {
    /// The engine looks whether they happened, and sends again what did not.
    #[default]
    Finish,
    /// The engine looks whether they happened, and sends nothing. For programs that must not write.
    ProbeOnly,
}
