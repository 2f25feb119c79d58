use provost_ldap_types::Filter;
use provost_ldap_wire::{Control, PagedResults, ReadEntry, ResultCode, decode_filter, oid};

use crate::persona::CONTROLS;
use crate::refusal::Refusal;

/// What the controls of a request ask for.
#[derive(Debug, Default)]
pub(crate) struct RequestControls {
    pub(crate) assertion: Option<Filter>,
    pub(crate) paged: Option<PagedResults>,
    pub(crate) post_read: Option<Vec<String>>,
    pub(crate) pre_read: Option<Vec<String>>,
}

/// Which controls an operation takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Use {
    Add,
    Compare,
    Delete,
    /// Bind and extended operations take none of ours.
    None,
    Search,
    Update,
}

impl Use {
    fn takes(self, control: &str) -> bool {
        match control {
            oid::MANAGE_DSA_IT => self != Self::None,
            oid::ASSERTION => self != Self::None,
            oid::PAGED_RESULTS => self == Self::Search,
            oid::PRE_READ => matches!(self, Self::Delete | Self::Update),
            oid::POST_READ => matches!(self, Self::Add | Self::Update),
            _ => false,
        }
    }
}

impl RequestControls {
    /// Reads the controls of a request; unknown ones that are not critical are ignored (RFC 4511 section 4.1.11).
    pub(crate) fn read(controls: &[Control], operation: Use) -> Result<Self, Refusal> {
        let mut read = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for control in controls {
            let known = CONTROLS.contains(&control.oid.as_str());
            if !known || !operation.takes(&control.oid) {
                if control.is_critical() {
                    let message = if known {
                        "critical extension is unavailable"
                    } else {
                        "critical extension is not recognized"
                    };
                    return Err(Refusal::new(ResultCode::UNAVAILABLE_CRITICAL_EXTENSION, message));
                }
                continue;
            }
            if seen.contains(&control.oid.as_str()) {
                return Err(malformed(&control.oid, "specified multiple times"));
            }
            seen.push(&control.oid);
            read.take(control)?;
        }
        Ok(read)
    }

    fn take(&mut self, control: &Control) -> Result<(), Refusal> {
        let undecodable = || malformed(&control.oid, "could not be decoded");
        match control.oid.as_str() {
            oid::ASSERTION => {
                let value = control.value.as_deref().ok_or_else(|| malformed(&control.oid, "value is absent"))?;
                self.assertion = Some(decode_filter(value).map_err(|_| undecodable())?);
            }
            oid::PAGED_RESULTS => self.paged = Some(PagedResults::decode(control).map_err(|_| undecodable())?),
            oid::PRE_READ => self.pre_read = Some(ReadEntry::Pre.decode_request(control).map_err(|_| undecodable())?),
            oid::POST_READ => {
                self.post_read = Some(ReadEntry::Post.decode_request(control).map_err(|_| undecodable())?);
            }
            _ => {}
        }
        Ok(())
    }
}

fn malformed(control: &str, reason: &str) -> Refusal {
    let name = match control {
        oid::ASSERTION => "assert",
        oid::MANAGE_DSA_IT => "manageDSAit",
        oid::PAGED_RESULTS => "paged results",
        oid::POST_READ => "postread",
        oid::PRE_READ => "preread",
        other => other,
    };
    Refusal::new(ResultCode::PROTOCOL_ERROR, format!("{name} control {reason}"))
}
