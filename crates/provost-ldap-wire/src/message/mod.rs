//! The messages of RFC 4511 section 4, in both directions.

mod decode;
mod encode;
mod request;
mod response;

use std::fmt;

pub(crate) use decode::read_entry_value;
pub use request::{
    AddRequest, Authentication, BindRequest, CompareRequest, DerefAliases, ExtendedRequest, Modification,
    ModifyDnRequest, ModifyOperation, ModifyRequest, Scope, SearchRequest,
};
pub use response::{BindResponse, ExtendedResponse, IntermediateResponse, LdapResult, SearchResultEntry};

use crate::{Control, Octets};

/// One message: who asked, what, and with which controls.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message<'a> {
    /// Number that ties an answer to its request; 0 in a notice that nobody asked for.
    pub id: i32,
    /// The request or the answer.
    pub operation: Operation<'a>,
    /// Controls, in the order of the message.
    pub controls: Vec<Control>,
}

impl<'a> Message<'a> {
    /// Makes a message without controls.
    #[must_use]
    pub const fn new(id: i32, operation: Operation<'a>) -> Self {
        Self { id, operation, controls: Vec::new() }
    }

    /// Adds a control behind the others.
    #[must_use]
    pub fn with_control(mut self, control: Control) -> Self {
        self.controls.push(control);
        self
    }
}

/// What a message asks for or answers. The list is closed by RFC 4511.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Operation<'a> {
    /// Asks to give up the request of this number; there is no answer.
    Abandon(i32),
    /// Asks to make an entry.
    AddRequest(AddRequest<'a>),
    /// Answers an add.
    AddResponse(LdapResult<'a>),
    /// Asks to authenticate.
    BindRequest(BindRequest<'a>),
    /// Answers a bind.
    BindResponse(BindResponse<'a>),
    /// Asks whether an entry holds a value.
    CompareRequest(CompareRequest<'a>),
    /// Answers a compare.
    CompareResponse(LdapResult<'a>),
    /// Asks to remove the entry of this name.
    DeleteRequest(Octets<'a>),
    /// Answers a delete.
    DeleteResponse(LdapResult<'a>),
    /// Asks for an operation that RFC 4511 does not define.
    ExtendedRequest(ExtendedRequest<'a>),
    /// Answers an extended operation, or is a notice that nobody asked for.
    ExtendedResponse(ExtendedResponse<'a>),
    /// Comes between request and answer.
    IntermediateResponse(IntermediateResponse<'a>),
    /// Asks to rename or move an entry.
    ModifyDnRequest(ModifyDnRequest<'a>),
    /// Answers a rename.
    ModifyDnResponse(LdapResult<'a>),
    /// Asks to change an entry.
    ModifyRequest(ModifyRequest<'a>),
    /// Answers a modify.
    ModifyResponse(LdapResult<'a>),
    /// Asks for entries.
    SearchRequest(SearchRequest<'a>),
    /// Ends the answers to a search.
    SearchResultDone(LdapResult<'a>),
    /// One entry that a search found.
    SearchResultEntry(SearchResultEntry<'a>),
    /// Addresses at which a search can go on.
    SearchResultReference(Vec<Octets<'a>>),
    /// Ends the session; there is no answer.
    Unbind,
}

impl Operation<'_> {
    /// Returns the name in RFC 4511.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Abandon(_) => "abandonRequest",
            Self::AddRequest(_) => "addRequest",
            Self::AddResponse(_) => "addResponse",
            Self::BindRequest(_) => "bindRequest",
            Self::BindResponse(_) => "bindResponse",
            Self::CompareRequest(_) => "compareRequest",
            Self::CompareResponse(_) => "compareResponse",
            Self::DeleteRequest(_) => "delRequest",
            Self::DeleteResponse(_) => "delResponse",
            Self::ExtendedRequest(_) => "extendedReq",
            Self::ExtendedResponse(_) => "extendedResp",
            Self::IntermediateResponse(_) => "intermediateResponse",
            Self::ModifyDnRequest(_) => "modDNRequest",
            Self::ModifyDnResponse(_) => "modDNResponse",
            Self::ModifyRequest(_) => "modifyRequest",
            Self::ModifyResponse(_) => "modifyResponse",
            Self::SearchRequest(_) => "searchRequest",
            Self::SearchResultDone(_) => "searchResDone",
            Self::SearchResultEntry(_) => "searchResEntry",
            Self::SearchResultReference(_) => "searchResRef",
            Self::Unbind => "unbindRequest",
        }
    }
}

/// An attribute of an entry or of a change: its description and values.
///
/// `Debug` shows how many values there are and none of them, since one may be a password.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct PartialAttribute<'a> {
    /// Attribute description: type and options.
    pub description: Octets<'a>,
    /// Values, in the order of the message; none where only types were asked for.
    pub values: Vec<Octets<'a>>,
}

impl<'a> PartialAttribute<'a> {
    /// Makes an attribute.
    pub fn new<V: Into<Octets<'a>>>(description: impl Into<Octets<'a>>, values: impl IntoIterator<Item = V>) -> Self {
        Self { description: description.into(), values: values.into_iter().map(Into::into).collect() }
    }
}

impl fmt::Debug for PartialAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {} values", self.description, self.values.len())
    }
}

/// Number and type of a message whose rest may be unreadable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Envelope {
    /// Number of the message.
    pub id: i32,
    /// Tag of the operation, such as `0x63` for a search request.
    pub tag: u8,
}

/// Tags of operations and of the controls, RFC 4511 appendix B.
pub(crate) mod tag {
    pub(crate) const BIND_REQUEST: u8 = 0x60;
    pub(crate) const BIND_RESPONSE: u8 = 0x61;
    pub(crate) const UNBIND: u8 = 0x42;
    pub(crate) const SEARCH_REQUEST: u8 = 0x63;
    pub(crate) const SEARCH_ENTRY: u8 = 0x64;
    pub(crate) const SEARCH_DONE: u8 = 0x65;
    pub(crate) const MODIFY_REQUEST: u8 = 0x66;
    pub(crate) const MODIFY_RESPONSE: u8 = 0x67;
    pub(crate) const ADD_REQUEST: u8 = 0x68;
    pub(crate) const ADD_RESPONSE: u8 = 0x69;
    pub(crate) const DELETE_REQUEST: u8 = 0x4a;
    pub(crate) const DELETE_RESPONSE: u8 = 0x6b;
    pub(crate) const MODIFY_DN_REQUEST: u8 = 0x6c;
    pub(crate) const MODIFY_DN_RESPONSE: u8 = 0x6d;
    pub(crate) const COMPARE_REQUEST: u8 = 0x6e;
    pub(crate) const COMPARE_RESPONSE: u8 = 0x6f;
    pub(crate) const ABANDON: u8 = 0x50;
    pub(crate) const SEARCH_REFERENCE: u8 = 0x73;
    pub(crate) const EXTENDED_REQUEST: u8 = 0x77;
    pub(crate) const EXTENDED_RESPONSE: u8 = 0x78;
    pub(crate) const INTERMEDIATE: u8 = 0x79;
    pub(crate) const CONTROLS: u8 = 0xa0;
    pub(crate) const SIMPLE: u8 = 0x80;
    pub(crate) const SASL: u8 = 0xa3;
    pub(crate) const REFERRAL: u8 = 0xa3;
    pub(crate) const SERVER_SASL: u8 = 0x87;
    pub(crate) const NEW_SUPERIOR: u8 = 0x80;
    pub(crate) const REQUEST_NAME: u8 = 0x80;
    pub(crate) const REQUEST_VALUE: u8 = 0x81;
    pub(crate) const RESPONSE_NAME: u8 = 0x8a;
    pub(crate) const RESPONSE_VALUE: u8 = 0x8b;
}
