#![cfg(test)]
//! Messages against octets that others wrote: RFC examples, other encoders, servers that bend the rules.

use provost_ldap_types::Filter;
use provost_ldap_wire::{
    Authentication, BindRequest, Control, DecodeErrorKind, Envelope, LdapResult, Message, Modification,
    ModifyOperation, ModifyRequest, Octets, Operation, PagedResults, PartialAttribute, ReadEntry, ResultCode, Scope,
    SearchRequest, decode_filter, encode_filter, oid,
};

/// Lets rasn-ldap write a request, reads it, writes it again, and compares the octets.
fn check_against_rasn(request: rasn_ldap::ProtocolOp, expected: Operation<'_>) {
    let octets = rasn::ber::encode(&rasn_ldap::LdapMessage::new(5, request.clone())).unwrap();
    let message = Message::decode(&octets).unwrap();
    assert_eq!(message.operation, expected);
    assert_eq!(message.encode(), octets);
    let read: rasn_ldap::LdapMessage = rasn::ber::decode(&message.encode()).unwrap();
    assert_eq!(read.protocol_op, request);
}

#[test]
fn rasn_ldap_and_we_write_the_same_requests() {
    check_against_rasn(
        rasn_ldap::ProtocolOp::BindRequest(rasn_ldap::BindRequest::new(
            3,
            "cn=admin".into(),
            rasn_ldap::AuthenticationChoice::Simple(b"secret".to_vec().into()),
        )),
        Operation::BindRequest(BindRequest {
            version: 3,
            name: "cn=admin".into(),
            authentication: Authentication::Simple("secret".into()),
        }),
    );
    check_against_rasn(
        rasn_ldap::ProtocolOp::SearchRequest(rasn_ldap::SearchRequest::new(
            "dc=lab".into(),
            rasn_ldap::SearchRequestScope::WholeSubtree,
            rasn_ldap::SearchRequestDerefAliases::NeverDerefAliases,
            0,
            0,
            false,
            rasn_ldap::Filter::Not(Box::new(rasn_ldap::Filter::Present("mail".into()))),
            vec!["*".into(), "+".into()],
        )),
        Operation::SearchRequest(SearchRequest::new(
            "dc=lab",
            Scope::Subtree,
            Filter::Not(Box::new(Filter::Present("mail".parse().unwrap()))),
            vec!["*".into(), "+".into()],
        )),
    );
    check_against_rasn(
        rasn_ldap::ProtocolOp::DelRequest(rasn_ldap::DelRequest("cn=x".into())),
        Operation::DeleteRequest("cn=x".into()),
    );
}

#[test]
fn rfc_4511_section_4_1_9_codes_of_no_list_are_kept() {
    let octets = Message::new(1, Operation::DeleteResponse(LdapResult::new(ResultCode(16_654), "would do"))).encode();
    let Operation::DeleteResponse(result) = Message::decode(&octets).unwrap().operation else { panic!() };
    assert_eq!(result.code, ResultCode::NO_OPERATION);
    let octets = Message::new(1, Operation::DeleteResponse(LdapResult::new(ResultCode(999_999), &[0xff]))).encode();
    let Operation::DeleteResponse(result) = Message::decode(&octets).unwrap().operation else { panic!() };
    assert_eq!((result.code.0, result.message.as_str()), (999_999, None));
    assert_eq!(result.code.to_string(), "999999");
}

#[test]
fn rfc_4511_section_4_trailing_unknown_elements_are_ignored() {
    // A search done with an unknown element behind the message text, and one behind the operation.
    let octets = [
        0x30, 0x12, 0x02, 0x01, 0x02, 0x65, 0x0b, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00, 0x8f, 0x02, 1, 2, 0x8e,
        0x00,
    ];
    let message = Message::decode(&octets).unwrap();
    assert_eq!(message.operation, Operation::SearchResultDone(LdapResult::success()));
}

#[test]
fn hostile_messages_are_errors() {
    let kind = |octets: &[u8]| Message::decode(octets).unwrap_err().kind();
    assert_eq!(kind(&[0x30, 0x00]), DecodeErrorKind::Missing("the number of the message"));
    assert_eq!(kind(&[]), DecodeErrorKind::Missing("an LDAP message"));
    assert_eq!(kind(&[0x30, 0x05, 0x02, 0x01, 0x01, 0x5f, 0x00]), DecodeErrorKind::Length);
    assert_eq!(kind(&[0x30, 0x05, 0x02, 0x01, 0x01, 0x5e, 0x00]), DecodeErrorKind::Operation);
    assert_eq!(Envelope::decode(&[0x30, 0x05, 0x02, 0x01, 0x09, 0x5e, 0x00]).unwrap(), Envelope { id: 9, tag: 0x5e });
    let error = Message::decode(&[0x30, 0x05, 0x02, 0x01, 0x01, 0x5e, 0x00]).unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.code()),
        ("expected an operation of RFC 4511 at octet 7", "wire-operation")
    );
}

#[test]
fn a_filter_of_too_many_levels_is_an_error() {
    let mut filter = Filter::Present("cn".parse().unwrap());
    for _ in 0..63 {
        filter = Filter::Not(Box::new(filter));
    }
    assert_eq!(decode_filter(&encode_filter(&filter)).unwrap(), filter);
    let deeper = encode_filter(&Filter::Not(Box::new(filter)));
    assert_eq!(decode_filter(&deeper).unwrap_err().kind(), DecodeErrorKind::FilterDepth);
}

#[test]
fn rfc_4511_section_4_5_1_substrings_have_an_order() {
    let parts = |parts: &[u8]| {
        let mut octets = vec![0xa4, u8::try_from(parts.len() + 6).unwrap(), 0x04, 0x02, b'c', b'n', 0x30];
        octets.push(u8::try_from(parts.len()).unwrap());
        octets.extend_from_slice(parts);
        decode_filter(&octets)
    };
    assert!(parts(&[0x80, 1, b'a', 0x81, 1, b'b', 0x82, 1, b'c']).is_ok());
    assert!(parts(&[0x81, 1, b'a', 0x80, 1, b'b']).is_err());
    assert!(parts(&[0x82, 1, b'a', 0x81, 1, b'b']).is_err());
    assert!(parts(&[0x80, 1, b'a', 0x80, 1, b'b']).is_err());
    assert!(parts(&[]).is_err());
    assert_eq!(parts(&[0x80, 0, 0x82, 0]).unwrap(), Filter::Present("cn".parse().unwrap()));
}

#[test]
fn values_of_a_modify_may_be_any_octets_and_are_not_shown() {
    let change = Modification::new(ModifyOperation::Replace, PartialAttribute::new("userPassword", [&[0_u8, 0xff]]));
    let request = ModifyRequest { name: "cn=x".into(), changes: vec![change] };
    let octets = Message::new(1, Operation::ModifyRequest(request)).encode();
    let message = Message::decode(&octets).unwrap();
    let Operation::ModifyRequest(request) = &message.operation else { panic!() };
    assert_eq!(request.changes[0].attribute.values, [Octets::from(&[0_u8, 0xff])]);
    assert!(!format!("{message:?}").contains("ff"));
    let bind =
        BindRequest { version: 3, name: "cn=x".into(), authentication: Authentication::Simple("Zq8!pass".into()) };
    assert!(!format!("{bind:?}").contains("Zq8"));
}

#[test]
fn rfc_2696_page_as_openldap_sends_it() {
    let control = Control::new(oid::PAGED_RESULTS, Some(vec![0x30, 0x07, 2, 1, 0, 4, 2, 0xab, 0xcd]));
    let page = PagedResults::decode(&control).unwrap();
    assert_eq!((page.size, page.cookie), (0, vec![0xab, 0xcd]));
    let negative = Control::new(oid::PAGED_RESULTS, Some(vec![0x30, 0x05, 2, 1, 0xff, 4, 0]));
    assert!(PagedResults::decode(&negative).is_err());
    assert!(PagedResults::decode(&Control::new(oid::PAGED_RESULTS, None)).is_err());
}

/// RFC 4527 section 3.2: the value is a SearchResultEntry, whose tag is that of its operation. As slapd sends it.
#[test]
fn a_post_read_answer_of_slapd() {
    let value =
        b"\x64\x40\x04\x21cn=t1,ou=people,dc=contoso,dc=lab\x30\x1b\x30\x19\x04\x0bdescription\x31\x0a\x04\x08postread";
    let control = Control::new(oid::POST_READ, Some(value.to_vec()));
    let entry = ReadEntry::Post.decode_response(&control).unwrap();
    assert_eq!(entry.name, "cn=t1,ou=people,dc=contoso,dc=lab");
    assert_eq!(entry.attributes, [PartialAttribute::new("description", ["postread"])]);
    assert_eq!(ReadEntry::Post.response(&entry), control);
}

#[test]
fn rfc_4527_request_is_a_plain_selection() {
    let control = ReadEntry::Post.request(&["entryUUID"]);
    assert_eq!(control.oid, "1.3.6.1.1.13.2");
    assert_eq!(control.value.as_deref(), Some(b"\x30\x0b\x04\x09entryUUID".as_slice()));
    assert_eq!(ReadEntry::Post.decode_request(&control).unwrap(), ["entryUUID"]);
}
