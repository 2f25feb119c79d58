//! The functions, by what they work on. Each is one function of Rust beside its entry in the table of its module.

mod casing;
mod date;
mod diacritics;
mod directory;
mod encoding;
mod list;
mod logic;
mod random;
mod replace;
mod text;

use crate::registry::Function;

/// All functions of the dialect `entra`.
pub(crate) const TABLES: [&[Function]; 10] = [
    casing::FUNCTIONS,
    date::FUNCTIONS,
    diacritics::FUNCTIONS,
    directory::FUNCTIONS,
    encoding::FUNCTIONS,
    list::FUNCTIONS,
    logic::FUNCTIONS,
    random::FUNCTIONS,
    replace::FUNCTIONS,
    text::FUNCTIONS,
];
