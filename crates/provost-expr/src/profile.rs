use provost_text::{Limits, Span};

use crate::ast::Expression;
use crate::dialect::Dialect;
use crate::error::{ParseExprError, ParseExprErrorKind};
use crate::parser::parse_as;

/// How closely to keep to the documented product, where this crate lifts a limit or follows one of two pages that
/// contradict each other.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Profile {
    /// What passes means the same in the product.
    ///
    /// A text has 10,000 characters at most, counted as .NET does, in units of UTF-16 (*Known issues for provisioning*). A
    /// condition of `IIF` fails where the reference says so: one that asks `IsPresent` or `IsNullOrEmpty`, one that compares
    /// with the empty text, and any other where an attribute in it has no value.
    Documented,
    /// The limits of [`Limits::default`], 64 KiB of text, and conditions that mean what they say.
    #[default]
    Standard,
}

/// What one unit of UTF-16 takes in UTF-8 at most: those of a surrogate pair take two each.
const BYTES_PER_UNIT: usize = 3;

impl Profile {
    /// Returns how many characters, in units of UTF-16, an expression may have; `None` where only bytes are counted.
    ///
    /// ```
    /// assert_eq!(provost_expr::Profile::Documented.characters(), Some(10_000));
    /// ```
    #[must_use]
    pub const fn characters(self) -> Option<usize> {
        match self {
            Self::Documented => Some(10_000),
            Self::Standard => None,
        }
    }

    /// Returns the limits of the parser; the length is in bytes and lets every text pass that has no more than
    /// [`Profile::characters`].
    #[must_use]
    pub fn limits(self) -> Limits {
        let limits = Limits::default();
        match self.characters() {
            Some(characters) => limits.with_length(characters.saturating_mul(BYTES_PER_UNIT)),
            None => limits,
        }
    }

    /// Parses an expression of a dialect within the limits of the profile.
    ///
    /// # Errors
    ///
    /// [`ParseExprError`] with the place and with what was expected there; for a text with too many characters the place is
    /// the first of them that is too many.
    pub fn parse(self, source: &str, dialect: Dialect) -> Result<Expression, ParseExprError> {
        if let Some(most) = self.characters() {
            let mut units = 0;
            for (at, character) in source.char_indices() {
                units += character.len_utf16();
                if units > most {
                    return Err(ParseExprError::new(ParseExprErrorKind::TooManyCharacters(most), Span::point(at)));
                }
            }
        }
        parse_as(source, dialect, &self.limits())
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;
    use crate::dialect::Dialect;

    /// An expression of this many characters, all but ten of them `filler`.
    fn filled(characters: usize, filler: char) -> String {
        let filler = filler.to_string().repeat((characters - 10) / filler.len_utf16());
        format!("  Trim(\"{filler}\")")
    }

    fn refused(profile: Profile, source: &str) -> Option<(&'static str, usize)> {
        profile.parse(source, Dialect::Entra).err().map(|error| (error.code(), error.span().start()))
    }

    #[test]
    fn the_documented_limit_counts_units_of_utf_16() {
        for filler in ['a', 'é', '漢', '😀'] {
            let fits = filled(10_000, filler);
            assert_eq!(fits.encode_utf16().count(), 10_000);
            assert_eq!(refused(Profile::Documented, &fits), None, "{filler}");
            let last = fits.len();
            assert_eq!(
                refused(Profile::Documented, &format!("{fits} ")),
                Some(("expression-too-long", last)),
                "{filler}"
            );
        }
        let error = Profile::Documented.parse(&filled(10_002, 'a'), Dialect::Entra).unwrap_err();
        assert_eq!(error.to_string(), "expected at most 10000 characters of text");
    }

    #[test]
    fn the_standard_limit_is_that_of_the_parser() {
        assert_eq!(refused(Profile::Standard, &filled(65_536, 'a')), None);
        assert_eq!(refused(Profile::Standard, &filled(65_537, 'a')), Some(("expression-too-long", 0)));
    }
}
