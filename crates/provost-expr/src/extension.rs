use crate::ast::Expression;
use crate::check::checked;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::ParseExprError;
use crate::profile::Profile;
use crate::program::Program;
use crate::registry::Function;
use crate::scope::Layout;

/// The functions that an expression may call: those of a dialect, and others that a program adds.
///
/// ```
/// use provost_expr::{Dialect, EvaluateError, Function, Invocation, Parameter, ParameterKind, Registry, Value, parse};
///
/// fn initial<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Value<'a>, EvaluateError> {
///     let source = call.value(0)?;
///     call.each(source, |call, text| {
///         let first: String = text.chars().take(1).collect();
///         call.charge(first.len())?;
///         Ok(first.into())
///     })
/// }
/// static INITIAL: Function = Function::own(
///     "Initial",
///     &[Parameter::required("source", ParameterKind::Text)],
///     initial,
///     "Takes the first character.",
/// )
/// .per_element();
///
/// let registry = Registry::new(Dialect::Entra).with(&INITIAL)?;
/// assert!(registry.check(&parse("ToUpper(Initial([givenName]))")?).is_empty());
/// let found = registry.check(&parse("Initial()")?);
/// assert_eq!(found[0].help(), Some("its signature is `Initial(source)`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    dialect: Dialect,
    profile: Profile,
    /// By name.
    own: Vec<&'static Function>,
}

/// Why a function cannot be added.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The name is no letter with letters and digits behind it, so no expression can call it.
    #[error("`{name}` is no name of a function: a letter, then letters and digits")]
    #[non_exhaustive]
    Name {
        /// The name.
        name: &'static str,
    },
    /// There is a function of this name.
    #[error("there is a function `{name}` already")]
    #[non_exhaustive]
    Taken {
        /// The name.
        name: &'static str,
    },
}

impl Registry {
    /// Makes a registry of the functions of a dialect.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, profile: Profile::default(), own: Vec::new() }
    }

    /// Sets how closely to keep to the documented product.
    ///
    /// ```
    /// use provost_expr::{Context, Dialect, Layout, NoEntropy, Profile, Registry};
    /// use provost_model::{Attributes, Timestamp};
    ///
    /// let registry = Registry::new(Dialect::Entra).with_profile(Profile::Documented);
    /// let expression = registry.parse("IIF([country] = \"DE\", \"+49\", \"+1\")")?;
    /// let mut layout = Layout::new();
    /// let program = registry.compile(&expression, &mut layout)?;
    /// let nobody = Attributes::new();
    /// let record = layout.record(&nobody);
    /// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    /// let error = program.evaluate(&record, &context).unwrap_err();
    /// assert_eq!(error.code(), "unsupported-condition");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Adds a function.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] for a name that is taken or that the parser does not read.
    pub fn with(mut self, function: &'static Function) -> Result<Self, RegisterError> {
        let name = function.name();
        let mut letters = name.chars();
        if !letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            || !letters.all(|letter| letter.is_ascii_alphanumeric())
        {
            return Err(RegisterError::Name { name });
        }
        if Function::find(self.dialect, name).is_some() {
            return Err(RegisterError::Taken { name });
        }
        match self.own.binary_search_by(|held| held.name().cmp(name)) {
            Ok(_) => return Err(RegisterError::Taken { name }),
            Err(at) => self.own.insert(at, function),
        }
        Ok(self)
    }

    /// Returns the dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns how closely it keeps to the documented product.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Parses an expression of the dialect within the limits of the profile.
    ///
    /// # Errors
    ///
    /// Those of [`Profile::parse`].
    pub fn parse(&self, source: &str) -> Result<Expression, ParseExprError> {
        self.profile.parse(source, self.dialect)
    }

    /// Returns all functions, those of the dialect first, each part by name: what documentation lists.
    pub fn functions(&self) -> impl Iterator<Item = &'static Function> {
        Function::all(self.dialect).iter().chain(&self.own).copied()
    }

    /// Returns the function with exactly this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static Function> {
        Function::find(self.dialect, name).or_else(|| {
            let at = self.own.binary_search_by(|function| function.name().cmp(name)).ok()?;
            self.own.get(at).copied()
        })
    }

    /// Looks an expression over as [`check`](crate::check) does.
    #[must_use]
    pub fn check(&self, expression: &Expression) -> Vec<Diagnostic> {
        checked(expression, self)
    }

    /// Compiles an expression as [`Program::compile`] does.
    ///
    /// # Errors
    ///
    /// The first [`Diagnostic`] of [`Registry::check`] that is an error.
    pub fn compile(&self, expression: &Expression, layout: &mut Layout) -> Result<Program, Diagnostic> {
        Program::compile_with(expression, layout, self)
    }
}

impl From<Dialect> for Registry {
    fn from(dialect: Dialect) -> Self {
        Self::new(dialect)
    }
}
