//! The same mapping in other embedded languages.
//!
//! Each is written as one program for all target attributes, so that what several of them begin with is worked out once, with
//! the operations that the language has. What a language lacks is a native function: taking out what a regular expression
//! matches, in all four; lowering letters outside ASCII, in cel.
//!
//! Each begins with the same slots as we do and makes values of its own of them. A second side of each that copies texts, named
//! `values ready`, has made them before the clock starts. The fastest of them has a third side, named `one by one`, with a program
//! for each target attribute: that is what our expressions are.

mod cel;
mod minijinja;
mod rhai;
mod starlark;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::side::{AnySide, Failure};
use crate::users::Users;

/// The numbers of the Switch, for languages that look them up in a table of the host.
const NUMBERS: [(&str, &str); 10] = [
    ("Engineering", "10010"),
    ("Finance", "10020"),
    ("Human Resources", "10030"),
    ("IT", "10040"),
    ("Legal", "10050"),
    ("Logistics", "10060"),
    ("Marketing", "10070"),
    ("Production", "10080"),
    ("Research", "10090"),
    ("Sales", "10100"),
];

pub(crate) fn add<'u>(users: &'u Users, sides: &mut Vec<Box<dyn AnySide + 'u>>) -> Result<(), Failure> {
    sides.push(Box::new(starlark::Starlark::new(users)?));
    sides.push(Box::new(starlark::StarlarkReady::new(users)?));
    sides.push(Box::new(starlark::StarlarkSeparate::new(users)?));
    sides.push(Box::new(cel::Cel::new(users)?));
    sides.push(Box::new(minijinja::Minijinja::new(users)?));
    sides.push(Box::new(minijinja::MinijinjaReady::new(users)?));
    sides.push(Box::new(rhai::Rhai::new(users)?));
    sides.push(Box::new(rhai::RhaiReady::new(users)?));
    Ok(())
}

/// The text without what the pattern matches.
fn digits(text: &str) -> Cow<'_, str> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[()\s-]+").ok());
    PATTERN.as_ref().map_or(Cow::Borrowed(text), |pattern| pattern.replace_all(text, ""))
}
