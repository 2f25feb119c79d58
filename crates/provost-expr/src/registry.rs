use std::fmt;
use std::sync::LazyLock;

use crate::ast::Call;
use crate::complex::RoleUpdate;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::EvaluateError;
use crate::functions;
use crate::invocation::Invocation;
use crate::plan::Kernel;
use crate::plan::{KeyTable, Slice};
use crate::profile::Profile;
use crate::regex::Patterns;
use crate::types::Types;
use crate::value::Value;

/// A function of the language: its signature, what it does, and how.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub(crate) name: &'static str,
    pub(crate) origin: Origin,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) repeat: Repeat,
    pub(crate) returns: Returns,
    pub(crate) nature: Nature,
    pub(crate) summary: &'static str,
    pub(crate) implementation: Implementation,
    /// How a plan carries it out, for one that plans know.
    pub(crate) kernel: Option<Kernel>,
    /// What the checker asks beside arity and kinds.
    pub(crate) check: Option<CallCheck>,
}

/// How a function does its work: it asks the [`Invocation`] for its arguments.
pub type Implementation = for<'a> fn(&mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError>;

pub(crate) type CallCheck = fn(&Call, &CallContext<'_>, &mut Vec<Diagnostic>);

/// What a check of a call goes by.
#[derive(Clone, Copy)]
pub(crate) struct CallContext<'c> {
    pub(crate) patterns: &'c Patterns,
    pub(crate) profile: Profile,
}

/// One parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: ParameterKind,
    pub(crate) presence: Presence,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Any value.
    Any,
    /// The attribute `[appRoleAssignments]` and nothing else.
    AppRoleAssignments,
    /// An attribute in brackets, or its name between quotation marks.
    Attribute,
    /// `vbTextCompare` or `vbBinaryCompare`, with or without quotes.
    CompareType,
    /// `CaseSensitive` or `CaseInsensitive`.
    CaseType,
    /// A comparison, a number, or the text `True` or `False`.
    Condition,
    /// A date, or text that is one.
    Date,
    /// `Unicode`, `ASCII` or `UTF8`.
    Encoding,
    /// A unit of time such as `d`, the day.
    Interval,
    /// A number, or text that is one.
    Number,
    /// A regular expression in the syntax of .NET.
    Pattern,
    /// One value of any kind.
    Scalar,
    /// Text; every scalar has one.
    Text,
    /// A variable that the call binds for its other arguments, such as `$item`.
    Variable,
}

/// Whether an argument may be left out.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Presence {
    /// It may.
    Optional,
    /// It may not.
    Required,
}

/// Whether the last parameters may be given again and again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Repeat {
    No,
    /// The last parameter repeats.
    Last,
    /// The last two parameters repeat together.
    Pair,
}

/// What a function gives, as far as the signature says it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Returns {
    /// One of the arguments.
    AnyArgument,
    /// One of the arguments at the positions that this function picks out; a flow signal of theirs passes.
    Branch(fn(usize) -> bool),
    /// The first argument itself.
    First,
    /// The first argument, or a flow signal.
    FirstOrFlow,
    /// Always values of these kinds.
    Kinds(Types),
    /// Text for each value of the first argument: a list gives a list.
    PerElement,
    /// Text for each value of the second argument.
    PerElementOfSecond,
}

impl Returns {
    pub(crate) const BOOLEAN: Self = Self::Kinds(Types::BOOLEAN);
    pub(crate) const DATE: Self = Self::Kinds(Types::DATE);
    pub(crate) const INTEGER: Self = Self::Kinds(Types::INTEGER);
    pub(crate) const LIST: Self = Self::Kinds(Types::LIST.or(Types::NULL));
    pub(crate) const NOTHING: Self = Self::Kinds(Types::NONE);
    pub(crate) const ROLES: Self = Self::Kinds(Types::COMPLEX.or(Types::NULL));
    pub(crate) const SCALAR: Self = Self::Kinds(Types::SCALAR.or(Types::NULL));
    pub(crate) const TEXT: Self = Self::Kinds(Types::TEXT);
    pub(crate) const TEXT_OR_NULL: Self = Self::Kinds(Types::TEXT.or(Types::NULL));
}

/// Whether a function gives the same for the same arguments, or tells more than its value.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Nature {
    Plain,
    /// Depends on what the target holds, and is the whole expression.
    Selecting,
    /// Different each time.
    Random,
    /// Marks the result as secret.
    Redacting,
    /// Depends on the time or on the configuration.
    Surroundings,
    /// Gives application roles for an update of this kind.
    Roles(RoleUpdate),
}

/// Where a function is documented.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Origin {
    /// In the functions reference of Microsoft Entra Connect Sync.
    Connect,
    /// Elsewhere for the same engine: function metadata of Microsoft Graph, or the cloud sync reference.
    Adjacent,
    /// In no reference of the product: a program added it to its [`Registry`](crate::Registry).
    Own,
    /// In the reference for writing expressions for attribute mappings.
    Reference,
}

impl Function {
    /// A function of the reference that gives a scalar.
    pub(crate) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        implementation: Implementation,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            origin: Origin::Reference,
            parameters,
            repeat: Repeat::No,
            returns: Returns::SCALAR,
            nature: Nature::Plain,
            summary,
            implementation,
            kernel: None,
            check: None,
        }
    }

    /// Makes a function for a [`Registry`](crate::Registry); it gives a scalar or Null. The checker knows more where one of the
    /// methods `giving_...` says more.
    ///
    /// It gives the same for the same arguments, at any time and in any place: where all its arguments are constants it may be
    /// called while an expression is checked or compiled, in a [`Context`](crate::Context) without randomness whose time is
    /// the Unix epoch, and the program keeps the result for all objects. A function that asks a clock, a table that changes or
    /// the context says so by [`Function::depending_on_surroundings`].
    #[must_use]
    pub const fn own(
        name: &'static str,
        parameters: &'static [Parameter],
        implementation: Implementation,
        summary: &'static str,
    ) -> Self {
        Self { origin: Origin::Own, ..Self::new(name, parameters, implementation, summary) }
    }

    /// Says that the last parameter may be given again and again.
    #[must_use]
    pub const fn variadic(self) -> Self {
        self.repeating(Repeat::Last)
    }

    /// Says that the function gives True, False or Null.
    #[must_use]
    pub const fn giving_boolean(self) -> Self {
        self.returning(Returns::Kinds(Types::BOOLEAN.or(Types::NULL)))
    }

    /// Says that the function gives a date or Null.
    #[must_use]
    pub const fn giving_date(self) -> Self {
        self.returning(Returns::Kinds(Types::DATE.or(Types::NULL)))
    }

    /// Says that the function gives a number or Null.
    #[must_use]
    pub const fn giving_number(self) -> Self {
        self.returning(Returns::Kinds(Types::INTEGER.or(Types::NULL)))
    }

    /// Says that the function gives text or Null.
    #[must_use]
    pub const fn giving_text(self) -> Self {
        self.returning(Returns::TEXT_OR_NULL)
    }

    /// Says that the function gives a list or Null.
    #[must_use]
    pub const fn giving_list(self) -> Self {
        self.returning(Returns::LIST)
    }

    /// Says that the function works on each value of its first argument, so that a list gives a list.
    #[must_use]
    pub const fn per_element(self) -> Self {
        self.returning(Returns::PerElement)
    }

    /// Says that the result depends on more than the arguments, such as the time, the context or a table that changes: the
    /// function is called at each evaluation that reaches it and at no other time.
    ///
    /// Without this, the result of a call whose arguments are constants may be the one that was made while compiling.
    #[must_use]
    pub const fn depending_on_surroundings(self) -> Self {
        self.of_nature(Nature::Surroundings)
    }

    /// Says that plans know the function: what changes in its implementation changes in [`plan`](crate::plan), too.
    pub(crate) const fn planned(self, kernel: Kernel) -> Self {
        Self { kernel: Some(kernel), ..self }
    }

    pub(crate) const fn adjacent(self) -> Self {
        Self { origin: Origin::Adjacent, ..self }
    }

    pub(crate) const fn connect(self) -> Self {
        Self { origin: Origin::Connect, ..self }
    }

    pub(crate) const fn repeating(self, repeat: Repeat) -> Self {
        Self { repeat, ..self }
    }

    pub(crate) const fn returning(self, returns: Returns) -> Self {
        Self { returns, ..self }
    }

    pub(crate) const fn of_nature(self, nature: Nature) -> Self {
        Self { nature, ..self }
    }

    pub(crate) const fn checked_by(self, check: CallCheck) -> Self {
        Self { check: Some(check), ..self }
    }

    /// Returns the functions of a dialect, by name.
    #[must_use]
    pub fn all(dialect: Dialect) -> &'static [&'static Self] {
        static ENTRA: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
            let mut functions: Vec<_> = functions::TABLES.iter().flat_map(|table| table.iter()).collect();
            functions.sort_by_key(|function| function.name);
            functions
        });
        static CONNECT: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
            let mut functions: Vec<_> = functions::CONNECT_TABLES.iter().flat_map(|table| table.iter()).collect();
            functions.sort_by_key(|function| function.name);
            functions
        });
        match dialect {
            Dialect::Entra => &ENTRA,
            Dialect::Connect => &CONNECT,
        }
    }

    /// Returns the function with exactly this name.
    #[must_use]
    pub fn find(dialect: Dialect, name: &str) -> Option<&'static Self> {
        static ENTRA: LazyLock<KeyTable> = LazyLock::new(|| names(Dialect::Entra));
        static CONNECT: LazyLock<KeyTable> = LazyLock::new(|| names(Dialect::Connect));
        let names = match dialect {
            Dialect::Connect => &CONNECT,
            Dialect::Entra => &ENTRA,
        };
        Self::all(dialect).get(names.find(Slice::whole(name))?).copied()
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns where it is documented.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns the parameters; see [`Function::signature`] for those that repeat.
    #[must_use]
    pub fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }

    /// Returns what it does, in one sentence.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// Tells whether it gives something else each time.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.nature == Nature::Random
    }

    /// Tells whether it marks the result as secret.
    #[must_use]
    pub fn is_redacting(&self) -> bool {
        self.nature == Nature::Redacting
    }

    /// Returns how the roles that it gives change the target; `None` for a function that gives none.
    #[must_use]
    pub fn role_update(&self) -> Option<RoleUpdate> {
        match self.nature {
            Nature::Roles(update) => Some(update),
            _ => None,
        }
    }

    /// Tells whether it must be the outermost function.
    #[must_use]
    pub fn is_outermost(&self) -> bool {
        self.nature == Nature::Selecting
    }

    /// Returns name and parameters as documentation writes them, `?` behind those that may be left out.
    ///
    /// ```
    /// use provost_expr::{Dialect, Function};
    ///
    /// let join = Function::find(Dialect::Entra, "Join").unwrap();
    /// assert_eq!(join.signature(), "Join(separator, source, ...)");
    /// ```
    #[must_use]
    pub fn signature(&self) -> String {
        let mut parts: Vec<String> = self
            .parameters
            .iter()
            .map(|parameter| match parameter.presence {
                Presence::Optional => format!("{}?", parameter.name),
                Presence::Required => parameter.name.to_owned(),
            })
            .collect();
        if self.repeat != Repeat::No {
            parts.push("...".to_owned());
        }
        format!("{}({})", self.name, parts.join(", "))
    }

    /// Whether each evaluation of the function evaluates the argument at this position.
    pub(crate) fn always_evaluates(&self, position: usize) -> bool {
        match self.returns {
            _ if self.origin == Origin::Own => false,
            _ if self.binds() => position == 1,
            _ if self.nature == Nature::Selecting => position == 0,
            Returns::AnyArgument | Returns::Branch(_) => position == 0,
            _ => true,
        }
    }

    /// Whether a call binds a variable, which its first argument names, for its last one.
    pub(crate) fn binds(&self) -> bool {
        self.parameters.first().is_some_and(|parameter| parameter.kind == ParameterKind::Variable)
    }

    /// Whether the argument at this position may be a list without being one value.
    pub(crate) fn takes_lists(&self, position: usize) -> bool {
        let per_element = match self.returns {
            Returns::First | Returns::FirstOrFlow | Returns::PerElement => position == 0,
            Returns::PerElementOfSecond => position == 1,
            _ => false,
        };
        per_element || self.parameter(position).is_some_and(|parameter| parameter.kind.accepted().meets(Types::SEVERAL))
    }

    /// The help for arguments that do not fit.
    pub(crate) fn signature_help(&self) -> String {
        format!("its signature is `{}`", self.signature())
    }

    /// Returns the parameter that the argument at this position is for.
    pub(crate) fn parameter(&self, position: usize) -> Option<&'static Parameter> {
        let last = self.parameters.len().saturating_sub(1);
        let at = match self.repeat {
            _ if position <= last => position,
            Repeat::No => return None,
            Repeat::Last => last,
            Repeat::Pair => last.saturating_sub((position + 1 + self.parameters.len()) % 2),
        };
        self.parameters.get(at)
    }
}

fn names(dialect: Dialect) -> KeyTable {
    KeyTable::new(Function::all(dialect).iter().map(|function| function.name))
}

/// Says what the parameter takes, as documentation has it.
impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any value",
            Self::AppRoleAssignments => "the attribute `[appRoleAssignments]`",
            Self::Attribute => "an attribute, or its name in quotes",
            Self::CaseType => "`CaseSensitive` or `CaseInsensitive`",
            Self::CompareType => "`vbBinaryCompare` or `vbTextCompare`",
            Self::Condition => "a comparison, a number, `True` or `False`",
            Self::Date => "date",
            Self::Encoding => "`Unicode`, `ASCII` or `UTF8`",
            Self::Interval => "a unit of time, such as `d` for days",
            Self::Number => "number",
            Self::Pattern => "regular expression of .NET",
            Self::Scalar => "one value",
            Self::Text => "text",
            Self::Variable => "a variable, such as `$item`",
        })
    }
}

impl ParameterKind {
    /// The words that the parameter takes, where it takes words.
    pub(crate) fn words(self, dialect: Dialect) -> Option<&'static [&'static str]> {
        match (self, dialect) {
            (Self::CaseType, _) => Some(&["CaseSensitive", "CaseInsensitive"]),
            (Self::CompareType, _) => Some(&["vbTextCompare", "vbBinaryCompare"]),
            (Self::Encoding, _) => Some(&["Unicode", "ASCII", "UTF8"]),
            (Self::Interval, Dialect::Connect) => Some(&["yyyy", "q", "m", "y", "d", "w", "ww", "h", "n", "s"]),
            (Self::Interval, Dialect::Entra) => Some(&["yyyy", "m", "d", "ww", "h", "n", "s"]),
            _ => None,
        }
    }

    /// The kinds of value that one value for the parameter may have.
    pub(crate) const fn accepted(self) -> Types {
        match self {
            Self::Any | Self::AppRoleAssignments | Self::Variable => Types::VALUE,
            Self::Attribute | Self::Scalar | Self::Text => Types::SCALAR.or(Types::NULL),
            Self::CaseType | Self::CompareType | Self::Encoding | Self::Interval => Types::TEXT.or(Types::NULL),
            Self::Condition => Types::BOOLEAN.or(Types::INTEGER).or(Types::TEXT).or(Types::NULL),
            Self::Date => Types::DATE.or(Types::TEXT),
            Self::Number => Types::INTEGER.or(Types::TEXT),
            Self::Pattern => Types::SCALAR,
        }
    }
}

impl Parameter {
    /// Makes a parameter whose argument must be given.
    #[must_use]
    pub const fn required(name: &'static str, kind: ParameterKind) -> Self {
        Self { name, kind, presence: Presence::Required }
    }

    /// Makes a parameter whose argument may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: ParameterKind) -> Self {
        Self { name, kind, presence: Presence::Optional }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what it takes.
    #[must_use]
    pub fn kind(&self) -> ParameterKind {
        self.kind
    }

    /// Returns whether it may be left out.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.presence
    }
}
