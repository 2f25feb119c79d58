//! Reading one object and finding objects by a value.

use provost_connector::{AbsenceProof, ConnectorError, Key, MatchQuery, ReadResult, Select};
use provost_ldap_types::{Dn, Filter};
use provost_ldap_wire::{ResultCode, Scope};
use provost_model::{Anchor, ConnectorObject, ObjectName};

use crate::LdapSession;
use crate::search::Found;
use crate::session::any_entry;
use crate::translate::{Wanted, octets};

/// Where an object was found.
pub(crate) struct Located {
    pub(crate) dn: Dn,
    pub(crate) anchor: Anchor,
}

/// Whether an object of a name was seen before, so that its container must be there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Known {
    No,
    Yes,
}

/// What looking for an object gave.
pub(crate) enum Lookup<T> {
    Absent(AbsenceProof),
    Forbidden,
    Found(T),
    Unknown(String),
}

impl LdapSession {
    pub(crate) async fn read_object(&self, key: &Key, select: &Select) -> Result<ReadResult, ConnectorError> {
        Ok(match self.look(key, &self.translator.wanted(select)).await? {
            Lookup::Absent(proof) => ReadResult::Absent(proof),
            Lookup::Forbidden => ReadResult::Forbidden,
            Lookup::Found(object) => ReadResult::Found(Box::new(object)),
            Lookup::Unknown(reason) => ReadResult::Unknown { reason },
        })
    }

    /// Finds out where the object of a key is now.
    pub(crate) async fn locate(&self, key: &Key) -> Result<Lookup<Located>, ConnectorError> {
        let found = self.look(key, &self.translator.wanted(&Select::Only(Vec::new()))).await?;
        Ok(match found {
            Lookup::Found(object) => {
                let dn = object.name().and_then(|name| name.as_str().parse().ok());
                match (dn, object.anchor()) {
                    (Some(dn), Some(anchor)) => Lookup::Found(Located { dn, anchor: anchor.clone() }),
                    _ => Lookup::Unknown("the entry has no name or anchor that can be read".to_owned()),
                }
            }
            Lookup::Absent(proof) => Lookup::Absent(proof),
            Lookup::Forbidden => Lookup::Forbidden,
            Lookup::Unknown(reason) => Lookup::Unknown(reason),
        })
    }

    async fn look(&self, key: &Key, wanted: &Wanted) -> Result<Lookup<ConnectorObject>, ConnectorError> {
        match (key.anchor(), key.name()) {
            (Some(anchor), name) => self.look_by_anchor(anchor, name, wanted).await,
            (None, Some(name)) => self.look_by_name(name, Known::No, wanted).await,
            (None, None) => Err(ConnectorError::configuration("key", "has neither anchor nor name")),
        }
    }

    /// The name is tried first, since reading it is cheapest; the anchor decides whether it is the right object.
    async fn look_by_anchor(
        &self,
        anchor: &Anchor,
        name: Option<&ObjectName>,
        wanted: &Wanted,
    ) -> Result<Lookup<ConnectorObject>, ConnectorError> {
        if anchor.kind() != self.translator.anchor_kind() {
            let kinds = format!("{} and not {}", self.translator.anchor_kind().as_str(), anchor.kind().as_str());
            return Err(ConnectorError::configuration("anchor", format!("objects here are identified by {kinds}")));
        }
        if anchor.kind().is_name() {
            let name = String::from_utf8_lossy(anchor.octets());
            return self.look_by_name(&ObjectName::new(name), Known::Yes, wanted).await;
        }
        let place = name.and_then(|name| self.settings.place(name).ok());
        if let Some(dn) = &place
            && let Lookup::Found(object) = self.read_name(dn, wanted).await?
            && object.anchor() == Some(anchor)
        {
            return Ok(Lookup::Found(object));
        }
        let filter = self.filter(anchor.kind().as_str(), anchor.octets())?;
        let base = self.settings.base.to_string();
        let found = self.search(&base, Scope::Subtree, filter, wanted.requested(), 2).await?;
        match (found.end.code, found.entries.as_slice()) {
            (ResultCode::SUCCESS, [entry]) => self.understand(entry, wanted),
            (ResultCode::SUCCESS, []) if found.references == 0 => {
                let container = place.and_then(|dn| dn.parent()).unwrap_or_else(|| self.settings.base.clone());
                self.prove_absence(format!("no entry below {base} has this {}", anchor.kind().as_str()), &container)
                    .await
            }
            (ResultCode::SUCCESS, []) => Ok(Lookup::Unknown("the server refers to another one".to_owned())),
            (ResultCode::SUCCESS | ResultCode::SIZE_LIMIT_EXCEEDED, [_, _, ..]) => {
                Ok(Lookup::Unknown("several entries have this anchor".to_owned()))
            }
            (ResultCode::INSUFFICIENT_ACCESS_RIGHTS, _) => Ok(Lookup::Forbidden),
            _ => Err(self.refused(&found.end)),
        }
    }

    async fn look_by_name(
        &self,
        name: &ObjectName,
        known: Known,
        wanted: &Wanted,
    ) -> Result<Lookup<ConnectorObject>, ConnectorError> {
        let dn = self.settings.place(name).map_err(|reason| ConnectorError::configuration("name", reason))?;
        match self.read_name(&dn, wanted).await? {
            Lookup::Absent(proof) => {
                let parent = if known == Known::Yes { dn.parent() } else { None };
                let container = parent.unwrap_or_else(|| self.settings.base.clone());
                self.prove_absence(proof.evidence.into_iter().next().unwrap_or_default(), &container).await
            }
            other => Ok(other),
        }
    }

    /// Reads an entry by name; an absence is not proven yet.
    async fn read_name(&self, dn: &Dn, wanted: &Wanted) -> Result<Lookup<ConnectorObject>, ConnectorError> {
        let found = self.search(&dn.to_string(), Scope::Base, any_entry(self.system())?, wanted.requested(), 1).await?;
        match (found.end.code, found.entries.first()) {
            (ResultCode::SUCCESS, Some(entry)) => self.understand(entry, wanted),
            // Every entry matches the filter, so one that is not shown is hidden.
            (ResultCode::SUCCESS, None) if found.references == 0 => Ok(Lookup::Forbidden),
            (ResultCode::SUCCESS, None) => Ok(Lookup::Unknown("the server refers to another one".to_owned())),
            (ResultCode::NO_SUCH_OBJECT, _) => {
                Ok(Lookup::Absent(AbsenceProof::new(vec![format!("the server says that {dn} does not exist")])))
            }
            (ResultCode::INSUFFICIENT_ACCESS_RIGHTS, _) => Ok(Lookup::Forbidden),
            _ => Err(self.refused(&found.end)),
        }
    }

    /// A search without a result proves something only for an account that is shown the container.
    async fn prove_absence<T>(&self, evidence: String, container: &Dn) -> Result<Lookup<T>, ConnectorError> {
        let base = container.to_string();
        let attributes = ["1.1".to_owned()];
        let found = self.search(&base, Scope::Base, any_entry(self.system())?, &attributes, 1).await?;
        Ok(match (found.end.code, found.entries.is_empty()) {
            (ResultCode::SUCCESS, false) => {
                Lookup::Absent(AbsenceProof::new(vec![evidence, format!("{base} is shown to this account")]))
            }
            (ResultCode::SUCCESS, true) | (ResultCode::INSUFFICIENT_ACCESS_RIGHTS, _) => Lookup::Forbidden,
            // Servers say this of a container that they hide, too.
            (ResultCode::NO_SUCH_OBJECT, _) if *container != self.settings.base => {
                Lookup::Unknown(format!("its container {base} is not there or not shown to this account"))
            }
            _ => return Err(self.refused(&found.end)),
        })
    }

    pub(crate) async fn find_objects(
        &self,
        query: &MatchQuery,
        limit: u32,
    ) -> Result<Vec<ConnectorObject>, ConnectorError> {
        let own = self.translator.schema().name.as_str();
        if query.object_type.as_ref().is_some_and(|asked| !asked.as_str().eq_ignore_ascii_case(own)) || limit == 0 {
            return Ok(Vec::new());
        }
        let class = self.filter("objectClass", self.settings.object_class.as_bytes())?;
        let filter = class.and(self.filter(query.attribute.as_str(), &octets(&query.value))?);
        let wanted = self.translator.wanted(&Select::Configured);
        let base = self.settings.base.to_string();
        let found = self.search(&base, Scope::Subtree, filter, wanted.requested(), limit).await?;
        let is_full = u32::try_from(found.entries.len()).is_ok_and(|count| count >= limit);
        match found.end.code {
            ResultCode::SUCCESS => {}
            ResultCode::SIZE_LIMIT_EXCEEDED if is_full => {}
            _ => return Err(self.refused(&found.end)),
        }
        self.objects(&found, &wanted)
    }

    fn objects(&self, found: &Found, wanted: &Wanted) -> Result<Vec<ConnectorObject>, ConnectorError> {
        found
            .entries
            .iter()
            .map(|entry| {
                self.translator
                    .object(&entry.entry(self.system())?, wanted)
                    .map_err(|reason| ConnectorError::protocol(self.system(), reason))
            })
            .collect()
    }

    fn understand(
        &self,
        entry: &crate::search::FoundEntry,
        wanted: &Wanted,
    ) -> Result<Lookup<ConnectorObject>, ConnectorError> {
        Ok(match self.translator.object(&entry.entry(self.system())?, wanted) {
            Ok(object) => Lookup::Found(object),
            Err(reason) => Lookup::Unknown(reason),
        })
    }

    /// Makes an equality filter; the value stays octets and is never joined to text.
    pub(crate) fn filter(&self, attribute: &str, value: &[u8]) -> Result<Filter, ConnectorError> {
        Filter::equals(attribute, value)
            .map_err(|error| ConnectorError::configuration("attribute", format!("{attribute}: {error}")))
    }
}
