use super::{
    AddRequest, Authentication, BindRequest, BindResponse, CompareRequest, DerefAliases, Envelope, ExtendedRequest,
    ExtendedResponse, IntermediateResponse, LdapResult, Message, Modification, ModifyDnRequest, ModifyOperation,
    ModifyRequest, Operation, PartialAttribute, Scope, SearchRequest, SearchResultEntry, tag,
};
use crate::ber::{BOOLEAN, Element, OCTET_STRING, Reader, SEQUENCE, SET};
use crate::filter::read_filter;
use crate::{Control, Criticality, DecodeError, DecodeErrorKind, Octets, ResultCode};

impl<'a> Message<'a> {
    /// Reads one whole message, as [`crate::frame`] cuts it off; it borrows from `octets`.
    ///
    /// Elements behind the known ones of a sequence are ignored, as RFC 4511 section 4 demands. Octets behind the message
    /// are ignored too.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] for octets that are not a message of RFC 4511. [`Envelope::decode`] may still tell its number.
    pub fn decode(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(octets).expect(SEQUENCE, "an LDAP message")?.reader();
        let id = reader.integer("the number of the message")?;
        let operation = read_operation(reader.element("an operation")?)?;
        let controls = match reader.optional(tag::CONTROLS, "controls")? {
            Some(controls) => read_all(controls.reader(), read_control)?,
            None => Vec::new(),
        };
        Ok(Self { id, operation, controls })
    }
}

impl Envelope {
    /// Reads number and type of a message and leaves the rest alone.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when not even these can be read.
    pub fn decode(octets: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(octets).expect(SEQUENCE, "an LDAP message")?.reader();
        let id = reader.integer("the number of the message")?;
        let missing = DecodeError::new(DecodeErrorKind::Missing("an operation"), reader.offset());
        Ok(Self { id, tag: reader.peek().ok_or(missing)? })
    }
}

/// Reads the value of a post-read or pre-read answer: an entry as a search returns it, or, as some servers send it,
/// without the tag of its operation.
pub(crate) fn read_entry_value(octets: &[u8]) -> Result<SearchResultEntry<'_>, DecodeError> {
    let element = Reader::new(octets).element("an entry")?;
    match element.tag {
        tag::SEARCH_ENTRY | SEQUENCE => read_entry(element.reader()),
        _ => Err(DecodeError::new(DecodeErrorKind::Expected("an entry"), 0)),
    }
}

fn read_operation(element: Element<'_>) -> Result<Operation<'_>, DecodeError> {
    let reader = element.reader();
    Ok(match element.tag {
        tag::ABANDON => Operation::Abandon(element.integer()?),
        tag::ADD_REQUEST => Operation::AddRequest(read_add(reader)?),
        tag::ADD_RESPONSE => Operation::AddResponse(read_result(reader)?),
        tag::BIND_REQUEST => Operation::BindRequest(read_bind(reader)?),
        tag::BIND_RESPONSE => Operation::BindResponse(read_bind_response(reader)?),
        tag::COMPARE_REQUEST => Operation::CompareRequest(read_compare(reader)?),
        tag::COMPARE_RESPONSE => Operation::CompareResponse(read_result(reader)?),
        tag::DELETE_REQUEST => Operation::DeleteRequest(element.content.into()),
        tag::DELETE_RESPONSE => Operation::DeleteResponse(read_result(reader)?),
        tag::EXTENDED_REQUEST => Operation::ExtendedRequest(read_extended(reader)?),
        tag::EXTENDED_RESPONSE => Operation::ExtendedResponse(read_extended_response(reader)?),
        tag::INTERMEDIATE => Operation::IntermediateResponse(read_intermediate(reader)?),
        tag::MODIFY_DN_REQUEST => Operation::ModifyDnRequest(read_modify_dn(reader)?),
        tag::MODIFY_DN_RESPONSE => Operation::ModifyDnResponse(read_result(reader)?),
        tag::MODIFY_REQUEST => Operation::ModifyRequest(read_modify(reader)?),
        tag::MODIFY_RESPONSE => Operation::ModifyResponse(read_result(reader)?),
        tag::SEARCH_REQUEST => Operation::SearchRequest(read_search(reader)?),
        tag::SEARCH_DONE => Operation::SearchResultDone(read_result(reader)?),
        tag::SEARCH_ENTRY => Operation::SearchResultEntry(read_entry(reader)?),
        tag::SEARCH_REFERENCE => {
            Operation::SearchResultReference(read_all(reader, |reader| Ok(Octets::from(reader.octets("an address")?)))?)
        }
        tag::UNBIND => Operation::Unbind,
        _ => return Err(DecodeError::new(DecodeErrorKind::Operation, element.offset)),
    })
}

fn read_bind(mut reader: Reader<'_>) -> Result<BindRequest<'_>, DecodeError> {
    let version = reader.integer("the version of the protocol")?;
    let name = reader.octets("the name of who binds")?.into();
    let choice = reader.element("the credentials")?;
    let authentication = match choice.tag {
        tag::SIMPLE => Authentication::Simple(choice.content.into()),
        tag::SASL => {
            let mut sasl = choice.reader();
            let mechanism = sasl.octets("the name of a SASL mechanism")?.into();
            let credentials = sasl.optional(OCTET_STRING, "SASL credentials")?.map(|element| element.content.into());
            Authentication::Sasl { mechanism, credentials }
        }
        other => Authentication::Unknown(other),
    };
    Ok(BindRequest { version, name, authentication })
}

fn read_search(mut reader: Reader<'_>) -> Result<SearchRequest<'_>, DecodeError> {
    let base = reader.octets("the base of a search")?.into();
    let offset = reader.offset();
    let scope = match reader.enumerated("the scope of a search")? {
        0 => Scope::Base,
        1 => Scope::One,
        2 => Scope::Subtree,
        3 => Scope::Subordinates,
        _ => return Err(DecodeError::new(DecodeErrorKind::Value("scope"), offset)),
    };
    let offset = reader.offset();
    let deref_aliases = match reader.enumerated("the handling of aliases")? {
        0 => DerefAliases::Never,
        1 => DerefAliases::InSearching,
        2 => DerefAliases::FindingBase,
        3 => DerefAliases::Always,
        _ => return Err(DecodeError::new(DecodeErrorKind::Value("derefAliases"), offset)),
    };
    let size_limit = reader.integer("a size limit")?;
    let time_limit = reader.integer("a time limit")?;
    let types_only = reader.expect(BOOLEAN, "whether only types are wanted")?.boolean()?;
    let filter = read_filter(reader.element("a filter")?)?;
    let wanted = reader.expect(SEQUENCE, "the wanted attributes")?.reader();
    let attributes = read_all(wanted, |reader| Ok(Octets::from(reader.octets("an attribute description")?)))?;
    Ok(SearchRequest { base, scope, deref_aliases, size_limit, time_limit, types_only, filter, attributes })
}

fn read_add(mut reader: Reader<'_>) -> Result<AddRequest<'_>, DecodeError> {
    let name = reader.octets("the name of an entry")?.into();
    Ok(AddRequest { name, attributes: read_attributes(&mut reader)? })
}

fn read_modify(mut reader: Reader<'_>) -> Result<ModifyRequest<'_>, DecodeError> {
    let name = reader.octets("the name of an entry")?.into();
    let changes = read_all(reader.expect(SEQUENCE, "a list of changes")?.reader(), |reader| {
        let mut change = reader.expect(SEQUENCE, "a change")?.reader();
        let offset = change.offset();
        let operation = match change.enumerated("the kind of a change")? {
            0 => ModifyOperation::Add,
            1 => ModifyOperation::Delete,
            2 => ModifyOperation::Replace,
            3 => ModifyOperation::Increment,
            _ => return Err(DecodeError::new(DecodeErrorKind::Value("operation"), offset)),
        };
        Ok(Modification { operation, attribute: read_attribute(&mut change)? })
    })?;
    Ok(ModifyRequest { name, changes })
}

fn read_modify_dn(mut reader: Reader<'_>) -> Result<ModifyDnRequest<'_>, DecodeError> {
    Ok(ModifyDnRequest {
        name: reader.octets("the name of an entry")?.into(),
        new_rdn: reader.octets("a relative name")?.into(),
        delete_old_rdn: reader.expect(BOOLEAN, "whether the old relative name goes")?.boolean()?,
        new_superior: reader.optional(tag::NEW_SUPERIOR, "the new parent")?.map(|element| element.content.into()),
    })
}

fn read_compare(mut reader: Reader<'_>) -> Result<CompareRequest<'_>, DecodeError> {
    let name = reader.octets("the name of an entry")?.into();
    let mut assertion = reader.expect(SEQUENCE, "an attribute and a value")?.reader();
    Ok(CompareRequest {
        name,
        attribute: assertion.octets("an attribute description")?.into(),
        value: assertion.octets("a value")?.into(),
    })
}

fn read_extended(mut reader: Reader<'_>) -> Result<ExtendedRequest<'_>, DecodeError> {
    Ok(ExtendedRequest {
        name: reader.expect(tag::REQUEST_NAME, "the identifier of an operation")?.content.into(),
        value: reader.optional(tag::REQUEST_VALUE, "the value of an operation")?.map(|element| element.content.into()),
    })
}

fn read_entry(mut reader: Reader<'_>) -> Result<SearchResultEntry<'_>, DecodeError> {
    let name = reader.octets("the name of an entry")?.into();
    Ok(SearchResultEntry { name, attributes: read_attributes(&mut reader)? })
}

fn read_result(mut reader: Reader<'_>) -> Result<LdapResult<'_>, DecodeError> {
    read_result_fields(&mut reader)
}

fn read_result_fields<'a>(reader: &mut Reader<'a>) -> Result<LdapResult<'a>, DecodeError> {
    let code = ResultCode(reader.enumerated("a result code")?);
    let matched_dn = reader.octets("the name that was matched")?.into();
    let message = reader.octets("a message")?.into();
    let referrals = match reader.optional(tag::REFERRAL, "referrals")? {
        Some(referrals) => read_all(referrals.reader(), |reader| Ok(Octets::from(reader.octets("an address")?)))?,
        None => Vec::new(),
    };
    Ok(LdapResult { code, matched_dn, message, referrals })
}

fn read_bind_response(mut reader: Reader<'_>) -> Result<BindResponse<'_>, DecodeError> {
    let result = read_result_fields(&mut reader)?;
    let server_credentials = read_tagged(reader, [tag::SERVER_SASL])?.into_iter().next().flatten();
    Ok(BindResponse { result, server_credentials })
}

fn read_extended_response(mut reader: Reader<'_>) -> Result<ExtendedResponse<'_>, DecodeError> {
    let result = read_result_fields(&mut reader)?;
    let [name, value] = read_tagged(reader, [tag::RESPONSE_NAME, tag::RESPONSE_VALUE])?;
    Ok(ExtendedResponse { result, name, value })
}

fn read_intermediate(reader: Reader<'_>) -> Result<IntermediateResponse<'_>, DecodeError> {
    let [name, value] = read_tagged(reader, [tag::REQUEST_NAME, tag::REQUEST_VALUE])?;
    Ok(IntermediateResponse { name, value })
}

/// Reads optional elements of these tags, in this order, and passes over elements of other tags.
fn read_tagged<const N: usize>(mut reader: Reader<'_>, tags: [u8; N]) -> Result<[Option<Octets<'_>>; N], DecodeError> {
    let mut found = [const { None }; N];
    while !reader.is_empty() {
        let element = reader.element("an element")?;
        if let Some((slot, _)) = found.iter_mut().zip(tags).find(|(_, tag)| *tag == element.tag) {
            *slot = Some(element.content.into());
        }
    }
    Ok(found)
}

fn read_attributes<'a>(reader: &mut Reader<'a>) -> Result<Vec<PartialAttribute<'a>>, DecodeError> {
    read_all(reader.expect(SEQUENCE, "a list of attributes")?.reader(), read_attribute)
}

fn read_attribute<'a>(reader: &mut Reader<'a>) -> Result<PartialAttribute<'a>, DecodeError> {
    let mut attribute = reader.expect(SEQUENCE, "an attribute")?.reader();
    let description = attribute.octets("an attribute description")?.into();
    let values = attribute.expect(SET, "the values of an attribute")?.reader();
    let values = read_all(values, |reader| Ok(Octets::from(reader.octets("a value")?)))?;
    Ok(PartialAttribute { description, values })
}

fn read_control(reader: &mut Reader<'_>) -> Result<Control, DecodeError> {
    let mut control = reader.expect(SEQUENCE, "a control")?.reader();
    let offset = control.offset();
    let oid = std::str::from_utf8(control.octets("the identifier of a control")?)
        .map_err(|_| DecodeError::new(DecodeErrorKind::Description, offset))?
        .to_owned();
    let criticality = match control.optional(BOOLEAN, "the criticality of a control")? {
        Some(flag) if flag.boolean()? => Criticality::Critical,
        _ => Criticality::Optional,
    };
    let value = control.optional(OCTET_STRING, "the value of a control")?.map(|element| element.content.to_vec());
    Ok(Control { oid, criticality, value })
}

/// Reads until nothing is left.
fn read_all<'a, T>(
    mut reader: Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(read(&mut reader)?);
    }
    Ok(list)
}
