use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use nom::bytes::complete::take_while1;
use provost_text::{Limits, Span};

use crate::grammar::{self, Fault, Parsed};
use crate::octets::{ShortText, hash_no_case};

/// An attribute type with options, such as `userCertificate;binary` (RFC 4512 section 2.5).
///
/// Two descriptions are equal when type and options are, without regard to ASCII case and to the order of options;
/// the spelling is kept. Names of one type, such as `cn` and `commonName`, differ: which names a type has is known to
/// the schema.
///
/// Two tolerances beyond the grammar of the RFC: a name may hold `_`, and the value of an option may hold `=` and `*`,
/// as in `member;range=0-*` of Active Directory.
///
/// ```
/// use provost_ldap_types::AttributeDescription;
///
/// let description: AttributeDescription = "userCertificate;binary".parse()?;
/// assert_eq!(description.base(), "userCertificate");
/// assert!(description.options().eq(["binary"]));
/// assert_eq!(description, "USERCERTIFICATE;BINARY".parse()?);
/// # Ok::<(), provost_ldap_types::ParseAttributeError>(())
/// ```
#[derive(Clone)]
pub struct AttributeDescription {
    text: ShortText,
}

impl AttributeDescription {
    /// Parses a description of at most the given length, with at most `limits.items` options.
    ///
    /// # Errors
    ///
    /// Fails when the text is not an attribute description or is beyond the limits.
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Self, ParseAttributeError> {
        if text.len() > limits.length {
            let kind = ParseAttributeErrorKind::TooLong;
            return Err(ParseAttributeError { kind, span: Span::point(0) });
        }
        match description(text, limits) {
            Ok((_, description)) => Ok(description),
            Err(error) => {
                let (kind, span) = Fault::locate(error, text);
                Err(ParseAttributeError { kind, span })
            }
        }
    }

    /// Returns the attribute type without options, as it was spelt.
    #[must_use]
    pub fn base(&self) -> &str {
        let text = self.as_str();
        // Neither a type nor an option holds the separator.
        memchr::memchr(b';', text.as_bytes()).and_then(|end| text.get(..end)).unwrap_or(text)
    }

    /// Returns the options in the order in which they were written, without the `;`.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        self.as_str().split(';').skip(1)
    }

    /// Tells whether the description has any option.
    #[must_use]
    pub fn has_options(&self) -> bool {
        memchr::memchr(b';', self.text.as_bytes()).is_some()
    }

    /// Tells whether the description has an option, without regard to case.
    #[must_use]
    pub fn has_option(&self, option: &str) -> bool {
        self.options().any(|held| held.eq_ignore_ascii_case(option))
    }

    /// Returns the whole description as it was spelt.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Tells whether values of the type are passwords, keys, or records of changes that may hold some.
    ///
    /// It goes by the names that servers of the usual products give to such attributes.
    #[must_use]
    pub fn holds_secrets(&self) -> bool {
        SECRETS.iter().any(|name| self.base().eq_ignore_ascii_case(name))
    }

    /// Tells whether `name`, a whole description, means the same as this one.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(name)
            || self.has_options() && name.contains(';') && name.parse::<Self>().is_ok_and(|name| *self == name)
    }

    /// Tells whether `held` is this description or a subtype of it by options: the same type with at least the same
    /// options (RFC 4512 section 2.5.2).
    ///
    /// ```
    /// use provost_ldap_types::AttributeDescription;
    ///
    /// let asked: AttributeDescription = "cn".parse()?;
    /// assert!(asked.covers(&"CN;lang-de".parse()?));
    /// assert!(!asked.covers(&"sn".parse()?));
    /// # Ok::<(), provost_ldap_types::ParseAttributeError>(())
    /// ```
    #[must_use]
    pub fn covers(&self, held: &Self) -> bool {
        self.base().eq_ignore_ascii_case(held.base()) && self.options().all(|option| held.has_option(option))
    }

    /// Tells whether the octets are the description as it was spelt.
    pub(crate) fn is_spelt(&self, octets: &[u8]) -> bool {
        self.text.as_bytes() == octets
    }

    fn sorted_options(&self) -> Vec<&str> {
        let mut options: Vec<_> = self.options().collect();
        options.sort_by(|a, b| compare_no_case(a, b));
        options.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        options
    }
}

/// Parses a whole text as a description.
fn description<'a>(input: &'a str, limits: &Limits) -> Parsed<'a, AttributeDescription, ParseAttributeErrorKind> {
    let (rest, _) = grammar::oid(input)?;
    let rest = options(rest, limits, |c| is_option_char(c) || matches!(c, '=' | '*'))?;
    if !rest.is_empty() {
        return Err(Fault::fail_char(rest, ParseAttributeErrorKind::ForbiddenCharacter));
    }
    Ok((rest, AttributeDescription { text: ShortText::new(input) }))
}

/// Parses a description at the start of a text, without the tolerance for `=` and `*`.
///
/// An error is the place at which it occurred.
pub(crate) fn leading_description<'a>(
    input: &'a str,
    limits: &Limits,
) -> Parsed<'a, LeadingDescription<'a>, ParseAttributeErrorKind> {
    let (rest, _) = grammar::oid(input)?;
    let rest = options(rest, limits, is_option_char)?;
    let text = input.get(..grammar::offset(input, rest)).unwrap_or_default();
    Ok((rest, LeadingDescription(text)))
}

/// A description as a view of the text that it begins.
#[derive(Clone, Copy)]
pub(crate) struct LeadingDescription<'a>(&'a str);

impl From<LeadingDescription<'_>> for AttributeDescription {
    fn from(LeadingDescription(text): LeadingDescription<'_>) -> Self {
        Self { text: ShortText::new(text) }
    }
}

/// Skips any number of options and returns what is left.
fn options<'a>(
    input: &'a str,
    limits: &Limits,
    accepted: impl Fn(char) -> bool,
) -> Result<&'a str, nom::Err<Fault<'a, ParseAttributeErrorKind>>> {
    let mut rest = input;
    let mut count = 0;
    while let Some(option) = rest.strip_prefix(';') {
        if count == limits.items {
            return Err(Fault::fail_char(rest, ParseAttributeErrorKind::TooManyOptions));
        }
        let parsed: Parsed<'_, &str, ParseAttributeErrorKind> = take_while1(&accepted)(option);
        let Ok((after, _)) = parsed else {
            return Err(Fault::fail_char(option, ParseAttributeErrorKind::ExpectedOption));
        };
        rest = after;
        count += 1;
    }
    Ok(rest)
}

fn is_option_char(c: char) -> bool {
    grammar::is_key_char(c)
}

fn compare_no_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

impl FromStr for AttributeDescription {
    type Err = ParseAttributeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_with(text, &Limits::default())
    }
}

impl TryFrom<&str> for AttributeDescription {
    type Error = ParseAttributeError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for AttributeDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AttributeDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Eq for AttributeDescription {}

impl PartialEq for AttributeDescription {
    fn eq(&self, other: &Self) -> bool {
        self.text.as_bytes().eq_ignore_ascii_case(other.text.as_bytes())
            || self.has_options() && other.has_options() && self.cmp(other).is_eq()
    }
}

impl Ord for AttributeDescription {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_no_case(self.base(), other.base()).then_with(|| {
            let (own, others) = (self.sorted_options(), other.sorted_options());
            let pairs = own.iter().zip(&others).map(|(a, b)| compare_no_case(a, b));
            pairs.fold(Ordering::Equal, Ordering::then).then(own.len().cmp(&others.len()))
        })
    }
}

impl PartialOrd for AttributeDescription {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for AttributeDescription {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.has_options() {
            return hash_no_case(self.text.as_bytes(), state);
        }
        for part in std::iter::once(self.base()).chain(self.sorted_options()) {
            hash_no_case(part.as_bytes(), state);
        }
    }
}

/// Types whose values no `Debug` shows: passwords and keys of the usual products, and the parts of change logs that repeat
/// them as they were sent.
const SECRETS: [&str; 18] = [
    "authPassword",
    "changes",
    "clearPassword",
    "deletedEntryAttrs",
    "includedAttributes",
    "krbPrincipalKey",
    "nspmPassword",
    "nsslapd-rootpw",
    "olcRootPW",
    "passwordHistory",
    "pwdHistory",
    "reqMod",
    "reqOld",
    "sambaLMPassword",
    "sambaNTPassword",
    "unhashed#user#password",
    "unicodePwd",
    "userPassword",
];

/// An attribute with its values, in the order in which they were given (RFC 4512 section 2.5).
///
/// Values are octets: not every one is text, and a server may send what is not UTF-8. `Debug` shows how many there are,
/// and not the values themselves, of an attribute that [holds secrets](AttributeDescription::holds_secrets).
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Attribute {
    description: AttributeDescription,
    values: Vec<Vec<u8>>,
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Attribute");
        shown.field("description", &self.description);
        if self.description.holds_secrets() {
            shown.field("values", &format_args!("[{} secret]", self.values.len())).finish()
        } else {
            shown.field("values", &self.values).finish()
        }
    }
}

impl Attribute {
    /// Makes an attribute.
    #[must_use]
    pub fn new(description: AttributeDescription, values: Vec<Vec<u8>>) -> Self {
        Self { description, values }
    }

    /// Makes an attribute of a named type from values that can be seen as octets.
    ///
    /// ```
    /// use provost_ldap_types::Attribute;
    ///
    /// let attribute = Attribute::of("cn", ["Britta Simon", "Simon, Britta"])?;
    /// assert_eq!(attribute.texts().count(), 2);
    /// # Ok::<(), provost_ldap_types::ParseAttributeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when `description` is not an attribute description.
    pub fn of<V: AsRef<[u8]>>(
        description: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, ParseAttributeError> {
        let values = values.into_iter().map(|value| value.as_ref().to_vec()).collect();
        Ok(Self::new(description.parse()?, values))
    }

    /// Returns type and options.
    #[must_use]
    pub fn description(&self) -> &AttributeDescription {
        &self.description
    }

    /// Returns the values; there may be none.
    #[must_use]
    pub fn values(&self) -> &[Vec<u8>] {
        &self.values
    }

    /// Returns the values for changing.
    pub fn values_mut(&mut self) -> &mut Vec<Vec<u8>> {
        &mut self.values
    }

    /// Returns the first value.
    #[must_use]
    pub fn first(&self) -> Option<&[u8]> {
        self.values.first().map(Vec::as_slice)
    }

    /// Returns the first value if there is one and it is UTF-8.
    #[must_use]
    pub fn first_text(&self) -> Option<&str> {
        self.first().and_then(|value| str::from_utf8(value).ok())
    }

    /// Returns the values that are UTF-8.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(|value| str::from_utf8(value).ok())
    }

    /// Adds a value at the end.
    pub fn push(&mut self, value: impl Into<Vec<u8>>) {
        self.values.push(value.into());
    }

    /// Takes description and values apart.
    #[must_use]
    pub fn into_parts(self) -> (AttributeDescription, Vec<Vec<u8>>) {
        (self.description, self.values)
    }
}

/// A text that is not an attribute description.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseAttributeError {
    kind: ParseAttributeErrorKind,
    span: Span,
}

impl ParseAttributeError {
    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> ParseAttributeErrorKind {
        self.kind
    }

    /// Returns the bytes that are wrong; empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns a stable code for the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ParseAttributeErrorKind::BadOid => "attribute-bad-oid",
            ParseAttributeErrorKind::ExpectedOption => "attribute-expected-option",
            ParseAttributeErrorKind::ExpectedType => "attribute-expected-type",
            ParseAttributeErrorKind::ForbiddenCharacter => "attribute-forbidden-character",
            ParseAttributeErrorKind::TooLong => "attribute-too-long",
            ParseAttributeErrorKind::TooManyOptions => "attribute-too-many-options",
        }
    }
}

/// Why a text is not an attribute description.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ParseAttributeErrorKind {
    /// What begins as a numeric object identifier does not go on as one.
    BadOid,
    /// Nothing follows a `;`.
    ExpectedOption,
    /// The text begins neither with a name nor with a numeric object identifier.
    ExpectedType,
    /// A character can stand neither in a name nor in an option.
    ForbiddenCharacter,
    /// The text is longer than the limit.
    TooLong,
    /// There are more options than the limit.
    TooManyOptions,
}

impl grammar::Kind for ParseAttributeErrorKind {
    const SYNTAX: Self = Self::ExpectedType;
    const OID: Self = Self::BadOid;
}

impl fmt::Display for ParseAttributeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadOid => "expected an object identifier such as `2.5.4.3`, of numbers without leading zeros",
            Self::ExpectedOption => "expected an option after `;`",
            Self::ExpectedType => "expected an attribute type such as `cn` or `2.5.4.3`",
            Self::ForbiddenCharacter => "expected only letters, digits, `-` and options after `;`",
            Self::TooLong => "the attribute description is too long",
            Self::TooManyOptions => "the attribute description has too many options",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use expect_test::{Expect, expect};
    use provost_text::{Limits, Snippet};

    use super::{Attribute, AttributeDescription};

    fn check(text: &str, expected: &Expect) {
        expected.assert_eq(&match text.parse::<AttributeDescription>() {
            Ok(found) => format!("{} {:?}", found.base(), found.options().collect::<Vec<_>>()),
            Err(error) => format!("{}: {}", error.code(), Snippet::new(text, error.span(), &error.to_string())),
        });
    }

    fn description(text: &str) -> AttributeDescription {
        text.parse().unwrap()
    }

    fn hash(text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        description(text).hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn rfc_4512_2_5_types_and_options() {
        check("cn", &expect!["cn []"]);
        check("2.5.4.3", &expect!["2.5.4.3 []"]);
        check("userCertificate;binary", &expect![[r#"userCertificate ["binary"]"#]]);
        check("x-1;lang-de;y", &expect![[r#"x-1 ["lang-de", "y"]"#]]);
    }

    #[test]
    fn tolerated_underscores_and_ranges() {
        check("nds_name", &expect!["nds_name []"]);
        check("member;range=0-1499", &expect![[r#"member ["range=0-1499"]"#]]);
        check("member;range=1500-*", &expect![[r#"member ["range=1500-*"]"#]]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(
            "",
            &expect![[r"
                attribute-expected-type: expected an attribute type such as `cn` or `2.5.4.3` at byte 0

                ^"]],
        );
        check(
            "cn name",
            &expect![[r"
                attribute-forbidden-character: expected only letters, digits, `-` and options after `;` at byte 2
                cn name
                  ^"]],
        );
        check(
            "cn;",
            &expect![[r"
                attribute-expected-option: expected an option after `;` at byte 3
                cn;
                   ^"]],
        );
        check(
            "cn;;x",
            &expect![[r"
                attribute-expected-option: expected an option after `;` at byte 3
                cn;;x
                   ^"]],
        );
        check(
            "2.5.4.",
            &expect![[r#"
                attribute-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 6
                2.5.4.
                      ^"#]],
        );
        check(
            "1.02.3",
            &expect![[r#"
            attribute-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 2
            1.02.3
              ^^"#]],
        );
        check(
            "1cn",
            &expect![[r#"
            attribute-bad-oid: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros at byte 1
            1cn
             ^"#]],
        );
        for text in ["2", "1.02", "-cn", "_cn", ";binary", "ä", "cnä", "cn=", "cn;ä"] {
            assert!(text.parse::<AttributeDescription>().is_err(), "{text}");
        }
    }

    #[test]
    fn limits() {
        let limits = Limits::default().with_length(10).with_items(2);
        assert!(AttributeDescription::parse_with("cn;a;b", &limits).is_ok());
        let error = AttributeDescription::parse_with("cn;a;b;c", &limits).unwrap_err();
        assert_eq!((error.code(), error.span().start()), ("attribute-too-many-options", 6));
        assert_eq!(AttributeDescription::parse_with("cn;a;bbbbbb", &limits).unwrap_err().code(), "attribute-too-long");
    }

    #[test]
    fn rfc_4512_2_5_2_case_and_the_order_of_options_do_not_count() {
        for (a, b) in [("cn;lang-de;binary", "CN;Binary;LANG-DE"), ("cn;a;a", "cn;A"), ("CN", "cn")] {
            assert_eq!(description(a), description(b));
            assert!(description(a).cmp(&description(b)).is_eq());
            assert_eq!(hash(a), hash(b));
            assert!(description(a).is(b));
        }
        for (a, b) in [("cn;a", "cn;b"), ("cn;a", "cn"), ("cn", "sn"), ("cn;a;b", "cn;a;c"), ("cn", "cn ")] {
            assert!(!description(a).is(b));
            assert!(b.parse::<AttributeDescription>().is_err() || description(a) != description(b));
        }
        assert!(description("cn;a") < description("cn;b") && description("cn") < description("cn;a"));
    }

    #[test]
    fn rfc_4512_2_5_2_more_options_make_a_subtype() {
        assert!(description("cn").covers(&description("cn;a")));
        assert!(description("cn;a").covers(&description("CN;b;A")));
        assert!(!description("cn;a").covers(&description("cn")));
        assert!(!description("cn;a").covers(&description("cn;b")));
        assert!(description("cn;A").has_option("a") && !description("cn").has_options());
    }

    #[test]
    fn values_are_octets_and_sometimes_text() {
        let mut attribute = Attribute::of("photo", [&b"\xff"[..], b"text"]).unwrap();
        assert_eq!(attribute.first_text(), None);
        assert_eq!(attribute.texts().collect::<Vec<_>>(), ["text"]);
        attribute.push("more");
        assert_eq!(attribute.values().len(), 3);
        assert_eq!(Attribute::of("photo", [""; 0]).unwrap().first(), None);
    }

    #[test]
    fn a_password_is_not_shown() {
        let secret = Attribute::of("userPassword;x-a", ["Zq8-secret"]).unwrap();
        assert!(secret.description().holds_secrets());
        let shown = format!("{secret:?}");
        assert!(shown.ends_with("values: [1 secret] }") && !shown.contains("90, 113"), "{shown}");
        let open = Attribute::of("cn", ["Zq8"]).unwrap();
        assert!(format!("{open:?}").contains("[90, 113, 56]"));
    }
}
