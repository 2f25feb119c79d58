use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of an attribute. Compares without ASCII case and keeps the spelling it was made with.
///
/// ```
/// use provost_model::AttributeName;
///
/// assert_eq!(AttributeName::new("userPassword"), AttributeName::new("USERPASSWORD"));
/// assert_eq!(AttributeName::new("userPassword").as_str(), "userPassword");
/// ```
#[derive(Clone, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct AttributeName(Arc<str>);

impl AttributeName {
    /// Makes a name with this spelling.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(Arc::from(name.as_ref()))
    }

    /// Returns the spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether `name` names the same attribute.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

/// Orders two names without ASCII case, as [`AttributeName`] does.
pub(crate) fn compare_folded(a: &str, b: &str) -> Ordering {
    let fold = |text: &str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
    if a.eq_ignore_ascii_case(b) { Ordering::Equal } else { fold(a).cmp(&fold(b)) }
}

impl PartialEq for AttributeName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for AttributeName {}

impl Hash for AttributeName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl Ord for AttributeName {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_folded(&self.0, &other.0)
    }
}

impl PartialOrd for AttributeName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for AttributeName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for AttributeName {
    fn from(name: String) -> Self {
        Self(Arc::from(name))
    }
}

impl From<AttributeName> for String {
    fn from(name: AttributeName) -> Self {
        name.0.as_ref().to_owned()
    }
}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Makes it from its text.
            #[must_use]
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }
    };
}

text_name! {
    /// Where an object is in its system: the text of a distinguished name for a directory (RFC 4514).
    ///
    /// The model does not parse it, so equality is equality of the text. The connector that made it knows its rules.
    ObjectName
}

text_name! {
    /// What kind of object it is: the structural object class for a directory, such as `inetOrgPerson`.
    ObjectType
}
