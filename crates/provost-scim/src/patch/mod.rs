//! PATCH, RFC 7644 section 3.5.2: the request, and its effect on a resource.

mod apply;
mod list;
mod request;

pub use apply::Patched;
pub use request::{PatchKind, PatchOperation, PatchRequest};

pub(crate) use apply::check_immutable;
pub(crate) use list::reconcile_list;

#[cfg(test)]
mod tests;
