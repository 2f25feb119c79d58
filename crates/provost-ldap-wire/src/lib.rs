//! LDAP messages on the wire: capped frames, BER, controls.
//!
//! Octets of a connection pass [`frame`] first, which caps size and nesting and checks every length; then
//! [`Message::decode`] reads the message and borrows from it. [`Message::encode`] writes one. Both sides of the protocol
//! are here: a client encodes requests and decodes answers, a server the other way round.
//!
//! ```
//! use provost_ldap_wire::{FrameLimits, LdapResult, Message, Operation, ResultCode, frame};
//!
//! let refusal = LdapResult::new(ResultCode::ENTRY_ALREADY_EXISTS, "it is there already");
//! let octets = Message::new(7, Operation::AddResponse(refusal.clone())).encode();
//!
//! let length = frame(&octets, &FrameLimits::default())?.expect("the message is whole");
//! let message = Message::decode(&octets[..length])?;
//! assert_eq!(message.id, 7);
//! assert_eq!(message.operation, Operation::AddResponse(refusal));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Result codes are integers and texts are octets, since servers send codes of no list and text that is not UTF-8. Values
//! of controls and extended operations are written and read by rasn, behind [`check_nesting`], and those that tell of
//! changes by the bounded reader of [`ber`].
//!
//! There are no features. Left out: values of controls other than paged results, pre-read, post-read, assertion, content
//! synchronization, DirSync, persistent search and the cookie of the OpenDS family's change log (they are carried as
//! octets), and SASL mechanisms.

pub mod ber;
mod bounded;
mod control;
mod dir_sync;
mod error;
mod filter;
mod frame;
mod message;
mod octets;
mod persistent;
mod result_code;
mod sync;
mod value;

pub use control::{Control, Criticality, oid};
pub use dir_sync::{decode_dir_sync_request, decode_dir_sync_response, dir_sync_request, dir_sync_response};
pub use error::{DecodeError, DecodeErrorKind};
pub use filter::{decode_filter, encode_filter};
pub use frame::{FrameError, FrameErrorKind, FrameLimits, check_nesting, frame};
pub use message::{
    AddRequest, Authentication, BindRequest, BindResponse, CompareRequest, DerefAliases, Envelope, ExtendedRequest,
    ExtendedResponse, IntermediateResponse, LdapResult, Message, Modification, ModifyDnRequest, ModifyOperation,
    ModifyRequest, Operation, PartialAttribute, Scope, SearchRequest, SearchResultEntry,
};
pub use octets::Octets;
pub use persistent::{
    change_log_cookie, change_log_cookie_request, decode_change_log_cookie, decode_entry_change_notification,
    decode_persistent_search, entry_change_notification, persistent_search,
};
pub use result_code::ResultCode;
pub use sync::{
    decode_sync_done, decode_sync_info, decode_sync_request, decode_sync_state, encode_sync_info, sync_done,
    sync_request, sync_state,
};
pub use value::{DecodeValueError, PagedResults, PasswordModify, ReadEntry, assertion, manage_dsa_it};
