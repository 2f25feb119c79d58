#![cfg(test)]
//! Every message that can be written is read back equal; no octets make a reader panic.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use provost_ldap_types::change::{
    DirSyncFlags, DirSyncRequestValue, DirSyncResponseValue, EntryChangeType, EntryChangeTypes, EntryChangeValue,
    PersistentSearchValue, SyncDoneValue, SyncInfoValue, SyncMode, SyncRequestValue, SyncState, SyncStateValue,
    SyncUuid,
};
use provost_ldap_types::{AttributeDescription, Filter, OctetString};
use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, BindResponse, CompareRequest, Control, Criticality, DerefAliases,
    Envelope, ExtendedRequest, ExtendedResponse, FrameLimits, IntermediateResponse, LdapResult, Message, Modification,
    ModifyDnRequest, ModifyOperation, ModifyRequest, Octets, Operation, PagedResults, PartialAttribute, PasswordModify,
    ReadEntry, ResultCode, Scope, SearchRequest, SearchResultEntry, change_log_cookie, change_log_cookie_request,
    decode_change_log_cookie, decode_dir_sync_request, decode_dir_sync_response, decode_entry_change_notification,
    decode_filter, decode_persistent_search, decode_sync_done, decode_sync_info, decode_sync_request,
    decode_sync_state, dir_sync_request, dir_sync_response, encode_filter, encode_sync_info, entry_change_notification,
    frame, persistent_search, sync_done, sync_request, sync_state,
};

fn octets() -> impl Strategy<Value = Octets<'static>> {
    vec(any::<u8>(), 0..12).prop_map(Octets::from)
}

fn attribute() -> impl Strategy<Value = PartialAttribute<'static>> {
    (octets(), vec(octets(), 0..4)).prop_map(|(name, values)| PartialAttribute::new(name, values))
}

fn description() -> impl Strategy<Value = AttributeDescription> {
    "[a-z][a-z0-9-]{0,6}(;[a-z][a-z0-9-]{0,3})?".prop_map(|text| text.parse().unwrap())
}

fn filter() -> impl Strategy<Value = Filter> {
    let value = || vec(any::<u8>(), 0..8).prop_map(OctetString::from);
    let part = || vec(any::<u8>(), 1..8).prop_map(OctetString::from);
    let leaf = prop_oneof![
        (description(), value()).prop_map(|(attribute, value)| Filter::Equality { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::GreaterOrEqual { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::LessOrEqual { attribute, value }),
        (description(), value()).prop_map(|(attribute, value)| Filter::Approx { attribute, value }),
        description().prop_map(Filter::Present),
        (description(), option::of(part()), vec(part(), 0..3), option::of(part()))
            .prop_filter("a part at least", |(_, initial, any, last)| initial.is_some()
                || !any.is_empty()
                || last.is_some())
            .prop_map(|(attribute, initial, any, last)| Filter::Substrings { attribute, initial, any, last }),
        (option::of("[a-z]{1,8}"), description(), value(), any::<bool>()).prop_map(
            |(rule, attribute, value, dn_attributes)| Filter::Extensible {
                rule,
                attribute: Some(attribute),
                value,
                dn_attributes
            }
        ),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::And),
            vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|term| Filter::Not(Box::new(term))),
        ]
    })
}

fn result() -> impl Strategy<Value = LdapResult<'static>> {
    (any::<i32>(), octets(), octets(), vec(octets(), 0..3)).prop_map(|(code, matched_dn, message, referrals)| {
        LdapResult { code: ResultCode(code), matched_dn, message, referrals }
    })
}

fn search() -> impl Strategy<Value = SearchRequest<'static>> {
    let scope = prop_oneof![Just(Scope::Base), Just(Scope::One), Just(Scope::Subtree), Just(Scope::Subordinates)];
    let aliases = prop_oneof![
        Just(DerefAliases::Never),
        Just(DerefAliases::InSearching),
        Just(DerefAliases::FindingBase),
        Just(DerefAliases::Always),
    ];
    (octets(), scope, aliases, any::<i32>(), any::<i32>(), any::<bool>(), filter(), vec(octets(), 0..4)).prop_map(
        |(base, scope, deref_aliases, size_limit, time_limit, types_only, filter, attributes)| SearchRequest {
            base,
            scope,
            deref_aliases,
            size_limit,
            time_limit,
            types_only,
            filter,
            attributes,
        },
    )
}

fn operation() -> impl Strategy<Value = Operation<'static>> {
    let authentication = prop_oneof![
        octets().prop_map(Authentication::Simple),
        (octets(), option::of(octets()))
            .prop_map(|(mechanism, credentials)| Authentication::Sasl { mechanism, credentials }),
    ];
    let kind = prop_oneof![
        Just(ModifyOperation::Add),
        Just(ModifyOperation::Delete),
        Just(ModifyOperation::Replace),
        Just(ModifyOperation::Increment),
    ];
    let requests =
        prop_oneof![
            any::<i32>().prop_map(Operation::Abandon),
            Just(Operation::Unbind),
            (any::<i32>(), octets(), authentication).prop_map(|(version, name, authentication)| {
                Operation::BindRequest(BindRequest { version, name, authentication })
            }),
            search().prop_map(Operation::SearchRequest),
            (octets(), vec(attribute(), 0..4))
                .prop_map(|(name, attributes)| Operation::AddRequest(AddRequest { name, attributes })),
            (octets(), vec((kind, attribute()), 0..4)).prop_map(|(name, changes)| {
                let changes = changes.into_iter().map(|(kind, attribute)| Modification::new(kind, attribute)).collect();
                Operation::ModifyRequest(ModifyRequest { name, changes })
            }),
            (octets(), octets(), any::<bool>(), option::of(octets())).prop_map(
                |(name, new_rdn, delete_old_rdn, new_superior)| {
                    Operation::ModifyDnRequest(ModifyDnRequest { name, new_rdn, delete_old_rdn, new_superior })
                }
            ),
            octets().prop_map(Operation::DeleteRequest),
            (octets(), octets(), octets()).prop_map(|(name, attribute, value)| Operation::CompareRequest(
                CompareRequest { name, attribute, value }
            )),
            (octets(), option::of(octets()))
                .prop_map(|(name, value)| Operation::ExtendedRequest(ExtendedRequest { name, value })),
        ];
    let answers = prop_oneof![
        result().prop_map(Operation::AddResponse),
        result().prop_map(Operation::CompareResponse),
        result().prop_map(Operation::DeleteResponse),
        result().prop_map(Operation::ModifyResponse),
        result().prop_map(Operation::ModifyDnResponse),
        result().prop_map(Operation::SearchResultDone),
        (result(), option::of(octets())).prop_map(|(result, server_credentials)| {
            Operation::BindResponse(BindResponse { result, server_credentials })
        }),
        (octets(), vec(attribute(), 0..4))
            .prop_map(|(name, attributes)| { Operation::SearchResultEntry(SearchResultEntry { name, attributes }) }),
        vec(octets(), 0..3).prop_map(Operation::SearchResultReference),
        (result(), option::of(octets()), option::of(octets())).prop_map(|(result, name, value)| {
            Operation::ExtendedResponse(ExtendedResponse { result, name, value })
        }),
        (option::of(octets()), option::of(octets()))
            .prop_map(|(name, value)| { Operation::IntermediateResponse(IntermediateResponse { name, value }) }),
    ];
    prop_oneof![requests, answers]
}

fn control() -> impl Strategy<Value = Control> {
    ("[0-9](\\.[0-9]{1,4}){1,4}", any::<bool>(), option::of(vec(any::<u8>(), 0..8))).prop_map(
        |(oid, critical, value)| Control {
            oid,
            criticality: if critical { Criticality::Critical } else { Criticality::Optional },
            value,
        },
    )
}

fn cookie() -> impl Strategy<Value = Option<Vec<u8>>> {
    proptest::option::of(any::<Vec<u8>>())
}

fn sync_state_of_entry() -> impl Strategy<Value = SyncState> {
    prop::sample::select(vec![SyncState::Present, SyncState::Add, SyncState::Modify, SyncState::Delete])
}

fn sync_info() -> impl Strategy<Value = SyncInfoValue> {
    let uuids = vec(any::<[u8; 16]>().prop_map(SyncUuid), 0..4);
    prop_oneof![
        any::<Vec<u8>>().prop_map(SyncInfoValue::NewCookie),
        (cookie(), any::<bool>())
            .prop_map(|(cookie, refresh_done)| SyncInfoValue::RefreshDelete { cookie, refresh_done }),
        (cookie(), any::<bool>())
            .prop_map(|(cookie, refresh_done)| SyncInfoValue::RefreshPresent { cookie, refresh_done }),
        (cookie(), any::<bool>(), uuids).prop_map(|(cookie, refresh_deletes, uuids)| SyncInfoValue::IdSet {
            cookie,
            refresh_deletes,
            uuids
        }),
    ]
}

proptest! {
    #[test]
    fn a_sync_info_value_is_read_back_equal(value in sync_info()) {
        prop_assert_eq!(decode_sync_info(&encode_sync_info(&value)), Ok(value));
    }

    #[test]
    fn a_sync_control_is_read_back_equal(
        (state, uuid) in (sync_state_of_entry(), any::<[u8; 16]>()),
        (cookie, flag) in (cookie(), any::<bool>()),
        persist in any::<bool>(),
    ) {
        let value = SyncStateValue { state, uuid: SyncUuid(uuid), cookie: cookie.clone() };
        prop_assert_eq!(decode_sync_state(&sync_state(&value)), Ok(value));
        let value = SyncDoneValue { cookie: cookie.clone(), refresh_deletes: flag };
        prop_assert_eq!(decode_sync_done(&sync_done(&value)), Ok(value));
        let mode = if persist { SyncMode::RefreshAndPersist } else { SyncMode::RefreshOnly };
        let value = SyncRequestValue { mode, cookie, reload_hint: flag };
        prop_assert_eq!(decode_sync_request(&sync_request(&value)), Ok(value));
    }

    #[test]
    fn a_value_that_tells_of_changes_is_read_back_equal(
        (bits, number, more) in (any::<u32>(), any::<u32>(), any::<bool>()),
        (cookie, change_number) in (vec(any::<u8>(), 0..20), option::of(any::<i64>())),
        (kind, is_named) in (select(&EntryChangeType::ALL[..]), any::<bool>()),
    ) {
        let value = DirSyncRequestValue {
            flags: DirSyncFlags::from_bits(bits),
            max_octets: number,
            cookie: cookie.clone(),
        };
        prop_assert_eq!(decode_dir_sync_request(&dir_sync_request(&value)), Ok(value));
        let value = DirSyncResponseValue { more_results: more, cookie: cookie.clone() };
        prop_assert_eq!(decode_dir_sync_response(&dir_sync_response(&value)), Ok(value));
        let value = PersistentSearchValue {
            change_types: EntryChangeTypes::from_bits(bits),
            changes_only: more,
            return_notifications: is_named,
        };
        prop_assert_eq!(decode_persistent_search(&persistent_search(&value)), Ok(value));
        let previous_name = is_named.then(|| cookie.clone());
        let value = EntryChangeValue { change_type: kind, previous_name, change_number };
        prop_assert_eq!(decode_entry_change_notification(&entry_change_notification(&value)), Ok(value));
        prop_assert_eq!(decode_change_log_cookie(&change_log_cookie(&cookie)), Ok(cookie.clone()));
        prop_assert_eq!(decode_change_log_cookie(&change_log_cookie_request(&cookie)), Ok(cookie));
    }

    #[test]
    fn any_sync_value_is_read_or_refused(octets in any::<Vec<u8>>(), value in sync_info(), at in any::<prop::sample::Index>()) {
        let mut valid = encode_sync_info(&value);
        let at = at.index(valid.len());
        valid[at] ^= octets.first().copied().unwrap_or(1);
        for octets in [octets, valid] {
            if let Ok(read) = decode_sync_info(&octets) {
                prop_assert_eq!(decode_sync_info(&encode_sync_info(&read)), Ok(read));
            }
        }
    }

    #[test]
    fn a_message_is_read_back_equal(id in any::<i32>(), operation in operation(), controls in vec(control(), 0..3)) {
        let message = Message { id, operation, controls };
        let octets = message.encode();
        prop_assert_eq!(frame(&octets, &FrameLimits::default()), Ok(Some(octets.len())));
        prop_assert_eq!(Message::decode(&octets).unwrap(), message);
        prop_assert_eq!(Envelope::decode(&octets).unwrap().id, id);
    }

    #[test]
    fn a_cut_or_changed_message_never_panics(
        operation in operation(),
        at in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let mut octets = Message::new(1, operation).encode();
        let at = at.index(octets.len());
        let _ = Message::decode(&octets[..at]);
        octets[at] = octet;
        let _ = frame(&octets, &FrameLimits::default());
        let _ = Message::decode(&octets);
        let _ = Envelope::decode(&octets);
    }

    #[test]
    fn arbitrary_octets_never_panic(octets in vec(any::<u8>(), 0..120), tag in 0x42_u8..0x7a) {
        let _ = Message::decode(&octets);
        let _ = decode_filter(&octets);
        let mut message = vec![0x30, u8::try_from(octets.len() + 5).unwrap(), 2, 1, 1, tag, u8::try_from(octets.len()).unwrap()];
        message.extend_from_slice(&octets);
        if let Ok(read) = Message::decode(&message) {
            // What was understood is written and understood again as the same.
            let written = read.encode();
            prop_assert_eq!(Message::decode(&written).unwrap(), read);
        }
    }

    #[test]
    fn a_filter_is_read_back_equal(filter in filter()) {
        prop_assert_eq!(decode_filter(&encode_filter(&filter)).unwrap(), filter);
    }

    #[test]
    fn values_of_controls_never_panic(octets in vec(any::<u8>(), 0..40)) {
        let control = Control::new("1.2", Some(octets.clone()));
        let _ = PagedResults::decode(&control);
        let _ = ReadEntry::Post.decode_request(&control);
        let _ = ReadEntry::Post.decode_response(&control);
        let _ = PasswordModify::decode(Some(&octets));
    }

    #[test]
    fn values_of_controls_are_read_back_equal(
        size in any::<u32>(),
        cookie in vec(any::<u8>(), 0..20),
        user in option::of(vec(any::<u8>(), 0..9)),
        name in octets(),
        attributes in vec(attribute(), 0..3),
    ) {
        let page = PagedResults::new(size, cookie.clone());
        prop_assert_eq!(PagedResults::decode(&page.control()).unwrap(), page);
        let change = PasswordModify::new(user, None, Some(cookie));
        prop_assert_eq!(PasswordModify::decode(Some(&change.encode())).unwrap(), change);
        let entry = SearchResultEntry { name, attributes };
        let control = ReadEntry::Pre.response(&entry);
        prop_assert_eq!(ReadEntry::Pre.decode_response(&control).unwrap(), entry);
    }
}
