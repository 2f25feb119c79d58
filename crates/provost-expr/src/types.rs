use std::fmt;

/// The kinds of value that a part of an expression may give, as far as its text says it. Without any, it never gives one.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BOOLEAN: Self = Self(1);
    pub(crate) const COMPLEX: Self = Self(1 << 1);
    pub(crate) const DATE: Self = Self(1 << 2);
    pub(crate) const FLOW: Self = Self(1 << 3);
    pub(crate) const INTEGER: Self = Self(1 << 4);
    pub(crate) const LIST: Self = Self(1 << 5);
    pub(crate) const NULL: Self = Self(1 << 6);
    pub(crate) const TEXT: Self = Self(1 << 7);

    /// One value of any kind.
    pub(crate) const SCALAR: Self = Self::BOOLEAN.or(Self::DATE).or(Self::INTEGER).or(Self::TEXT);
    /// Several values.
    pub(crate) const SEVERAL: Self = Self::COMPLEX.or(Self::LIST);
    /// What an attribute may hold.
    pub(crate) const ATTRIBUTE: Self = Self::BOOLEAN.or(Self::INTEGER).or(Self::TEXT).or(Self::SEVERAL).or(Self::NULL);
    /// Anything but a flow signal.
    pub(crate) const VALUE: Self = Self::SCALAR.or(Self::SEVERAL).or(Self::NULL);

    /// What either may give.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Tells whether some kind is in both.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// What a function sees of an argument: no flow signal, and lists in place of complex values.
    pub(crate) const fn as_argument(self) -> Self {
        let plain = self.without(Self::FLOW.or(Self::COMPLEX));
        if self.meets(Self::COMPLEX) { plain.or(Self::LIST) } else { plain }
    }

    /// What a function gives that works on the text of each value.
    pub(crate) const fn per_element(self) -> Self {
        let mut made = Self::NONE;
        if self.meets(Self::SEVERAL) {
            made = made.or(Self::LIST);
        }
        // Some functions make the empty text of Null.
        if self.meets(Self::SCALAR) || made.is_none() && self.meets(Self::NULL) {
            made = made.or(Self::TEXT);
        }
        if self.meets(Self::NULL) { made.or(Self::NULL) } else { made }
    }
}

/// The kinds in an administrator's words, such as `text or no value`.
impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WORDS: [(Types, &str); 7] = [
            (Types::TEXT, "text"),
            (Types::INTEGER, "a number"),
            (Types::BOOLEAN, "True or False"),
            (Types::DATE, "a date"),
            (Types::SEVERAL, "several values"),
            (Types::NULL, "no value"),
            (Types::FLOW, "a flow signal"),
        ];
        let mut words = WORDS.iter().filter(|(types, _)| types.meets(*self)).map(|(_, words)| *words);
        f.write_str(words.next().unwrap_or("nothing"))?;
        words.try_for_each(|words| write!(f, " or {words}"))
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Types({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Types;

    #[test]
    fn types_are_named_for_people() {
        assert_eq!(Types::NULL.or(Types::BOOLEAN).to_string(), "True or False or no value");
        assert_eq!(Types::SEVERAL.to_string(), "several values");
        assert_eq!(Types::NONE.to_string(), "nothing");
    }

    #[test]
    fn a_function_sees_lists_in_place_of_complex_values_and_no_signal() {
        assert_eq!(Types::COMPLEX.or(Types::FLOW).as_argument(), Types::LIST);
        assert_eq!(Types::FLOW.as_argument(), Types::NONE);
    }

    #[test]
    fn each_value_gives_a_text() {
        assert_eq!(Types::DATE.per_element(), Types::TEXT);
        assert_eq!(Types::LIST.or(Types::NULL).per_element(), Types::LIST.or(Types::NULL));
        assert_eq!(Types::NULL.per_element(), Types::NULL.or(Types::TEXT));
    }
}
