//! Writes: add, modify, rename and move, delete, set a password. None is ever sent twice.

use async_trait::async_trait;
use provost_connector::{
    ConnectorError, Done, Export, Key, Operation, Outcome, Refusal, RefusalClass, Request, Select, SetPassword,
};
use provost_ldap_types::Dn;
use provost_ldap_wire::{
    AddRequest, Control, LdapResult, ModifyDnRequest, ModifyRequest, Octets, Operation as Message, PartialAttribute,
    ReadEntry, ResultCode, Scope, oid,
};
use provost_model::{Anchor, Attributes, ChangeSet, ConnectorObject, ObjectName, Secret};

use crate::LdapSession;
use crate::changes::{entry_attributes, modifications, password_change};
use crate::read::{Located, Lookup};
use crate::refusal::{WriteKind, refusal_class, spoils_connection};
use crate::text;

/// A write that did not succeed, before the writes that went before it are counted in.
enum Failure {
    Refused(Refusal),
    Unknown(String),
}

#[async_trait]
impl Export for LdapSession {
    async fn apply(&self, operations: &[Operation]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(operations.len());
        for operation in operations {
            let outcome = match &operation.request {
                Request::Add { name, attributes, .. } => self.add(name, attributes, operation.password.as_ref()).await,
                Request::Delete { key } => self.delete(key).await,
                Request::Modify { key, changes } => self.modify(key, changes).await,
                _ => Err(permanent("this kind of operation is not known")),
            };
            outcomes.push(outcome.map_or_else(Failure::into_outcome, Outcome::Done));
        }
        outcomes
    }
}

#[async_trait]
impl SetPassword for LdapSession {
    async fn set_password(&self, key: &Key, password: &Secret) -> Outcome {
        self.replace_password(key, password).await.map_or_else(Failure::into_outcome, Outcome::Done)
    }
}

impl Failure {
    fn into_outcome(self) -> Outcome {
        match self {
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::Unknown(reason) => Outcome::unknown(reason),
        }
    }

    /// Counts writes that were done before this one failed.
    fn after(mut self, writes: u32) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.writes = writes;
        }
        self
    }
}

impl LdapSession {
    async fn add(
        &self,
        name: &ObjectName,
        attributes: &Attributes,
        password: Option<&Secret>,
    ) -> Result<Done, Failure> {
        let dn = self.settings.new_place(name).map_err(permanent)?;
        let mut list = entry_attributes(&self.settings, &self.translator, &dn, attributes).map_err(permanent)?;
        if let Some(password) = password {
            let description = self.settings.password_attribute.to_string();
            list.push(PartialAttribute::new(description, [password.expose().to_vec()]));
        }
        let wanted = self.translator.wanted(&Select::Configured);
        let request = Message::AddRequest(AddRequest { name: dn.to_string().into(), attributes: list });
        let controls = self.write(WriteKind::Add, request, self.post_read(wanted.requested())).await?;
        let object = match self.post_image(&controls, &Select::Configured) {
            Some(object) => Some(object),
            // The add is done whatever becomes of reading it back; without an anchor the engine reads again.
            None => match self.read_object(&Key::from_name(name.clone()), &Select::Configured).await {
                Ok(provost_connector::ReadResult::Found(object)) => Some(*object),
                _ => None,
            },
        };
        let mut done = Done::default();
        done.name = Some(ObjectName::from(dn.to_string()));
        done.writes = 1;
        if let Some(object) = object {
            let (_, anchor, _, image) = object.into_parts();
            done.anchor = anchor;
            done.image = Some(image);
        }
        Ok(done)
    }

    async fn modify(&self, key: &Key, changes: &ChangeSet) -> Result<Done, Failure> {
        let target = changes.name.as_ref().map(|name| self.settings.new_place(name)).transpose().map_err(permanent)?;
        let Located { dn: from, mut anchor } = self.target(key, WriteKind::Modify).await?;
        let target = target.filter(|target| is_renamed(&from, target));
        let dn = target.clone().unwrap_or_else(|| from.clone());
        // Whatever cannot be sent is refused before the first write.
        let list = modifications(&self.settings, &self.translator, &dn, changes).map_err(permanent)?;
        let mut done = Done::default();
        let mut undo = None;
        if let Some(target) = &target {
            if !list.is_empty() {
                undo = Some(self.undo_of_rename(&from, target).await?);
            }
            let request = rename_request(&from, target);
            self.write(WriteKind::ModifyDn, Message::ModifyDnRequest(request), Vec::new()).await?;
            done.writes += 1;
            if anchor.kind().is_name() {
                anchor = Anchor::new(anchor.kind().clone(), target.to_string());
            }
        }
        if !list.is_empty() {
            let wanted = self.translator.wanted(&Select::Configured);
            let request = ModifyRequest { name: dn.to_string().into(), changes: list };
            let written = self
                .write(WriteKind::Modify, Message::ModifyRequest(request), self.post_read(wanted.requested()))
                .await;
            let controls = match (written, undo) {
                (Ok(controls), _) => controls,
                (Err(Failure::Refused(refusal)), Some(undo)) => return Err(self.undo(undo, refusal).await),
                (Err(failure), _) => return Err(failure),
            };
            done.writes += 1;
            done.image = self.post_image(&controls, &Select::Configured).map(|object| object.into_parts().3);
        }
        done.equivalent = done.writes == 0;
        done.anchor = Some(anchor);
        done.name = Some(ObjectName::from(dn.to_string()));
        Ok(done)
    }

    /// Makes the request that takes a rename back, before it is sent: values that the entry holds already and that the new
    /// name repeats must stay when that name goes.
    async fn undo_of_rename(&self, from: &Dn, to: &Dn) -> Result<ModifyDnRequest<'static>, Failure> {
        let mut undo = rename_request(to, from);
        for part in to.rdn().map(|rdn| rdn.attributes()).unwrap_or_default() {
            let filter = self.filter(part.attribute(), part.value()).map_err(|error| not_sent(&error))?;
            let found = self.search(&from.to_string(), Scope::Base, filter, &["1.1".to_owned()], 1).await;
            undo.delete_old_rdn &= found.map_err(|error| not_sent(&error))?.entries.is_empty();
        }
        Ok(undo)
    }

    /// Takes a rename back whose change of attributes was refused, so that a refused operation leaves the entry as it was.
    async fn undo(&self, request: ModifyDnRequest<'_>, refusal: Refusal) -> Failure {
        match self.write(WriteKind::ModifyDn, Message::ModifyDnRequest(request), Vec::new()).await {
            Ok(_) => Failure::Refused(refusal).after(2),
            Err(_) => Failure::Unknown(format!("the object was renamed and not changed: {}", refusal.text)),
        }
    }

    async fn delete(&self, key: &Key) -> Result<Done, Failure> {
        let mut done = Done::default();
        let located = match self.locate(key).await.map_err(|error| not_sent(&error))? {
            Lookup::Absent(_) => {
                done.equivalent = true;
                return Ok(done);
            }
            other => found(other, WriteKind::Delete)?,
        };
        let request = Message::DeleteRequest(located.dn.to_string().into());
        match self.write(WriteKind::Delete, request, Vec::new()).await {
            Ok(_) => done.writes = 1,
            Err(Failure::Refused(refusal)) if refusal.code == Some(i64::from(ResultCode::NO_SUCH_OBJECT.0)) => {
                // Somebody else was faster, or the server hides the entry: only a proof tells.
                match self.locate(key).await {
                    Ok(Lookup::Absent(_)) => done.equivalent = true,
                    _ => return Err(Failure::Refused(refusal)),
                }
            }
            Err(failure) => return Err(failure),
        }
        Ok(done)
    }

    async fn replace_password(&self, key: &Key, password: &Secret) -> Result<Done, Failure> {
        let located = self.target(key, WriteKind::Modify).await?;
        let request = ModifyRequest {
            name: located.dn.to_string().into(),
            changes: vec![password_change(&self.settings, password)],
        };
        self.write(WriteKind::Modify, Message::ModifyRequest(request), Vec::new()).await?;
        let mut done = Done::default();
        done.anchor = Some(located.anchor);
        done.name = Some(ObjectName::from(located.dn.to_string()));
        done.writes = 1;
        Ok(done)
    }

    async fn target(&self, key: &Key, kind: WriteKind) -> Result<Located, Failure> {
        found(self.locate(key).await.map_err(|error| not_sent(&error))?, kind)
    }

    /// Sends a write once and returns the controls of its answer.
    async fn write(
        &self,
        kind: WriteKind,
        request: Message<'_>,
        controls: Vec<Control>,
    ) -> Result<Vec<Control>, Failure> {
        let connection = self.connection().await.map_err(|error| not_sent(&error))?;
        let values = sent_values(&request);
        let reply = match connection.request(request, controls).await {
            Ok(reply) => reply,
            Err(failure) if failure.may_have_left => return Err(Failure::Unknown(describe(&failure.error))),
            Err(failure) => return Err(not_sent(&failure.error)),
        };
        let (result, controls) = match reply.message(self.system()) {
            Ok(message) => match (kind, message.operation) {
                (WriteKind::Add, Message::AddResponse(result))
                | (WriteKind::Modify, Message::ModifyResponse(result))
                | (WriteKind::ModifyDn, Message::ModifyDnResponse(result))
                | (WriteKind::Delete, Message::DeleteResponse(result)) => (result.into_owned(), message.controls),
                (_, other) => {
                    connection.retire();
                    return Err(Failure::Unknown(format!("{} as the answer to a write", other.name())));
                }
            },
            Err(error) => {
                connection.retire();
                return Err(Failure::Unknown(describe(&error)));
            }
        };
        if result.code.is_success() {
            return Ok(controls);
        }
        if spoils_connection(result.code) {
            connection.retire();
        }
        Err(Failure::Refused(refusal(kind, &result, values.iter().map(Vec::as_slice))))
    }

    /// Returns the entry that a post-read control carries.
    fn post_image(&self, controls: &[Control], select: &Select) -> Option<ConnectorObject> {
        let control = controls.iter().find(|control| control.oid == oid::POST_READ)?;
        let entry = ReadEntry::Post.decode_response(control).ok()?;
        self.translator.object(&entry, &self.translator.wanted(select)).ok()
    }
}

/// Tells whether an entry gets another name. Another spelling of its own component counts, one of its parents does not.
fn is_renamed(from: &Dn, to: &Dn) -> bool {
    let own = |dn: &Dn| dn.rdn().map(ToString::to_string);
    own(from) != own(to) || from.parent() != to.parent()
}

fn rename_request(from: &Dn, to: &Dn) -> ModifyDnRequest<'static> {
    let is_moved = from.parent() != to.parent();
    ModifyDnRequest {
        name: from.to_string().into(),
        new_rdn: to.rdn().map(ToString::to_string).unwrap_or_default().into(),
        delete_old_rdn: true,
        new_superior: to.parent().filter(|_| is_moved).map(|parent| parent.to_string().into()),
    }
}

fn found(lookup: Lookup<Located>, kind: WriteKind) -> Result<Located, Failure> {
    let (code, class, text) = match lookup {
        Lookup::Found(located) => return Ok(located),
        Lookup::Absent(_) => {
            let class = refusal_class(ResultCode::NO_SUCH_OBJECT, kind);
            (Some(ResultCode::NO_SUCH_OBJECT), class, "the object does not exist".to_owned())
        }
        Lookup::Forbidden => {
            let code = ResultCode::INSUFFICIENT_ACCESS_RIGHTS;
            (Some(code), refusal_class(code, kind), "the object is not shown to this account".to_owned())
        }
        // Nothing was sent, so that there is nothing to find out: a later look may tell more.
        Lookup::Unknown(reason) => (None, RefusalClass::NotSent, reason),
    };
    Err(Failure::Refused(Refusal::new(code.map(|code| i64::from(code.0)), class, text)))
}

fn refusal<'v>(kind: WriteKind, result: &LdapResult<'_>, values: impl Iterator<Item = &'v [u8]>) -> Refusal {
    let said = text::without_values(&result.message, values);
    let name = result.code.name().unwrap_or("unknown code");
    let text = if said.is_empty() { name.to_owned() } else { format!("{name}: {said}") };
    Refusal::new(Some(i64::from(result.code.0)), refusal_class(result.code, kind), text)
}

fn permanent(reason: impl Into<String>) -> Failure {
    Failure::Refused(Refusal::new(None, RefusalClass::Permanent, reason))
}

/// Nothing of a write has left: the intent stays ready, unless it would fail for ever in the same way.
fn not_sent(error: &ConnectorError) -> Failure {
    let (code, class) = match error {
        ConnectorError::Credentials { .. } | ConnectorError::Untrusted { .. } => (None, RefusalClass::Fatal),
        ConnectorError::Configuration { .. } => (None, RefusalClass::Permanent),
        ConnectorError::Refused { code, .. } => (Some(*code), RefusalClass::NotSent),
        _ => (None, RefusalClass::NotSent),
    };
    Failure::Refused(Refusal::new(code, class, describe(error)))
}

/// Joins an error with what lies underneath.
fn describe(error: &ConnectorError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

/// Returns the values of a request, for taking them out of what the server says. Those of `objectClass` stay: a refusal
/// that does not name the class is of no use.
fn sent_values(request: &Message<'_>) -> Vec<Vec<u8>> {
    let of = |attribute: &PartialAttribute<'_>| -> Vec<Vec<u8>> {
        if attribute.description.eq_ignore_ascii_case(b"objectClass") {
            return Vec::new();
        }
        attribute.values.iter().cloned().map(Octets::into_vec).collect()
    };
    match request {
        Message::AddRequest(add) => add.attributes.iter().flat_map(of).collect(),
        Message::ModifyRequest(modify) => modify.changes.iter().flat_map(|change| of(&change.attribute)).collect(),
        _ => Vec::new(),
    }
}
