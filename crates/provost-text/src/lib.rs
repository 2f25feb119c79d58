//! Spans, source snippets and limits: what every grammar of Provost shares.
//!
//! A parser of this workspace reports where it stopped as a [`Span`] of byte offsets, refuses input beyond its
//! [`Limits`], and leaves the drawing to [`Snippet`].
//!
//! ```
//! use provost_text::{Snippet, Span};
//!
//! let source = "Join(\"\", [mail]";
//! let drawn = Snippet::new(source, Span::point(15), "expected `)` or `,`").to_string();
//! assert_eq!(drawn, "expected `)` or `,` at byte 15\nJoin(\"\", [mail]\n               ^");
//! ```
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `serde` | `Serialize` and `Deserialize` for [`Span`] and [`Limits`] |
//!
//! The crate leaves out colours and diagnostics codes: those belong to the grammars.

mod limits;
mod snippet;
mod span;

pub use limits::Limits;
pub use snippet::Snippet;
pub use span::Span;
