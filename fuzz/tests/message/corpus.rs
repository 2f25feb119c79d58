//! Valid messages of both sides.

use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, BindResponse, Control, LdapResult, Message, Modification, ModifyDnRequest,
    ModifyOperation, ModifyRequest, Operation, PartialAttribute, ResultCode, Scope, SearchRequest, SearchResultEntry,
    oid,
};

const DN: &str = "cn=bsimon,dc=contoso,dc=lab";

pub(crate) fn messages() -> Vec<Vec<u8>> {
    let filter = "(&(objectClass=person)(|(cn=a*b*c)(!(uid>=1)))(cn:dn:2.5.13.2:=x))".parse().expect("a filter");
    let attributes =
        || vec![PartialAttribute::new("cn", ["bsimon", "B.Simon"]), PartialAttribute::new("sn", ["Simon"])];
    let modification = Modification::new(ModifyOperation::Replace, attributes().remove(0));
    let bind = Authentication::Simple("secret".into());
    let result = || LdapResult::new(ResultCode::NO_SUCH_OBJECT, "it is not there");
    let operations = [
        Operation::BindRequest(BindRequest { version: 3, name: DN.into(), authentication: bind }),
        Operation::BindResponse(BindResponse { result: result(), server_credentials: None }),
        Operation::SearchRequest(SearchRequest::new(DN, Scope::Subtree, filter, vec!["cn".into(), "+".into()])),
        Operation::SearchResultEntry(SearchResultEntry { name: DN.into(), attributes: attributes() }),
        Operation::SearchResultDone(result()),
        Operation::SearchResultReference(vec!["ldap://a/".into(), "ldap://b/".into()]),
        Operation::AddRequest(AddRequest { name: DN.into(), attributes: attributes() }),
        Operation::ModifyRequest(ModifyRequest { name: DN.into(), changes: vec![modification] }),
        Operation::ModifyDnRequest(ModifyDnRequest {
            name: DN.into(),
            new_rdn: "cn=b".into(),
            delete_old_rdn: true,
            new_superior: Some("dc=lab".into()),
        }),
        Operation::DeleteRequest(DN.into()),
        Operation::Abandon(5),
        Operation::Unbind,
    ];
    let control = Control::new(oid::PAGED_RESULTS, Some(vec![0x30, 0])).critical();
    let messages = operations.into_iter().zip(1..).map(|(operation, id)| Message::new(id, operation));
    messages.map(|message| message.with_control(control.clone()).encode()).collect()
}
