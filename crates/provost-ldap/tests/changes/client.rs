//! A plain client over `provost-ldap-wire`: one request at a time, and every message of its answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use provost_ldap_types::change::SyncInfoValue;
use provost_ldap_types::ldif::{Change, ModifyOperation as Modified, Reader, Record};
use provost_ldap_types::{Attribute, Entry, Filter};
use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, Control, FrameLimits, LdapResult, Message, Modification, ModifyDnRequest,
    ModifyOperation, ModifyRequest, Octets, Operation, PartialAttribute, ResultCode, Scope, SearchRequest,
    decode_sync_info, frame, oid,
};

use crate::support::Server;

/// A connection that is bound.
pub(crate) struct Client {
    stream: TcpStream,
    id: i32,
}

/// What a search brought.
pub(crate) struct Answer {
    /// Entries, each with its controls.
    pub(crate) entries: Vec<(Entry, Vec<Control>)>,
    /// Messages of synchronization between them.
    pub(crate) infos: Vec<SyncInfoValue>,
    pub(crate) result: LdapResult<'static>,
    /// Controls of the result.
    pub(crate) controls: Vec<Control>,
}

impl Answer {
    /// Returns the entries of a search that went well.
    pub(crate) fn found(self) -> Vec<Entry> {
        assert_eq!(self.result.code, ResultCode::SUCCESS, "{}", self.result.message.to_text());
        self.entries.into_iter().map(|(entry, _)| entry).collect()
    }

    /// Returns the control of the result.
    pub(crate) fn control(&self, oid: &str) -> &Control {
        self.controls.iter().find(|control| control.oid == oid).unwrap_or_else(|| panic!("{:?}", self.controls))
    }
}

impl Client {
    pub(crate) fn bind(server: &Server) -> Self {
        let address = server.url.trim_start_matches("ldap://").trim_end_matches('/');
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut client = Self { stream, id: 0 };
        let authentication = Authentication::Simple(Octets::from(&server.password));
        let request = BindRequest { version: 3, name: Octets::from(&server.bind_dn), authentication };
        let code = client.ask(Operation::BindRequest(request), &[], |operation, _| match operation {
            Operation::BindResponse(answer) => Some(answer.result.code),
            other => panic!("{}", other.name()),
        });
        assert_eq!(code, ResultCode::SUCCESS);
        client
    }

    /// Makes the changes that are written as LDIF, and returns the results.
    pub(crate) fn try_changes(&mut self, ldif: &str) -> Vec<LdapResult<'static>> {
        Reader::new(ldif.as_bytes()).map(|record| self.write(&record.unwrap())).collect()
    }

    /// Makes the changes that are written as LDIF; each must go well.
    pub(crate) fn changes(&mut self, ldif: &str) {
        for result in self.try_changes(ldif) {
            assert_eq!(result.code, ResultCode::SUCCESS, "{}", result.message.to_text());
        }
    }

    fn write(&mut self, record: &Record) -> LdapResult<'static> {
        let name = record.dn().to_string();
        let operation = match record {
            Record::Content(entry) => add(&name, entry.attributes()),
            Record::Change(record) => match &record.change {
                Change::Add(attributes) => add(&name, attributes),
                Change::Delete => Operation::DeleteRequest(Octets::from(&name)),
                Change::Modify(changes) => {
                    let changes = changes.iter().map(|change| {
                        let operation = match change.operation {
                            Modified::Add => ModifyOperation::Add,
                            Modified::Delete => ModifyOperation::Delete,
                            Modified::Replace => ModifyOperation::Replace,
                            Modified::Increment => ModifyOperation::Increment,
                        };
                        Modification::new(operation, partial(&change.attribute))
                    });
                    let changes = changes.collect();
                    Operation::ModifyRequest(ModifyRequest { name: Octets::from(&name), changes })
                }
                Change::Rename { new_rdn, delete_old_rdn, new_superior } => {
                    Operation::ModifyDnRequest(ModifyDnRequest {
                        name: Octets::from(&name),
                        new_rdn: Octets::from(new_rdn.to_string()),
                        delete_old_rdn: *delete_old_rdn,
                        new_superior: new_superior.as_ref().map(|superior| Octets::from(superior.to_string())),
                    })
                }
            },
        };
        self.ask(operation, &[], |operation, _| match operation {
            Operation::AddResponse(result)
            | Operation::DeleteResponse(result)
            | Operation::ModifyDnResponse(result)
            | Operation::ModifyResponse(result) => Some(result.into_owned()),
            other => panic!("{}", other.name()),
        })
    }

    pub(crate) fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        controls: &[Control],
    ) -> Answer {
        let filter: Filter = filter.parse().unwrap();
        let attributes = attributes.iter().copied().map(Octets::from).collect();
        let request = Operation::SearchRequest(SearchRequest::new(base, scope, filter, attributes));
        let (mut entries, mut infos) = (Vec::new(), Vec::new());
        let (result, controls) = self.ask(request, controls, |operation, controls| match operation {
            Operation::SearchResultEntry(found) => {
                let attributes = found.attributes.iter().map(|attribute| {
                    let description = attribute.description.as_str().unwrap().parse().unwrap();
                    Attribute::new(description, attribute.values.iter().map(|value| value.to_vec()).collect())
                });
                let name = found.name.as_str().unwrap().parse().unwrap();
                entries.push((Entry::with_attributes(name, attributes.collect()), controls));
                None
            }
            Operation::SearchResultReference(_) => None,
            Operation::IntermediateResponse(message) => {
                assert_eq!(message.name.unwrap().as_str(), Some(oid::SYNC_INFO));
                infos.push(decode_sync_info(&message.value.unwrap()).unwrap());
                None
            }
            Operation::SearchResultDone(result) => Some((result.into_owned(), controls)),
            other => panic!("{}", other.name()),
        });
        Answer { entries, infos, result, controls }
    }

    /// Reads one entry.
    pub(crate) fn read(&mut self, name: &str, attributes: &[&str]) -> Entry {
        self.search(name, Scope::Base, "(objectClass=*)", attributes, &[]).found().remove(0)
    }

    /// Makes an empty container of this name below the suffix; what an earlier run left there goes first.
    pub(crate) fn fresh_container(&mut self, server: &Server, name: &str) -> String {
        let base = format!("ou={name},{}", server.suffix);
        let found = self.search(&base, Scope::Subtree, "(objectClass=*)", &["1.1"], &[]);
        let mut names: Vec<_> = found.entries.into_iter().map(|(entry, _)| entry.dn().clone()).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        for name in names {
            self.changes(&format!("dn: {name}\nchangetype: delete\n"));
        }
        self.changes(&format!("dn: {base}\nobjectClass: organizationalUnit\nou: {name}\n"));
        base
    }

    fn ask<T>(
        &mut self,
        operation: Operation<'_>,
        controls: &[Control],
        mut take: impl FnMut(Operation<'_>, Vec<Control>) -> Option<T>,
    ) -> T {
        self.id += 1;
        let mut request = Message::new(self.id, operation);
        request.controls = controls.to_vec();
        self.stream.write_all(&request.encode()).unwrap();
        let mut held = Vec::new();
        loop {
            while let Some(length) = frame(&held, &FrameLimits::default()).unwrap() {
                let message: Vec<u8> = held.drain(..length).collect();
                let message = Message::decode(&message).unwrap();
                assert_eq!(message.id, self.id);
                if let Some(taken) = take(message.operation, message.controls) {
                    return taken;
                }
            }
            let mut octets = [0; 16 * 1024];
            let length = self.stream.read(&mut octets).unwrap();
            assert!(length > 0, "the server hung up");
            held.extend_from_slice(&octets[..length]);
        }
    }
}

fn add<'a>(name: &'a str, attributes: &'a [Attribute]) -> Operation<'a> {
    let attributes = attributes.iter().map(partial).collect();
    Operation::AddRequest(AddRequest { name: Octets::from(name), attributes })
}

fn partial(attribute: &Attribute) -> PartialAttribute<'_> {
    PartialAttribute::new(attribute.description().as_str(), attribute.values())
}
