//! What is printed parses to an equal value, and any input gives a value or an error within it.
#![cfg(test)]

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::BufReader;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use provost_ldap_types::ldif::{
    Change, ChangeRecord, Control, Modification, ModifyOperation, Reader, Record, Writer, read_attributes,
    read_modifications,
};
use provost_ldap_types::{
    Attribute, AttributeDescription, BuiltInRules, Dn, Entry, Filter, LdapUrl, LdapUrlExtension, LdapUrlScheme,
    LdapUrlScope, OctetString, Rdn, Truth,
};

/// Text that touches every rule of escaping, and octets that are no text.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[ ,+\"\\\\<>;=#()*a-c\\x00\\n]{0,8}".prop_map(String::into_bytes),
        "\\PC{0,12}".prop_map(String::into_bytes),
        "[ -~]{0,120}".prop_map(String::into_bytes),
        any::<Vec<u8>>(),
    ]
}

fn attribute_type() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z][a-zA-Z0-9_-]{0,30}",
        "[0-2](\\.(0|[1-9][0-9]{0,5})){1,9}",
        select(&["CN", "commonName", "2.5.4.3"][..]).prop_map(str::to_owned)
    ]
}

fn description() -> impl Strategy<Value = AttributeDescription> {
    (attribute_type(), vec("[a-zA-Z0-9-]{1,4}", 0..3))
        .prop_map(|(base, options)| options.iter().fold(base, |text, option| text + ";" + option).parse().unwrap())
}

fn rdn() -> impl Strategy<Value = Rdn> {
    let first = (attribute_type(), value()).prop_map(|(attribute, value)| Rdn::new(&attribute, value).unwrap());
    (first, vec((attribute_type(), value()), 0..3)).prop_map(|(first, more)| {
        // A type that stands in the component already is left out.
        more.iter().fold(first, |rdn, (attribute, value)| rdn.clone().with(attribute, value).unwrap_or(rdn))
    })
}

fn dn() -> impl Strategy<Value = Dn> {
    vec(rdn(), 0..5).prop_map(Dn::new)
}

fn filter() -> impl Strategy<Value = Filter> {
    let value = || value().prop_map(OctetString::from);
    let part = || value().prop_filter("a part is not empty", |value| !value.is_empty());
    let parts = (proptest::option::of(part()), vec(part(), 0..3), proptest::option::of(part()));
    let substrings =
        (description(), parts).prop_map(|(attribute, (initial, any, last))| match (&initial, &any[..], &last) {
            (None, [], None) => Filter::Present(attribute),
            _ => Filter::Substrings { attribute, initial, any, last },
        });
    let extensible = (proptest::option::of(attribute_type()), description(), any::<bool>(), value(), any::<bool>())
        .prop_map(|(rule, attribute, has_attribute, value, dn_attributes)| {
            let attribute = (has_attribute || rule.is_none()).then_some(attribute);
            let rule = rule.filter(|rule| !rule.eq_ignore_ascii_case("dn"));
            let attribute = attribute.or_else(|| rule.is_none().then(|| "cn".parse().unwrap()));
            Filter::Extensible { rule, attribute, value, dn_attributes }
        });
    let item = prop_oneof![
        (description(), value()).prop_map(|(attribute, value)| Filter::Equality { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::GreaterOrEqual { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::LessOrEqual { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::Approx { attribute, value }),
        description().prop_map(Filter::Present),
        substrings,
        extensible,
    ];
    item.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::And),
            vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(Filter::negated),
        ]
    })
}

/// Joins pieces that lead far into a grammar in many orders.
fn pieces(pieces: &'static [&'static str], glue: &'static str) -> impl Strategy<Value = String> {
    vec(select(pieces), 0..16).prop_map(move |pieces| pieces.join(glue))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn url() -> impl Strategy<Value = LdapUrl> {
    let scheme = select(&[LdapUrlScheme::Ldap, LdapUrlScheme::Ldaps, LdapUrlScheme::Ldapi][..]);
    let host = prop_oneof![Just(String::new()), "[a-z0-9.-]{1,12}", "\\PC{0,6}", Just("2001:db8::1".to_owned())];
    let server = (scheme, host, proptest::option::of(any::<u16>()));
    let scopes = [LdapUrlScope::Base, LdapUrlScope::One, LdapUrlScope::Sub, LdapUrlScope::Subordinate];
    let attribute = prop_oneof![description().prop_map(|found| found.to_string()), Just("*".to_owned())];
    let extension = (any::<bool>(), attribute_type(), proptest::option::of("\\PC{0,8}"));
    let extension = extension.prop_map(|(is_critical, name, value)| LdapUrlExtension { is_critical, name, value });
    let query = (vec(attribute, 0..3), proptest::option::of(select(scopes.to_vec())));
    let tail = (proptest::option::of(filter()), vec(extension, 0..3));
    (server, dn(), query, tail).prop_map(|((scheme, host, port), dn, (attributes, scope), (filter, extensions))| {
        let mut url = LdapUrl::new(scheme, &host, port);
        (url.dn, url.attributes, url.scope, url.filter, url.extensions) = (dn, attributes, scope, filter, extensions);
        url
    })
}

proptest! {
    #[test]
    fn a_url_prints_to_text_that_parses_to_an_equal_url(url in url()) {
        let printed = url.to_string();
        prop_assert!(printed.is_ascii());
        prop_assert_eq!(printed.parse::<LdapUrl>(), Ok(url), "{}", printed);
    }

    #[test]
    fn any_text_gives_a_url_or_a_span_within_it(text in "(ldap://)?[a-z%0-9\\[\\]:/?,!=()öA-F#@ ]{0,40}") {
        match text.parse::<LdapUrl>() {
            Ok(url) => prop_assert_eq!(url.to_string().parse::<LdapUrl>(), Ok(url)),
            Err(error) => prop_assert!(error.span().slice(&text).is_some(), "{:?}", error),
        }
    }

    #[test]
    fn a_printed_name_parses_to_an_equal_one(dn in dn()) {
        let printed = dn.to_string();
        let parsed: Dn = printed.parse().unwrap();
        prop_assert_eq!(parsed.to_string(), printed);
        prop_assert_eq!(hash(&parsed), hash(&dn));
        for (left, right) in parsed.rdns().iter().zip(dn.rdns()) {
            for (left, right) in left.attributes().iter().zip(right.attributes()) {
                prop_assert_eq!(left.attribute(), right.attribute());
                prop_assert_eq!(left.value(), right.value());
            }
        }
        prop_assert_eq!(&dn.normalized().parse::<Dn>().unwrap(), &dn);
        prop_assert_eq!(parsed, dn);
    }

    #[test]
    fn equality_order_hash_and_key_of_names_agree(
        a in pieces(&["cn=A", "CN=a", "2.5.4.3=a ", "cn= a", "cn=\\ a", "sn=A", "uid=b+cn=a", "cn=A+UID=B", "cn=#0c0161",
            "cn=#020161", "cn=ﬁ", "cn=FI", "cn=", "cn=\\FF"], ","),
        b in pieces(&["cn=A", "CN=a", "2.5.4.3=a ", "cn= a", "cn=\\ a", "sn=A", "uid=b+cn=a", "cn=A+UID=B", "cn=#0c0161",
            "cn=#020161", "cn=ﬁ", "cn=FI", "cn=", "cn=\\FF"], ","),
    ) {
        let take = |text: &str| Dn::new(text.parse::<Dn>().unwrap().rdns().iter().take(2).cloned().collect());
        let (a, b) = (take(&a), take(&b));
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        prop_assert_eq!(a == b, a.normalized() == b.normalized());
        prop_assert!(a != b || hash(&a) == hash(&b));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    }

    #[test]
    fn any_text_is_a_name_or_an_error_within_it(
        text in prop_oneof![
            any::<String>(),
            pieces(&["cn", "=", ",", "+", "a", "ä", " ", "\\", "\\41", "\\,", "#", "04", "2.5.4.3", "<", "\"", ";"], ""),
        ],
    ) {
        match text.parse::<Dn>() {
            Ok(dn) => prop_assert_eq!(dn.to_string().parse::<Dn>().unwrap(), dn),
            Err(error) => prop_assert!(error.span().slice(&text).is_some()),
        }
    }

    #[test]
    fn a_child_lies_below_its_parent_and_a_value_never_makes_another_component(dn in dn(), value in value()) {
        let child: Dn = dn.child(Rdn::new("cn", &value).unwrap()).to_string().parse().unwrap();
        prop_assert_eq!(child.depth_below(&dn), Some(1));
        prop_assert_eq!(child.rdn().unwrap().value("cn"), Some(&value[..]));
        prop_assert_eq!(child.rebased(&dn, &Dn::root()).unwrap().len(), 1);
        prop_assert_eq!(child.parent().unwrap(), dn);
    }

    #[test]
    fn a_printed_filter_parses_to_an_equal_one(filter in filter()) {
        let printed = filter.to_string();
        prop_assert_eq!(&printed.parse::<Filter>().unwrap(), &filter);
        prop_assert_eq!(&printed.parse::<Filter>().unwrap().to_string(), &printed);
        prop_assert!(printed.chars().all(|c| !c.is_ascii_control()));
    }

    #[test]
    fn any_text_is_a_filter_or_an_error_within_it(
        text in prop_oneof![
            any::<String>(),
            pieces(&["(", ")", "&", "|", "!", "cn", "=", ">=", "~=", ":", ":dn", ":=", "*", "a", "ä", "\\", "\\2a", ";x", " "], ""),
            pieces(&["(", ")", "(&", "(|", "(!", "(cn=a)", "(cn=*)", "(cn=a*b)"], ""),
        ],
    ) {
        match text.parse::<Filter>() {
            Ok(filter) => prop_assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter),
            Err(error) => prop_assert!(error.span().slice(&text).is_some()),
        }
    }

    #[test]
    fn an_equality_filter_finds_its_value_whatever_it_is(value in value(), other in value()) {
        let mut entry = Entry::new(Dn::root());
        entry.push(Attribute::of("cn", [&value]).unwrap());
        let filter: Filter = Filter::equals("cn", &value).unwrap().to_string().parse().unwrap();
        prop_assert_eq!(filter.evaluate(&entry, &BuiltInRules), Truth::True);
        let filter = Filter::equals("cn", &other).unwrap();
        prop_assert_eq!(!filter.evaluate(&entry, &BuiltInRules), filter.negated().evaluate(&entry, &BuiltInRules));
    }

    #[test]
    fn a_printed_attribute_description_parses_to_an_equal_one(a in description(), b in description()) {
        prop_assert_eq!(&a.to_string().parse::<AttributeDescription>().unwrap(), &a);
        prop_assert_eq!(&a.to_string().to_uppercase().parse::<AttributeDescription>().unwrap(), &a);
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        prop_assert!(a != b || hash(&a) == hash(&b));
    }

    #[test]
    fn any_text_is_an_attribute_description_or_an_error_within_it(
        text in prop_oneof![any::<String>(), pieces(&["cn", ";", "a", "-", "_", "1", ".", "=", "*", "ä"], "")],
    ) {
        match text.parse::<AttributeDescription>() {
            Ok(description) => prop_assert_eq!(description.to_string(), text),
            Err(error) => prop_assert!(error.span().slice(&text).is_some()),
        }
    }
}

fn attribute(values: std::ops::Range<usize>) -> impl Strategy<Value = Attribute> {
    (description(), vec(value(), values)).prop_map(|(description, values)| Attribute::new(description, values))
}

fn attributes() -> impl Strategy<Value = Vec<Attribute>> {
    vec(attribute(1..3), 0..5).prop_map(|attributes| {
        let mut entry = Entry::new(Dn::root());
        attributes.into_iter().for_each(|attribute| entry.push(attribute));
        entry.into_parts().1
    })
}

fn modification() -> impl Strategy<Value = Modification> {
    use ModifyOperation::{Add, Delete, Increment, Replace};
    let with_values = (prop_oneof![Just(Add), Just(Increment)], attribute(1..3));
    let maybe_without = (prop_oneof![Just(Delete), Just(Replace)], attribute(0..3));
    prop_oneof![with_values, maybe_without].prop_map(|(operation, attribute)| Modification { operation, attribute })
}

fn record() -> impl Strategy<Value = Record> {
    let rename =
        ("[ -~]{0,9}", any::<bool>(), proptest::option::of(dn())).prop_map(|(value, delete_old_rdn, parent)| {
            Change::Rename { new_rdn: Rdn::new("cn", value).unwrap(), delete_old_rdn, new_superior: parent }
        });
    let change = prop_oneof![
        attributes().prop_map(Change::Add),
        Just(Change::Delete),
        vec(modification(), 0..4).prop_map(Change::Modify),
        rename,
    ];
    let control = ("[0-2](\\.[0-9]{1,3}){1,3}", any::<bool>(), any::<Option<Vec<u8>>>());
    let control = control.prop_map(|(oid, critical, value)| Control { oid, critical, value });
    let change = (dn(), vec(control, 0..2), change);
    prop_oneof![
        (dn(), attributes()).prop_map(|(dn, attributes)| Record::Content(Entry::with_attributes(dn, attributes))),
        change.prop_map(|(dn, controls, change)| Record::Change(ChangeRecord { dn, controls, change })),
    ]
}

/// Lines that lead far into the grammar in many orders.
const LINES: [&str; 18] = [
    "",
    "dn: cn=a",
    "dn:: Y249YQ==",
    "dn:",
    "version: 1",
    "changetype: modify",
    "changetype: moddn",
    "changetype: add",
    "add: a",
    "delete: a",
    "a: b",
    "a:: YQ==",
    "a:< b",
    "-",
    " x",
    "#",
    "newrdn: a=b",
    "control: 1.2 true: x",
];

proptest! {
    #[test]
    fn written_records_are_read_again(records in vec(record(), 0..4), folded: bool, capacity in 1usize..100) {
        let mut writer = Writer::new(Vec::new());
        if !folded {
            writer = writer.without_folding();
        }
        writer.write_version().unwrap();
        records.iter().for_each(|record| writer.write(record).unwrap());
        let text = writer.into_inner();
        prop_assert!(text.is_ascii());
        let read: Vec<_> = Reader::new(BufReader::with_capacity(capacity, &text[..])).map(Result::unwrap).collect();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn any_octets_give_records_or_errors_within_them(
        text in prop_oneof![
            any::<Vec<u8>>(),
            vec(select(LINES.as_slice()), 0..20).prop_map(|lines| lines.join("\n").into_bytes()),
        ],
    ) {
        let lines = text.iter().filter(|octet| **octet == b'\n').count() as u64 + 1;
        let _ = (read_attributes(&text), read_modifications(&text));
        for record in Reader::new(&text[..]) {
            if let Err(error) = record {
                prop_assert!((1..=lines).contains(&error.line()));
            }
        }
    }
}
