//! The feature `arbitrary`: values made of random octets. Each is valid and can be printed where it has a text form.

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::change::{
    DirSyncFlags, DirSyncRequestValue, DirSyncResponseValue, EntryChangeType, EntryChangeTypes, EntryChangeValue,
    PersistentSearchValue, SyncDoneValue, SyncInfoValue, SyncMode, SyncRequestValue, SyncState, SyncStateValue,
    SyncUuid,
};
use crate::ldif::{Change, ChangeRecord, Control, Modification, ModifyOperation, Record};
use crate::{
    Attribute, AttributeDescription, Dn, Entry, Filter, GeneralizedTime, LdapUrl, LdapUrlExtension, LdapUrlScheme,
    LdapUrlScope, OctetString, Rdn,
};

/// Types that many rules speak of; others are made of letters or numbers.
const TYPES: [&str; 10] =
    ["cn", "CN", "commonName", "2.5.4.3", "objectClass", "uid", "mail", "member", "userPassword", "createTimestamp"];

/// Deepest nesting of a filter; the grammar has a limit as well.
const DEPTH: usize = 6;

/// Makes up to `most` items.
pub(crate) fn several<'a, T>(
    u: &mut Unstructured<'a>,
    most: usize,
    mut item: impl FnMut(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| item(u)).collect()
}

/// Makes a word of up to 12 of these characters, the first of which is one of `first`.
pub(crate) fn word(u: &mut Unstructured<'_>, first: &[u8], more: &[u8]) -> Result<String> {
    let mut word = String::from(char::from(*u.choose(first)?));
    word.extend(several(u, 11, |u| u.choose(more).copied().map(char::from))?);
    Ok(word)
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const KEY: &[u8] = b"abcxyzABCXYZ0123456789-_";

pub(crate) fn numeric_oid(u: &mut Unstructured<'_>) -> Result<String> {
    let mut oid = u.int_in_range(0..=2)?.to_string();
    for arc in [0].into_iter().chain(several(u, 5, u32::arbitrary)?) {
        oid += &format!(".{arc}");
    }
    Ok(oid)
}

pub(crate) fn attribute_type(u: &mut Unstructured<'_>) -> Result<String> {
    match u.int_in_range(0..=3)? {
        0 | 1 => Ok((*u.choose(&TYPES)?).to_owned()),
        2 => word(u, LETTERS, KEY),
        _ => numeric_oid(u),
    }
}

/// Makes octets: text that touches the rules of escaping, other text, or what is no text at all.
fn value(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    const SPECIAL: [&str; 18] =
        [" ", ",", "+", "\"", "\\", "<", ">", ";", "=", "#", "(", ")", "*", "\0", "\n", "a", "Z", "ö"];
    Ok(match u.int_in_range(0..=3)? {
        0 => several(u, 8, |u| u.choose(&SPECIAL).copied())?.concat().into_bytes(),
        1 => several(u, 100, |u| u.choose(b"abcdefgh 0123456789").copied())?,
        2 => <&str>::arbitrary(u)?.as_bytes().to_vec(),
        _ => several(u, 24, u8::arbitrary)?,
    })
}

fn filled(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut value = value(u)?;
    if value.is_empty() {
        value.push(b'x');
    }
    Ok(value)
}

impl<'a> Arbitrary<'a> for AttributeDescription {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const OPTION: &[u8] = b"abcxyzABCXYZ0123456789-";
        let base = attribute_type(u)?;
        let options = several(u, 2, |u| word(u, OPTION, OPTION))?;
        let text = options.iter().fold(base, |text, option| text + ";" + option);
        text.parse().map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

/// Has a value at least.
impl<'a> Arbitrary<'a> for Attribute {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let description = u.arbitrary()?;
        let mut values = several(u, 3, value)?;
        values.push(value(u)?);
        Ok(Self::new(description, values))
    }
}

impl<'a> Arbitrary<'a> for Rdn {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let first = Self::new(&attribute_type(u)?, value(u)?).map_err(|_| arbitrary::Error::IncorrectFormat)?;
        let more = several(u, 2, |u| Ok((attribute_type(u)?, value(u)?)))?;
        // A type that stands in the component already is left out.
        Ok(more.iter().fold(first, |rdn, (attribute, value)| rdn.clone().with(attribute, value).unwrap_or(rdn)))
    }
}

impl<'a> Arbitrary<'a> for Dn {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(several(u, 5, Rdn::arbitrary)?))
    }
}

impl<'a> Arbitrary<'a> for Entry {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut entry = Self::new(u.arbitrary()?);
        for attribute in several(u, 5, Attribute::arbitrary)? {
            entry.push(attribute);
        }
        Ok(entry)
    }
}

impl<'a> Arbitrary<'a> for Filter {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        filter(u, DEPTH)
    }
}

fn filter(u: &mut Unstructured<'_>, depth: usize) -> Result<Filter> {
    let lists = if depth > 1 { 3 } else { 0 };
    Ok(match u.int_in_range(0..=6 + lists)? {
        0 => Filter::Equality { attribute: u.arbitrary()?, value: value(u)?.into() },
        1 => Filter::GreaterOrEqual { attribute: u.arbitrary()?, value: value(u)?.into() },
        2 => Filter::LessOrEqual { attribute: u.arbitrary()?, value: value(u)?.into() },
        3 => Filter::Approx { attribute: u.arbitrary()?, value: value(u)?.into() },
        4 => Filter::Present(u.arbitrary()?),
        5 => substrings(u)?,
        6 => extensible(u)?,
        7 => Filter::And(several(u, 3, |u| filter(u, depth - 1))?),
        8 => Filter::Or(several(u, 3, |u| filter(u, depth - 1))?),
        _ => filter(u, depth - 1)?.negated(),
    })
}

fn substrings(u: &mut Unstructured<'_>) -> Result<Filter> {
    let attribute = u.arbitrary()?;
    let any = several(u, 2, |u| filled(u).map(OctetString::from))?;
    let initial: Option<OctetString> = if u.arbitrary()? { Some(filled(u)?.into()) } else { None };
    let last = if u.arbitrary()? || initial.is_none() && any.is_empty() { Some(filled(u)?.into()) } else { None };
    Ok(Filter::Substrings { attribute, initial, any, last })
}

fn extensible(u: &mut Unstructured<'_>) -> Result<Filter> {
    // A rule that is called `dn` cannot be told from the mark.
    let rule = if u.arbitrary()? { Some(attribute_type(u)?) } else { None };
    let rule = rule.filter(|rule| !rule.eq_ignore_ascii_case("dn"));
    let attribute = if u.arbitrary()? || rule.is_none() { Some(u.arbitrary()?) } else { None };
    Ok(Filter::Extensible { rule, attribute, value: value(u)?.into(), dn_attributes: u.arbitrary()? })
}

impl<'a> Arbitrary<'a> for GeneralizedTime {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let seconds = u.int_in_range(-62_167_219_200..=253_402_300_799)?;
        let nanoseconds = if u.arbitrary()? { u.int_in_range(0..=999_999_999)? } else { 0 };
        Self::from_unix(seconds, nanoseconds).ok_or(arbitrary::Error::IncorrectFormat)
    }
}

impl<'a> Arbitrary<'a> for LdapUrl {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let schemes = [LdapUrlScheme::Ldap, LdapUrlScheme::Ldaps, LdapUrlScheme::Ldapi];
        let hosts =
            ["", "localhost", "dc1.contoso.lab", "192.0.2.1", "::1", "2001:db8::1", "/var/run/ldapi", "a b%", "ö"];
        let mut url = Self::new(*u.choose(&schemes)?, u.choose(&hosts)?, u.arbitrary()?);
        url.dn = u.arbitrary()?;
        url.attributes = several(u, 3, |u| match u.int_in_range(0..=3)? {
            0 => Ok("*".to_owned()),
            1 => Ok("+".to_owned()),
            _ => AttributeDescription::arbitrary(u).map(|found| found.to_string()),
        })?;
        url.scope = if u.arbitrary()? { Some(*u.choose(&LdapUrlScope::ALL)?) } else { None };
        url.filter = u.arbitrary()?;
        url.extensions = several(u, 2, |u| {
            let value = Option::<&str>::arbitrary(u)?.map(str::to_owned);
            Ok(LdapUrlExtension { is_critical: u.arbitrary()?, name: attribute_type(u)?, value })
        })?;
        Ok(url)
    }
}

/// Attributes each of which stands once and has values, and none of which would be read as another line of LDIF.
fn attributes(u: &mut Unstructured<'_>) -> Result<Vec<Attribute>> {
    let mut entry = Entry::new(Dn::root());
    for attribute in several(u, 4, Attribute::arbitrary)? {
        let name = attribute.description().as_str();
        if !["changetype", "control"].iter().any(|word| name.eq_ignore_ascii_case(word)) {
            entry.push(attribute);
        }
    }
    Ok(entry.into_parts().1)
}

impl<'a> Arbitrary<'a> for Record {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.arbitrary()? {
            true => Self::Change(u.arbitrary()?),
            false => Self::Content(Entry::with_attributes(u.arbitrary()?, attributes(u)?)),
        })
    }
}

impl<'a> Arbitrary<'a> for ChangeRecord {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { dn: u.arbitrary()?, controls: several(u, 2, Control::arbitrary)?, change: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for Change {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3)? {
            0 => Self::Add(attributes(u)?),
            1 => Self::Delete,
            2 => Self::Modify(several(u, 3, Modification::arbitrary)?),
            _ => Self::Rename { new_rdn: u.arbitrary()?, delete_old_rdn: u.arbitrary()?, new_superior: u.arbitrary()? },
        })
    }
}

impl<'a> Arbitrary<'a> for Modification {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        use ModifyOperation::{Add, Delete, Increment, Replace};
        let operation = *u.choose(&[Add, Delete, Increment, Replace])?;
        let mut attribute = Attribute::arbitrary(u)?;
        if matches!(operation, Delete | Replace) && u.arbitrary()? {
            attribute.values_mut().clear();
        }
        Ok(Self { operation, attribute })
    }
}

impl<'a> Arbitrary<'a> for Control {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let octets = if u.arbitrary()? { Some(value(u)?) } else { None };
        Ok(Self { oid: numeric_oid(u)?, critical: u.arbitrary()?, value: octets })
    }
}

fn cookie(u: &mut Unstructured<'_>) -> Result<Option<Vec<u8>>> {
    Ok(if u.arbitrary()? { Some(several(u, 24, u8::arbitrary)?) } else { None })
}

impl<'a> Arbitrary<'a> for SyncUuid {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.arbitrary().map(Self)
    }
}

impl<'a> Arbitrary<'a> for SyncRequestValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mode = *u.choose(&[SyncMode::RefreshOnly, SyncMode::RefreshAndPersist])?;
        Ok(Self { mode, cookie: cookie(u)?, reload_hint: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for SyncStateValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let state = *u.choose(&[SyncState::Present, SyncState::Add, SyncState::Modify, SyncState::Delete])?;
        Ok(Self { state, uuid: u.arbitrary()?, cookie: cookie(u)? })
    }
}

impl<'a> Arbitrary<'a> for SyncDoneValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { cookie: cookie(u)?, refresh_deletes: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for SyncInfoValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3)? {
            0 => Self::NewCookie(cookie(u)?.unwrap_or_default()),
            1 => Self::RefreshDelete { cookie: cookie(u)?, refresh_done: u.arbitrary()? },
            2 => Self::RefreshPresent { cookie: cookie(u)?, refresh_done: u.arbitrary()? },
            _ => {
                let (cookie, refresh_deletes) = (cookie(u)?, u.arbitrary()?);
                Self::IdSet { cookie, refresh_deletes, uuids: several(u, 3, SyncUuid::arbitrary)? }
            }
        })
    }
}

impl<'a> Arbitrary<'a> for DirSyncRequestValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let flags = DirSyncFlags::from_bits(u.arbitrary()?);
        Ok(Self { flags, max_octets: u.arbitrary()?, cookie: cookie(u)?.unwrap_or_default() })
    }
}

impl<'a> Arbitrary<'a> for DirSyncResponseValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { more_results: u.arbitrary()?, cookie: cookie(u)?.unwrap_or_default() })
    }
}

impl<'a> Arbitrary<'a> for PersistentSearchValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let change_types = EntryChangeTypes::from_bits(u.arbitrary()?);
        Ok(Self { change_types, changes_only: u.arbitrary()?, return_notifications: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for EntryChangeValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let change_type = *u.choose(&EntryChangeType::ALL)?;
        let previous_name = match u.int_in_range(0..=2)? {
            0 => None,
            1 => Some(Dn::arbitrary(u)?.to_string().into_bytes()),
            _ => Some(value(u)?),
        };
        Ok(Self { change_type, previous_name, change_number: u.arbitrary()? })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    fn check<T: for<'a> Arbitrary<'a> + FromStr<Err: Debug> + Display + Debug + PartialEq>(octets: &[u8]) {
        // Too few octets make a small value, never none.
        let made = T::arbitrary(&mut Unstructured::new(octets)).unwrap();
        let printed = made.to_string();
        assert_eq!(printed.parse::<T>().unwrap(), made, "{printed}");
    }

    proptest! {
        #[test]
        fn what_is_made_prints_and_parses(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
            check::<AttributeDescription>(&octets);
            check::<Dn>(&octets);
            check::<Filter>(&octets);
            check::<GeneralizedTime>(&octets);
            check::<LdapUrl>(&octets);
            check::<Rdn>(&octets);
        }

        #[test]
        fn records_that_are_made_are_written_and_read(octets in proptest::collection::vec(any::<u8>(), 0..800)) {
            let made = Record::arbitrary(&mut Unstructured::new(&octets)).unwrap();
            let mut writer = crate::ldif::Writer::new(Vec::new());
            writer.write(&made).unwrap();
            let text = writer.into_inner();
            let read: Vec<Record> = crate::ldif::Reader::new(&text[..]).collect::<std::result::Result<_, _>>().unwrap();
            prop_assert_eq!(read, vec![made]);
        }
    }
}
