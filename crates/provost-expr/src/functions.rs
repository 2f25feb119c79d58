//! The functions, by what they work on. Each is one function of Rust beside its entry in the table of its module.

pub(crate) mod casing;
pub(crate) mod condition;
mod connect;
mod constants;
mod date;
mod diacritics;
mod directory;
mod encoding;
mod identifier;
mod list;
mod logic;
mod random;
pub(crate) mod replace;
mod roles;
pub(crate) mod text;

use crate::registry::Function;

pub(crate) use self::connect::TABLES as CONNECT_TABLES;

/// All functions of the dialect `entra`.
pub(crate) const TABLES: [&[Function]; 12] = [
    casing::FUNCTIONS,
    date::FUNCTIONS,
    diacritics::FUNCTIONS,
    directory::FUNCTIONS,
    encoding::FUNCTIONS,
    identifier::FUNCTIONS,
    list::FUNCTIONS,
    logic::FUNCTIONS,
    random::FUNCTIONS,
    replace::FUNCTIONS,
    roles::FUNCTIONS,
    text::FUNCTIONS,
];
