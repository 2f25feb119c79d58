use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The data type of an attribute, RFC 7643 section 2.3.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum AttributeType {
    /// Octets in base64.
    Binary,
    /// True or false.
    Boolean,
    /// Sub-attributes.
    Complex,
    /// An instant in the lexical form of XML Schema.
    DateTime,
    /// A number with a fraction.
    Decimal,
    /// A whole number of 64 bits.
    Integer,
    /// A URI, or the identifier of another resource.
    Reference,
    /// Unicode text.
    String,
}

/// Who may set an attribute, RFC 7643 section 7.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Mutability {
    /// It can be set once.
    Immutable,
    /// The server sets it.
    ReadOnly,
    /// Clients read and set it.
    #[default]
    ReadWrite,
    /// Clients set it and never read it.
    WriteOnly,
}

/// When an attribute stands in an answer, RFC 7643 section 7.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Returned {
    /// In every answer.
    Always,
    /// Unless a projection leaves it out.
    #[default]
    Default,
    /// Never.
    Never,
    /// Only when it is asked for by name.
    Request,
}

/// Within which bounds a value is unique, RFC 7643 section 7.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Uniqueness {
    /// Everywhere.
    Global,
    /// Not unique.
    #[default]
    None,
    /// Within the server.
    Server,
}

/// The definition of one attribute, RFC 7643 section 7.
///
/// ```
/// use provost_scim::{AttributeDefinition, AttributeType};
///
/// let mail = AttributeDefinition::new("mail", AttributeType::String).multi_valued();
/// assert!(mail.multi_valued && !mail.required);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AttributeDefinition {
    /// Its name, in the spelling of answers. Names compare without ASCII case.
    pub name: String,
    /// Its data type.
    pub attribute_type: AttributeType,
    /// Whether it holds a list.
    pub multi_valued: bool,
    /// What it is for.
    pub description: String,
    /// Whether a resource must have it.
    pub required: bool,
    /// Values that the service suggests; others are accepted.
    pub canonical_values: Vec<String>,
    /// Whether its text compares with case.
    pub case_exact: bool,
    /// Who may set it.
    pub mutability: Mutability,
    /// When it stands in an answer.
    pub returned: Returned,
    /// Within which bounds a value is unique.
    pub uniqueness: Uniqueness,
    /// What a reference points to.
    pub reference_types: Vec<String>,
    /// Its parts, when it is complex.
    pub sub_attributes: Vec<AttributeDefinition>,
}

impl AttributeDefinition {
    /// Makes a single-valued, optional attribute that clients read and set and whose text compares without case.
    pub fn new(name: impl Into<String>, attribute_type: AttributeType) -> Self {
        Self {
            name: name.into(),
            attribute_type,
            multi_valued: false,
            description: String::new(),
            required: false,
            canonical_values: Vec::new(),
            case_exact: false,
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// Makes it hold a list.
    #[must_use]
    pub fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// Makes it one that a resource must have.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Makes its text compare with case.
    #[must_use]
    pub fn case_exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    /// Sets who may set it. What clients never read is never returned.
    #[must_use]
    pub fn with_mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        if mutability == Mutability::WriteOnly {
            self.returned = Returned::Never;
        }
        self
    }

    /// Sets when it stands in an answer.
    #[must_use]
    pub fn with_returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    /// Sets within which bounds a value is unique.
    #[must_use]
    pub fn with_uniqueness(mut self, uniqueness: Uniqueness) -> Self {
        self.uniqueness = uniqueness;
        self
    }

    /// Sets what it is for.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the values that are suggested.
    #[must_use]
    pub fn with_canonical_values(mut self, values: &[&str]) -> Self {
        self.canonical_values = values.iter().map(|&value| value.to_owned()).collect();
        self
    }

    /// Sets what it points to.
    #[must_use]
    pub fn with_reference_types(mut self, types: &[&str]) -> Self {
        self.reference_types = types.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Sets its parts.
    #[must_use]
    pub fn with_sub_attributes(mut self, parts: Vec<Self>) -> Self {
        self.sub_attributes = parts;
        self
    }

    /// Returns the part of that name, without ASCII case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|part| same_name(&part.name, name))
    }

    pub(crate) fn is_complex(&self) -> bool {
        self.attribute_type == AttributeType::Complex
    }

    /// Whether its elements are the same when their `value` is: lists of references to other resources.
    pub(crate) fn is_reference_list(&self) -> bool {
        self.sub_attribute("$ref").is_some() && self.sub_attribute("value").is_some()
    }
}

pub(crate) fn same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

impl Serialize for AttributeDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("type", &self.attribute_type)?;
        if !self.sub_attributes.is_empty() {
            map.serialize_entry("subAttributes", &self.sub_attributes)?;
        }
        map.serialize_entry("multiValued", &self.multi_valued)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("required", &self.required)?;
        if !self.canonical_values.is_empty() {
            map.serialize_entry("canonicalValues", &self.canonical_values)?;
        }
        map.serialize_entry("caseExact", &self.case_exact)?;
        map.serialize_entry("mutability", &self.mutability)?;
        map.serialize_entry("returned", &self.returned)?;
        map.serialize_entry("uniqueness", &self.uniqueness)?;
        if !self.reference_types.is_empty() {
            map.serialize_entry("referenceTypes", &self.reference_types)?;
        }
        map.end()
    }
}
