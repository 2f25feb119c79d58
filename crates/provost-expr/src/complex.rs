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

/// A value that is read has more than [`Complex::MOST_MEMBERS`] members.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an object has more than {} members", Complex::MOST_MEMBERS)]
pub struct TooManyMembers;

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

    /// The most members of a value that is read: an assignment of a role has about ten.
    pub const MOST_MEMBERS: usize = 64;

    /// Adds a member, or replaces the one of this name. It looks through all members, so what comes from outside goes by
    /// [`Complex::try_with`].
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Member>) -> Self {
        let (name, value) = (name.into(), value.into());
        match self.members.iter_mut().find(|(held, _)| *held == name) {
            Some((_, held)) => *held = value,
            None => self.members.push((name, value)),
        }
        self
    }

    /// Adds a member that is read, or replaces the one of this name.
    ///
    /// ```
    /// use provost_expr::{Complex, TooManyMembers};
    ///
    /// let mut members = (0..=Complex::MOST_MEMBERS).map(|number| (number.to_string(), true));
    /// let read = members.try_fold(Complex::new(), |complex, (name, value)| complex.try_with(name, value));
    /// assert_eq!(read, Err(TooManyMembers));
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooManyMembers`] when there are [`Complex::MOST_MEMBERS`] others, so that reading takes time in proportion to what is
    /// read.
    pub fn try_with(self, name: impl Into<String>, value: impl Into<Member>) -> Result<Self, TooManyMembers> {
        let complex = self.with(name, value);
        if complex.members.len() > Self::MOST_MEMBERS { Err(TooManyMembers) } else { Ok(complex) }
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
