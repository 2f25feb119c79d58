/// How literally a client is taken.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mode {
    /// The standards, and the accommodations that clients in the field need: truth values and numbers as text, a one-element
    /// list for a single value, a plain text for a complex attribute that has `value`, bare words in filters, names that
    /// begin with `-` or `_`, dotted keys in a path-less PATCH value, and unknown attributes in bodies, which are ignored.
    #[default]
    Compat,
    /// RFC 7643 and RFC 7644, and nothing more.
    Strict,
}

impl Mode {
    pub(crate) fn is_compat(self) -> bool {
        self == Self::Compat
    }
}
