use std::hash::{Hash, Hasher};

/// Texts of which there is nearly always one, which then needs no list.
#[derive(Clone, Debug)]
pub(super) enum Words {
    One([String; 1]),
    Many(Vec<String>),
}

impl Words {
    pub(super) fn one(word: String) -> Self {
        Self::One([word])
    }

    pub(super) fn many(words: Vec<String>) -> Self {
        Self::Many(words)
    }

    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(word) => word,
            Self::Many(words) => words,
        }
    }
}

impl Eq for Words {}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Hash for Words {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}
