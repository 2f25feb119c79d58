use provost_ldap_wire::ber::Writer;
use provost_ldap_wire::{ExtendedRequest, PasswordModify, ResultCode, oid};

use super::password;
use crate::Directory;
use crate::connection::Security;
use crate::directory::Place;
use crate::identity::Identity;
use crate::refusal::Refusal;
use crate::schema::{Description, EntryPurpose, check_entry};
use crate::tree::StoredEntry;

/// What an extended operation answers with success.
#[derive(Debug)]
pub(crate) enum ExtendedAnswer {
    /// TLS starts behind the answer.
    StartTls,
    Value(Option<Vec<u8>>),
}

/// Letters of made-up passwords: none is easily mistaken for another. There are 32 of them.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Directory {
    /// Does an operation that RFC 4511 does not define (its section 4.12).
    pub(crate) fn extended(
        &self,
        who: &Identity,
        request: &ExtendedRequest<'_>,
        security: Security,
    ) -> Result<ExtendedAnswer, Refusal> {
        match request.name.as_str() {
            Some(oid::PASSWORD_MODIFY) => self.modify_password(who, request.value.as_deref()),
            Some(oid::START_TLS) => start_tls(request, security),
            Some(oid::WHO_AM_I) => Ok(ExtendedAnswer::Value(Some(match who.name() {
                Some(name) => format!("dn:{name}").into_bytes(),
                None => Vec::new(),
            }))),
            _ => Err(Refusal::new(ResultCode::PROTOCOL_ERROR, "unsupported extended operation")),
        }
    }

    /// Sets a password, or makes one up (RFC 3062).
    fn modify_password(&self, who: &Identity, value: Option<&[u8]>) -> Result<ExtendedAnswer, Refusal> {
        let refuse = |code, message| Err(Refusal::new(code, message));
        let Ok(request) = PasswordModify::decode(value) else {
            return refuse(ResultCode::PROTOCOL_ERROR, "data decoding error");
        };
        let Some(own) = who.name() else {
            return refuse(ResultCode::STRONGER_AUTH_REQUIRED, "only authenticated users may change passwords");
        };
        let schema = &self.0.schema;
        let user = request.user.as_deref().unwrap_or(own.as_bytes());
        let name = schema.resolve_name(user)?;
        if !matches!(self.place(&name), Place::Within(_)) {
            return refuse(ResultCode::UNWILLING_TO_PERFORM, "no global superior knowledge");
        }
        if request.new.as_ref().is_some_and(Vec::is_empty) {
            return refuse(ResultCode::UNWILLING_TO_PERFORM, "new password is empty");
        }
        let key = name.key();
        let permitted = who.is_administrator() || matches!(who, Identity::User { key: own, .. } if *own == key);
        let refuted = request.old.as_ref().is_some_and(|old| !self.check_stored_password(&key, old));
        if permitted && refuted {
            return refuse(ResultCode::UNWILLING_TO_PERFORM, "unwilling to verify old password");
        }
        let (new, made_up) = match request.new {
            Some(new) => (new, None),
            None => {
                let made = self.make_password()?;
                (made.clone(), Some(made))
            }
        };
        let mut salt = [0; 8];
        self.fill_random(&mut salt)?;
        let hash = password::hash(&new, &salt);
        let mut tree = self.tree_mut();
        let old = self.find(&tree, &name)?.clone();
        if !permitted {
            return refuse(ResultCode::INSUFFICIENT_ACCESS_RIGHTS, "");
        }
        let mut entry = StoredEntry::clone(&old);
        entry.attributes.set(Description::plain(schema.well_known().user_password), vec![hash]);
        if let Some(rdn) = name.rdns.first() {
            check_entry(schema, rdn, &mut entry.attributes, EntryPurpose::Change)?;
        }
        self.record_change(who, &mut entry.attributes);
        tree.replace(entry);
        self.count_write();
        Ok(ExtendedAnswer::Value(made_up.map(|made| {
            let mut writer = Writer::default();
            writer.constructed(0x30, |writer| writer.element(0x80, &made));
            writer.into_octets()
        })))
    }

    fn make_password(&self) -> Result<Vec<u8>, Refusal> {
        let mut octets = [0; 12];
        self.fill_random(&mut octets)?;
        let letter = |octet: u8| LETTERS.get(usize::from(octet % 32)).copied().unwrap_or(b'a');
        Ok(octets.into_iter().map(letter).collect())
    }
}

fn start_tls(request: &ExtendedRequest<'_>, security: Security) -> Result<ExtendedAnswer, Refusal> {
    match security {
        _ if request.value.is_some() => Err(Refusal::new(ResultCode::PROTOCOL_ERROR, "no request data expected")),
        Security::Plain => Err(Refusal::new(ResultCode::PROTOCOL_ERROR, "unsupported extended operation")),
        Security::StartTls => Ok(ExtendedAnswer::StartTls),
        Security::Tls => Err(Refusal::new(ResultCode::OPERATIONS_ERROR, "TLS already started")),
    }
}
