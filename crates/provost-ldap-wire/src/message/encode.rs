use super::{
    AddRequest, Authentication, BindRequest, DerefAliases, ExtendedResponse, LdapResult, Message, Modification,
    ModifyDnRequest, ModifyOperation, ModifyRequest, Operation, PartialAttribute, Scope, SearchRequest,
    SearchResultEntry, tag,
};
use crate::ber::{ENUMERATED, INTEGER, SEQUENCE, SET, Writer};
use crate::filter::write_filter;
use crate::{Control, Octets};

impl Message<'_> {
    /// Returns the octets of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_octets()
    }

    /// Writes the message behind what `writer` holds.
    pub fn write(&self, writer: &mut Writer) {
        writer.constructed(SEQUENCE, |writer| {
            writer.integer(INTEGER, self.id);
            write_operation(writer, &self.operation);
            if !self.controls.is_empty() {
                writer.constructed(tag::CONTROLS, |writer| {
                    self.controls.iter().for_each(|control| write_control(writer, control));
                });
            }
        });
    }
}

impl SearchResultEntry<'_> {
    /// Returns the entry alone, as the read entry controls carry it (RFC 4527 section 3).
    pub(crate) fn encode_value(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.constructed(tag::SEARCH_ENTRY, |writer| {
            writer.octet_string(&self.name);
            write_attributes(writer, &self.attributes);
        });
        writer.into_octets()
    }
}

fn write_operation(writer: &mut Writer, operation: &Operation<'_>) {
    match operation {
        Operation::Abandon(id) => writer.integer(tag::ABANDON, *id),
        Operation::AddRequest(request) => write_add(writer, request),
        Operation::AddResponse(result) => write_result(writer, tag::ADD_RESPONSE, result),
        Operation::BindRequest(request) => write_bind(writer, request),
        Operation::BindResponse(response) => writer.constructed(tag::BIND_RESPONSE, |writer| {
            write_result_fields(writer, &response.result);
            write_optional(writer, tag::SERVER_SASL, response.server_credentials.as_ref());
        }),
        Operation::CompareRequest(request) => writer.constructed(tag::COMPARE_REQUEST, |writer| {
            writer.octet_string(&request.name);
            writer.constructed(SEQUENCE, |writer| {
                writer.octet_string(&request.attribute);
                writer.octet_string(&request.value);
            });
        }),
        Operation::CompareResponse(result) => write_result(writer, tag::COMPARE_RESPONSE, result),
        Operation::DeleteRequest(name) => writer.element(tag::DELETE_REQUEST, name),
        Operation::DeleteResponse(result) => write_result(writer, tag::DELETE_RESPONSE, result),
        Operation::ExtendedRequest(request) => writer.constructed(tag::EXTENDED_REQUEST, |writer| {
            writer.element(tag::REQUEST_NAME, &request.name);
            write_optional(writer, tag::REQUEST_VALUE, request.value.as_ref());
        }),
        Operation::ExtendedResponse(response) => write_extended_response(writer, response),
        Operation::IntermediateResponse(response) => writer.constructed(tag::INTERMEDIATE, |writer| {
            write_optional(writer, tag::REQUEST_NAME, response.name.as_ref());
            write_optional(writer, tag::REQUEST_VALUE, response.value.as_ref());
        }),
        Operation::ModifyDnRequest(request) => write_modify_dn(writer, request),
        Operation::ModifyDnResponse(result) => write_result(writer, tag::MODIFY_DN_RESPONSE, result),
        Operation::ModifyRequest(request) => write_modify(writer, request),
        Operation::ModifyResponse(result) => write_result(writer, tag::MODIFY_RESPONSE, result),
        Operation::SearchRequest(request) => write_search(writer, request),
        Operation::SearchResultDone(result) => write_result(writer, tag::SEARCH_DONE, result),
        Operation::SearchResultEntry(entry) => writer.constructed(tag::SEARCH_ENTRY, |writer| {
            writer.octet_string(&entry.name);
            write_attributes(writer, &entry.attributes);
        }),
        Operation::SearchResultReference(addresses) => writer.constructed(tag::SEARCH_REFERENCE, |writer| {
            addresses.iter().for_each(|address| writer.octet_string(address));
        }),
        Operation::Unbind => writer.element(tag::UNBIND, &[]),
    }
}

fn write_bind(writer: &mut Writer, request: &BindRequest<'_>) {
    writer.constructed(tag::BIND_REQUEST, |writer| {
        writer.integer(INTEGER, request.version);
        writer.octet_string(&request.name);
        match &request.authentication {
            Authentication::Simple(password) => writer.element(tag::SIMPLE, password),
            Authentication::Sasl { mechanism, credentials } => writer.constructed(tag::SASL, |writer| {
                writer.octet_string(mechanism);
                if let Some(credentials) = credentials {
                    writer.octet_string(credentials);
                }
            }),
            Authentication::Unknown(tag) => writer.element(*tag, &[]),
        }
    });
}

fn write_search(writer: &mut Writer, request: &SearchRequest<'_>) {
    writer.constructed(tag::SEARCH_REQUEST, |writer| {
        writer.octet_string(&request.base);
        writer.integer(
            ENUMERATED,
            match request.scope {
                Scope::Base => 0,
                Scope::One => 1,
                Scope::Subtree => 2,
                Scope::Subordinates => 3,
            },
        );
        writer.integer(
            ENUMERATED,
            match request.deref_aliases {
                DerefAliases::Never => 0,
                DerefAliases::InSearching => 1,
                DerefAliases::FindingBase => 2,
                DerefAliases::Always => 3,
            },
        );
        writer.integer(INTEGER, request.size_limit);
        writer.integer(INTEGER, request.time_limit);
        writer.boolean(request.types_only);
        write_filter(writer, &request.filter);
        writer.constructed(SEQUENCE, |writer| {
            request.attributes.iter().for_each(|attribute| writer.octet_string(attribute));
        });
    });
}

fn write_add(writer: &mut Writer, request: &AddRequest<'_>) {
    writer.constructed(tag::ADD_REQUEST, |writer| {
        writer.octet_string(&request.name);
        write_attributes(writer, &request.attributes);
    });
}

fn write_modify(writer: &mut Writer, request: &ModifyRequest<'_>) {
    writer.constructed(tag::MODIFY_REQUEST, |writer| {
        writer.octet_string(&request.name);
        writer.constructed(SEQUENCE, |writer| {
            for Modification { operation, attribute } in &request.changes {
                writer.constructed(SEQUENCE, |writer| {
                    writer.integer(
                        ENUMERATED,
                        match operation {
                            ModifyOperation::Add => 0,
                            ModifyOperation::Delete => 1,
                            ModifyOperation::Replace => 2,
                            ModifyOperation::Increment => 3,
                        },
                    );
                    write_attribute(writer, attribute);
                });
            }
        });
    });
}

fn write_modify_dn(writer: &mut Writer, request: &ModifyDnRequest<'_>) {
    writer.constructed(tag::MODIFY_DN_REQUEST, |writer| {
        writer.octet_string(&request.name);
        writer.octet_string(&request.new_rdn);
        writer.boolean(request.delete_old_rdn);
        write_optional(writer, tag::NEW_SUPERIOR, request.new_superior.as_ref());
    });
}

fn write_extended_response(writer: &mut Writer, response: &ExtendedResponse<'_>) {
    writer.constructed(tag::EXTENDED_RESPONSE, |writer| {
        write_result_fields(writer, &response.result);
        write_optional(writer, tag::RESPONSE_NAME, response.name.as_ref());
        write_optional(writer, tag::RESPONSE_VALUE, response.value.as_ref());
    });
}

fn write_attributes(writer: &mut Writer, attributes: &[PartialAttribute<'_>]) {
    writer.constructed(SEQUENCE, |writer| {
        attributes.iter().for_each(|attribute| write_attribute(writer, attribute));
    });
}

fn write_attribute(writer: &mut Writer, attribute: &PartialAttribute<'_>) {
    writer.constructed(SEQUENCE, |writer| {
        writer.octet_string(&attribute.description);
        writer.constructed(SET, |writer| attribute.values.iter().for_each(|value| writer.octet_string(value)));
    });
}

fn write_result(writer: &mut Writer, tag: u8, result: &LdapResult<'_>) {
    writer.constructed(tag, |writer| write_result_fields(writer, result));
}

fn write_result_fields(writer: &mut Writer, result: &LdapResult<'_>) {
    writer.integer(ENUMERATED, result.code.0);
    writer.octet_string(&result.matched_dn);
    writer.octet_string(&result.message);
    if !result.referrals.is_empty() {
        writer.constructed(tag::REFERRAL, |writer| {
            result.referrals.iter().for_each(|address| writer.octet_string(address));
        });
    }
}

fn write_optional(writer: &mut Writer, tag: u8, octets: Option<&Octets<'_>>) {
    if let Some(octets) = octets {
        writer.element(tag, octets);
    }
}

fn write_control(writer: &mut Writer, control: &Control) {
    writer.constructed(SEQUENCE, |writer| {
        writer.octet_string(control.oid.as_bytes());
        if control.is_critical() {
            writer.boolean(true);
        }
        if let Some(value) = &control.value {
            writer.octet_string(value);
        }
    });
}
