mod argument;
mod walk;

use std::collections::HashSet;

use provost_text::Span;

use self::walk::Walk;
use crate::ast::{Call, Constant, Expression};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::extension::Registry;
use crate::lint::lint;
use crate::regex::{Patterns, RegexError};
use crate::scope::is_soft_deleted;
use crate::suggest::{UnknownName, closest};
use crate::types::Types;

/// Whether an expression gives one value or several, as far as its text says it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// A list, or Null.
    List,
    /// One value, or Null.
    Scalar,
    /// Known only when it is evaluated: it depends on an attribute or on a condition.
    Unknown,
}

/// Looks an expression over without evaluating it: unknown functions, numbers of arguments, arguments that can never fit
/// their parameter, words where they mean nothing.
///
/// A part that fails whenever it is evaluated is an error where each evaluation of the expression reaches it. It is a
/// warning in a branch, which may never be taken, and so is a list where one value is needed, since it may hold just one.
///
/// ```
/// use provost_expr::{Dialect, check, parse};
///
/// let found = check(&parse("Joim(\"\", [mail])")?, Dialect::Entra);
/// assert_eq!(found[0].message(), "there is no function `Joim`");
/// assert_eq!(found[0].help(), Some("did you mean `Join`?"));
///
/// let found = check(&parse("Left([mail], Now())")?, Dialect::Entra);
/// assert_eq!(found[0].message(), "the argument `numChars` of `Left` is a number, and `Now` gives a date");
/// assert_eq!(found[0].help(), Some("`NumFromDate` turns a date into a number"));
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
#[must_use]
pub fn check(expression: &Expression, dialect: Dialect) -> Vec<Diagnostic> {
    checked(expression, &Registry::new(dialect))
}

pub(crate) fn checked(expression: &Expression, registry: &Registry) -> Vec<Diagnostic> {
    let patterns = Patterns::default();
    let Findings { mut found, .. } = findings(expression, registry, &patterns);
    if !found.iter().any(Diagnostic::is_error) {
        lint(expression, registry, &patterns, &mut found);
        sort(&mut found);
    }
    found
}

/// What [`check`] finds without evaluating anything: all errors, and some warnings.
pub(crate) struct Findings {
    pub(crate) found: Vec<Diagnostic>,
    pub(crate) shape: Shape,
}

pub(crate) fn findings(expression: &Expression, registry: &Registry, patterns: &Patterns) -> Findings {
    let (mut found, types) = Walk::new(registry, patterns).run(expression);
    sort(&mut found);
    let shape = match (types.meets(Types::SCALAR), types.meets(Types::SEVERAL)) {
        (false, true) => Shape::List,
        (true, true) => Shape::Unknown,
        (_, false) => Shape::Scalar,
    };
    Findings { found, shape }
}

/// Errors go first.
fn sort(found: &mut [Diagnostic]) {
    found.sort_by_key(|diagnostic| (!diagnostic.is_error(), diagnostic.span()));
}

/// Looks for attributes that a source does not have; each is a warning, since an absent attribute is Null.
///
/// `isSoftDeleted` is always known.
///
/// ```
/// use provost_expr::{check_attributes, parse};
///
/// let found = check_attributes(&parse("Trim([Mail])")?, &["mail", "surname"]);
/// assert_eq!(found[0].message(), "the source has no attribute `Mail`");
/// assert_eq!(found[0].help(), Some("names are case-sensitive: write `mail`"));
/// # Ok::<(), provost_expr::ParseExprError>(())
/// ```
#[must_use]
pub fn check_attributes(expression: &Expression, known: &[&str]) -> Vec<Diagnostic> {
    let exact: HashSet<&str> = known.iter().copied().collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (name, span) in expression.attributes() {
        if !exact.contains(name) && !is_soft_deleted(name) && seen.insert(name) {
            found.push(unknown_attribute(name, span, known));
        }
    }
    found
}

/// Looks for one attribute as [`check_attributes`] does; the span is that of the whole name.
#[must_use]
pub fn check_attribute(name: &str, known: &[&str]) -> Option<Diagnostic> {
    let is_known = known.contains(&name) || is_soft_deleted(name);
    (!is_known).then(|| unknown_attribute(name, Span::new(0, name.len()), known))
}

fn unknown_attribute(name: &str, span: Span, known: &[&str]) -> Diagnostic {
    let message = format!("the source has no attribute `{name}`");
    let diagnostic = Diagnostic::warning("unknown-attribute", span, message);
    with_suggestion(diagnostic, closest(name, known.iter().copied()))
}

pub(crate) fn with_suggestion(diagnostic: Diagnostic, meant: Option<UnknownName<'_>>) -> Diagnostic {
    match meant {
        Some(UnknownName::Case(right)) => diagnostic.with_help(format!("names are case-sensitive: write `{right}`")),
        Some(UnknownName::Similar(right)) => diagnostic.with_help(format!("did you mean `{right}`?")),
        None => diagnostic,
    }
}

pub(crate) fn unknown_function(call: &Call, registry: &Registry) -> Diagnostic {
    let name = call.name.as_str();
    let diagnostic = Diagnostic::error("unknown-function", call.name_span, format!("there is no function `{name}`"));
    with_suggestion(diagnostic, closest(name, registry.functions().map(|function| function.name)))
}

/// A pattern that cannot be used, with the place inside it.
pub(crate) fn invalid_pattern(error: &RegexError, constant: &Constant, span: Span) -> Diagnostic {
    let place = constant.span_within(error.place.clone(), span);
    if error.exhausts {
        let help = "use one pattern in several places, or repeat less: `{1,64}` counts as 64 characters";
        return Diagnostic::error("too-many-patterns", place, error.message.as_str()).with_help(help);
    }
    let help = "a character that means something in a pattern is taken as it is behind `\\\\`, as in `\\\\(`";
    Diagnostic::error("invalid-pattern", place, error.message.as_str()).with_help(help)
}
