use provost_ldap_wire::{Authentication, BindRequest, ResultCode};
use subtle::ConstantTimeEq;

use super::password;
use crate::Directory;
use crate::identity::Identity;
use crate::options::AnonymousAccess;
use crate::refusal::Refusal;
use crate::schema::{Description, ResolvedName};

impl Directory {
    /// Authenticates a client (RFC 4513 section 5).
    pub(crate) fn bind(&self, request: &BindRequest<'_>) -> Result<Identity, Refusal> {
        if request.version != 3 {
            let message = "historical protocol version requested, use LDAPv3 instead";
            return Err(Refusal::new(ResultCode::PROTOCOL_ERROR, message));
        }
        let unsupported = |message: String| Err(Refusal::new(ResultCode::AUTH_METHOD_NOT_SUPPORTED, message));
        let password = match &request.authentication {
            Authentication::Simple(password) => password,
            Authentication::Sasl { mechanism, .. } => {
                let mechanism: String = mechanism.to_text().chars().filter(|c| !c.is_control()).take(32).collect();
                return unsupported(format!("SASL: no mechanism available: {mechanism}"));
            }
            _ => return unsupported("unknown authentication method".to_owned()),
        };
        let name = self.0.schema.resolve_name(&request.name)?;
        match (name.is_root(), password.is_empty()) {
            (true, true) if self.0.options.anonymous == AnonymousAccess::Refused => {
                Err(Refusal::new(ResultCode::INAPPROPRIATE_AUTHENTICATION, "anonymous bind disallowed"))
            }
            (true, true) => Ok(Identity::Anonymous),
            (false, true) => {
                let message = "unauthenticated bind (DN with no password) disallowed";
                Err(Refusal::new(ResultCode::UNWILLING_TO_PERFORM, message))
            }
            (_, false) => self.authenticate(&name, password),
        }
    }

    /// Checks a password. What is wrong, the name or the password, is not told.
    fn authenticate(&self, name: &ResolvedName, password: &[u8]) -> Result<Identity, Refusal> {
        let key = name.key();
        let is_root = self.0.root.as_ref().is_some_and(|root| root.key() == key);
        let root_password = self.0.options.root_password.as_ref().filter(|secret| is_root && !secret.is_empty());
        let by_root = root_password.is_some_and(|secret| secret.expose().ct_eq(password).into());
        if !by_root && !self.check_stored_password(&key, password) {
            return Err(Refusal::new(ResultCode::INVALID_CREDENTIALS, ""));
        }
        let text = name.text();
        if self.is_administrator(&key) {
            return Ok(Identity::Administrator { name: text });
        }
        Ok(Identity::User { name: text, key })
    }

    /// Tells whether a password is one of those of an entry.
    pub(super) fn check_stored_password(&self, key: &[u8], password: &[u8]) -> bool {
        let Some(entry) = self.tree().find(key).cloned() else {
            return false;
        };
        let description = Description::plain(self.0.schema.well_known().user_password);
        entry.attributes.values(&description).iter().any(|stored| password::verify(stored, password))
    }
}
