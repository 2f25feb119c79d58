/// How much input a parser accepts before it refuses.
///
/// ```
/// let limits = provost_text::Limits::default().with_length(1_000).with_depth(8);
/// assert_eq!((limits.length, limits.depth), (1_000, 8));
/// ```
///
/// With the feature `serde` a member that is absent is that of [`Limits::default`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Limits {
    /// Longest accepted text, in bytes.
    pub length: usize,
    /// Deepest accepted nesting; the outermost level is 1.
    pub depth: usize,
    /// Most items in one list: arguments of a call, terms of a filter, values of an attribute.
    pub items: usize,
}

impl Limits {
    /// Sets the longest accepted text, in bytes.
    #[must_use]
    pub fn with_length(mut self, length: usize) -> Self {
        self.length = length;
        self
    }

    /// Sets the deepest accepted nesting.
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// Sets the largest number of items in one list.
    #[must_use]
    pub fn with_items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }
}

impl Default for Limits {
    /// 64 KiB of text, 64 levels, 1,024 items.
    fn default() -> Self {
        Self { length: 64 * 1024, depth: 64, items: 1024 }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::Limits;

    #[test]
    fn what_a_configuration_leaves_out_is_the_default() {
        let read = |text: &str| serde_json::from_str::<Limits>(text);
        assert_eq!(read(r#"{"length": 10000}"#).unwrap(), Limits::default().with_length(10_000));
        assert!(read(r#"{"size": 1}"#).is_err());
        let limits = Limits::default().with_depth(8);
        assert_eq!(read(&serde_json::to_string(&limits).unwrap()).unwrap(), limits);
    }
}
