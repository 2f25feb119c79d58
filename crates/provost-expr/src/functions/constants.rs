//! Constants that a function refuses, whatever its other arguments are.

use std::fmt;

use provost_text::Span;

use crate::ast::{Argument, Call, Expression, ExpressionKind};
use crate::date::{Pattern, Styles};
use crate::diagnostic::Diagnostic;
use crate::functions::casing;
use crate::functions::random::LONGEST;
use crate::number::Decimal;
use crate::registry::CallContext;

/// The text of an argument that is a constant.
fn constant(call: &Call, position: usize) -> Option<&str> {
    match call.arguments().get(position).and_then(Argument::given)?.kind() {
        ExpressionKind::Constant(constant) => Some(constant.text()),
        _ => None,
    }
}

fn integer(call: &Call, position: usize) -> Option<i64> {
    Decimal::parse(constant(call, position)?)?.truncated()
}

fn refuse(call: &Call, position: usize, code: &'static str, message: impl fmt::Display, found: &mut Vec<Diagnostic>) {
    let message = format!("this fails for every object that it is evaluated for: {message}");
    found.push(Diagnostic::warning(code, span(call, position), message));
}

fn span(call: &Call, position: usize) -> Span {
    call.arguments().get(position).map_or(call.name_span(), Argument::span)
}

fn refuse_empty(call: &Call, position: usize, message: &str, found: &mut Vec<Diagnostic>) {
    if constant(call, position).is_some_and(str::is_empty) {
        refuse(call, position, "invalid-argument", message, found);
    }
}

fn refuse_below(call: &Call, position: usize, least: i64, message: &str, found: &mut Vec<Diagnostic>) {
    if integer(call, position).is_some_and(|number| number < least) {
        refuse(call, position, "out-of-range", message, found);
    }
}

pub(super) fn check_culture(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    if constant(call, 1).is_some_and(|tag| casing::culture_of(tag).is_none()) {
        refuse(call, 1, "invalid-argument", "expected a culture such as `en-US`", found);
    }
}

pub(super) fn check_delimiter(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    refuse_empty(call, 1, "the delimiter is empty", found);
}

/// What `Replace` looks for, in the modes that have it.
pub(super) fn check_old(call: &Call, found: &mut Vec<Diagnostic>) {
    refuse_empty(call, 1, "the text to be replaced is empty", found);
}

pub(super) fn check_index(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    refuse_below(call, 1, 1, "the first value has the index 1", found);
}

pub(super) fn check_start(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    refuse_below(call, 2, 1, "the start counts from 1", found);
}

pub(super) fn check_part(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    refuse_below(call, 1, 1, "the start counts from 1", found);
    refuse_below(call, 2, 0, "the length cannot be negative", found);
}

pub(super) fn check_padding(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    if constant(call, 2).is_some_and(|pad| pad.chars().nth(1).is_some() || pad.is_empty()) {
        refuse(call, 2, "invalid-argument", "the character to fill up with is exactly one", found);
    }
}

/// The bounds of `RandomString`, as far as they are constants.
pub(super) fn check_bounds(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    let most = i64::try_from(LONGEST).unwrap_or(i64::MAX);
    for position in 0..5 {
        if integer(call, position).is_some_and(|number| !(0..=most).contains(&number)) {
            refuse(call, position, "out-of-range", format!("expected a number from 0 to {LONGEST}"), found);
            return;
        }
    }
    let least: i64 = (1..5).filter_map(|position| integer(call, position)).sum();
    if integer(call, 0).is_some_and(|length| length < least) {
        let message = format!("the length is less than the sum of the minimums, {least}");
        refuse(call, 0, "out-of-range", message, found);
    }
}

/// The formats of `FormatDateTime`, at the positions where they stand; styles have one where they may stand.
pub(super) fn check_formats(call: &Call, formats: &[usize], styles: Option<usize>, found: &mut Vec<Diagnostic>) {
    // A date is printed without looking at the format that a text would be read by.
    let is_date = matches!(
        call.arguments().first().and_then(Argument::given).map(Expression::kind),
        Some(ExpressionKind::Call(inner)) if matches!(inner.name(), "CDate" | "DateAdd" | "DateFromNum" | "Now")
    );
    let read = formats.len().saturating_sub(1);
    for position in formats.iter().skip(if is_date { read } else { 0 }) {
        if let Some(error) = constant(call, *position).and_then(|format| Pattern::parse(format).err()) {
            found.push(Diagnostic::warning("invalid-argument", span(call, *position), error.to_string()));
        }
    }
    let Some(position) = styles else { return };
    if constant(call, position).is_some_and(|styles| !styles.is_empty() && Styles::parse(styles).is_none()) {
        refuse(call, position, "invalid-argument", "expected names of date styles, such as `None`", found);
    }
}

pub(super) fn check_format(call: &Call, _: &CallContext<'_>, found: &mut Vec<Diagnostic>) {
    check_formats(call, &[1], None, found);
}
