use std::fmt;

/// A value with named members, such as an assignment of an application role, or the role that a SCIM target gets.
///
/// The members keep their order; their names are exact.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Complex {
    members: Vec<(String, Member)>,
}

/// The value of a member of a [`Complex`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Member {
    /// True or false.
    Boolean(bool),
    /// Text.
    Text(String),
}

/// How the values that role functions give change what the target holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RoleUpdate {
    /// They are added; roles that the target has already stay.
    Add,
    /// They replace all roles of the target.
    Replace,
}

impl Complex {
    /// Makes a value without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member, or replaces the one of this name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Member>) -> Self {
        let (name, value) = (name.into(), value.into());
        match self.members.iter_mut().find(|(held, _)| *held == name) {
            Some((_, held)) => *held = value,
            None => self.members.push((name, value)),
        }
        self
    }

    /// Returns the member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// Returns the members in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Member)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The text of a member.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Member::Boolean(_) => None,
            Member::Text(text) => Some(text),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean(true) => "True",
            Self::Boolean(false) => "False",
            Self::Text(text) => text,
        })
    }
}

impl From<bool> for Member {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl From<&str> for Member {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Member {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
