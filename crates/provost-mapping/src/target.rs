use provost_model::AttributeName;

/// What a target name stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    /// `active`: whether the account is in use.
    Active,
    /// An attribute of the object.
    Attribute,
    /// `-dn-`: the name of the object.
    Name,
    /// `userPassword` or `export_password`: the password, which is kept out of the attributes.
    Password,
}

impl Target {
    pub(crate) fn of(name: &AttributeName) -> Self {
        if name.matches("-dn-") {
            Self::Name
        } else if name.matches("active") {
            Self::Active
        } else if name.matches("userPassword") || name.matches("export_password") {
            Self::Password
        } else {
            Self::Attribute
        }
    }
}
