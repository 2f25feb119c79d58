use serde::{Deserialize, Serialize};

use crate::{Anchor, Attributes, ObjectName, ObjectType};

/// An object of a connected system in neutral form.
///
/// An object that was read has an anchor and a name; one that is wanted may have neither. Secrets are never among the
/// attributes: they travel beside the object, as [`crate::Secret`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConnectorObject {
    object_type: ObjectType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<ObjectName>,
    attributes: Attributes,
}

impl ConnectorObject {
    /// Makes an object without anchor and name.
    #[must_use]
    pub fn new(object_type: impl Into<ObjectType>, attributes: Attributes) -> Self {
        Self { object_type: object_type.into(), anchor: None, name: None, attributes }
    }

    /// Sets the anchor.
    #[must_use]
    pub fn with_anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = Some(anchor);
        self
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: ObjectName) -> Self {
        self.name = Some(name);
        self
    }

    /// Returns the type of the object.
    #[must_use]
    pub fn object_type(&self) -> &ObjectType {
        &self.object_type
    }

    /// Returns the anchor.
    #[must_use]
    pub fn anchor(&self) -> Option<&Anchor> {
        self.anchor.as_ref()
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> Option<&ObjectName> {
        self.name.as_ref()
    }

    /// Returns the attributes.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Returns the attributes for changing them.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    /// Takes the object apart: type, anchor, name, attributes.
    #[must_use]
    pub fn into_parts(self) -> (ObjectType, Option<Anchor>, Option<ObjectName>, Attributes) {
        (self.object_type, self.anchor, self.name, self.attributes)
    }
}
