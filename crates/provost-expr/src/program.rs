use std::sync::Arc;

use provost_text::Span;

use crate::ast::{Argument, Bareword, Call, Expression, ExpressionKind, Operator};
use crate::batch::{Columns, OutputColumn, Outputs, Run};
use crate::buffer::OutputBuffer;
use crate::check::{Findings, Shape, findings, invalid_pattern};
use crate::complex::RoleUpdate;
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::EvaluateError;
use crate::eval::Evaluator;
use crate::extension::Registry;
use crate::functions::condition;
use crate::output::Output;
use crate::plan::{Choice, plan};
use crate::profile::Profile;
use crate::regex::{Patterns, Regex};
use crate::registry::{Function, Nature, ParameterKind};
use crate::scope::{Layout, Record};
use crate::trace::Trace;
use crate::value::Flow;
use crate::view::{OutputRef, ValueRef};

/// A compiled expression: functions and attributes are resolved, so that evaluating looks up no name.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, Value, parse};
/// use provost_model::Timestamp;
///
/// let expression = parse(r#"ToLower(Word([userPrincipalName], 1, "@"), )"#)?;
/// let mut layout = Layout::new();
/// let program = Program::compile(&expression, &mut layout, Dialect::Entra)?;
///
/// let user = BTreeMap::from([("userPrincipalName".to_owned(), Value::text("BSimon@contoso.com"))]);
/// let record = layout.record(&user);
/// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
/// assert_eq!(program.evaluate(&record, &context)?.value(), &Value::text("bsimon"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    root: Node,
    plan: Option<Choice>,
    shape: Shape,
    role_update: Option<RoleUpdate>,
    random: bool,
    redacting: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) span: Span,
    /// Whether it gives the same for every object, at any time and in any place.
    pub(crate) constant: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// The slot of an attribute.
    Attribute(usize),
    Boolean(bool),
    Call(&'static Function, Box<[Option<Node>]>),
    /// The first operand, and each operator with the operand behind it.
    Chain(Box<(Node, Vec<(Operator, Node)>)>),
    Comparison(Operator, Box<[Node; 2]>),
    Constant(Box<str>),
    Flow(Flow),
    Null,
    /// The name of a parameter from the configuration.
    Parameter(Box<str>),
    /// A constant that is a regular expression, translated.
    Pattern(Box<str>, Arc<Regex>),
    /// The name of a variable that a call around it binds.
    Variable(Box<str>),
    /// A bareword that an argument understands by its spelling.
    Word(&'static str),
}

impl Program {
    /// Compiles an expression; the attributes it reads get slots in `layout`.
    ///
    /// # Errors
    ///
    /// The first [`Diagnostic`] of [`check`](crate::check) that is an error: an unknown function, a wrong number of arguments, a word in
    /// a place where it means nothing, or a dialect that is not available.
    pub fn compile(expression: &Expression, layout: &mut Layout, dialect: Dialect) -> Result<Self, Diagnostic> {
        Self::compile_with(expression, layout, &Registry::new(dialect))
    }

    pub(crate) fn compile_with(
        expression: &Expression,
        layout: &mut Layout,
        registry: &Registry,
    ) -> Result<Self, Diagnostic> {
        let patterns = Patterns::default();
        let Findings { found, shape } = findings(expression, registry, &patterns);
        if let Some(error) = found.into_iter().find(Diagnostic::is_error) {
            return Err(error);
        }
        let root = node(expression, layout, registry, &patterns)?;
        let (mut random, mut redacting, mut role_update) = (false, false, None);
        root.functions(&mut |function| {
            random |= function.is_random();
            redacting |= function.is_redacting();
            // The check lets no two differ; `Add`, the lesser one, would take nothing away.
            role_update = role_update.into_iter().chain(function.role_update()).min();
        });
        Ok(Self { plan: plan(&root), shape, random, redacting, role_update, root })
    }

    /// Evaluates the program for one object.
    ///
    /// `record` must come from the layout that the program was compiled against; a slot that it lacks reads as Null.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] with the part of the expression that failed.
    pub fn evaluate<'a>(&'a self, record: &'a Record<'a>, context: &Context<'_>) -> Result<Output<'a>, EvaluateError> {
        if let Some(plan) = &self.plan {
            let mut buffer = OutputBuffer::new();
            if let Ok(made) = buffer.make(plan, record, context) {
                return Ok(Output::new(buffer.into_value(made), false));
            }
        }
        self.evaluate_generally(record, context)
    }

    #[inline(never)]
    fn evaluate_generally<'a>(
        &'a self,
        record: &'a Record<'a>,
        context: &Context<'_>,
    ) -> Result<Output<'a>, EvaluateError> {
        Evaluator::new(record, context).redacting(self.redacting).run(&self.root)
    }

    /// Evaluates the program for one object as [`evaluate`](Self::evaluate) does; what it builds stays in `buffer`.
    ///
    /// Nothing is allocated but what `buffer` must grow, for the functions that work on text, on lists and on conditions.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use provost_expr::{Context, Dialect, Layout, NoEntropy, OutputBuffer, Program, Value, ValueRef, parse};
    /// use provost_model::Timestamp;
    ///
    /// let mut layout = Layout::new();
    /// let program = Program::compile(&parse("Join(\"-\", [a], \"x\")")?, &mut layout, Dialect::Entra)?;
    /// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    /// let mut buffer = OutputBuffer::new();
    /// for (text, expected) in [("1", "1-x"), ("2", "2-x")] {
    ///     let user = BTreeMap::from([("a".to_owned(), Value::text(text))]);
    ///     let record = layout.record(&user);
    ///     let output = program.evaluate_into(&record, &context, &mut buffer)?;
    ///     assert_eq!(output.value(), ValueRef::Text(expected));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] with the part of the expression that failed.
    pub fn evaluate_into<'b>(
        &'b self,
        record: &'b Record<'b>,
        context: &Context<'_>,
        buffer: &'b mut OutputBuffer,
    ) -> Result<OutputRef<'b>, EvaluateError> {
        if let Some(Choice::Constant(constant)) = &self.plan
            && constant.1 <= context.text_budget
        {
            return Ok(OutputRef::new(ValueRef::from(&constant.0), false));
        }
        if let Some(plan) = &self.plan
            && let Ok(made) = buffer.make(plan, record, context)
        {
            return Ok(OutputRef::new(buffer.show(made), false));
        }
        let output = self.evaluate_generally(record, context)?;
        let redacted = output.is_redacted();
        Ok(OutputRef::new(buffer.hold(output.into_value()), redacted))
    }

    /// Evaluates the program for each of many objects; user by user it gives what [`evaluate`](Self::evaluate) gives.
    ///
    /// `columns` must come from the layout that the program was compiled against; a slot that it lacks reads as Null.
    pub fn evaluate_columns<'b>(
        &'b self,
        columns: &'b Columns,
        context: &Context<'_>,
        output: &'b mut OutputColumn,
    ) -> Outputs<'b> {
        output.clear();
        let general = |index| self.evaluate_generally(&columns.record(index), context).map(Output::into_owned);
        match &self.plan {
            Some(plan) => Run { columns, budget: context.text_budget, output, general }.plan(plan),
            None => (0..columns.len()).for_each(|index| output.push(general(index))),
        }
        Outputs::new(output, columns)
    }

    /// Evaluates the program for one object and tells each step; values are left out where `Redact` is called.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use provost_expr::{Context, Dialect, Layout, NoEntropy, Program, StepResult, Value, parse};
    /// use provost_model::Timestamp;
    ///
    /// let source = "IIF([n] = 1, Left(\"abc\", 2), \"never\")";
    /// let mut layout = Layout::new();
    /// let program = Program::compile(&parse(source)?, &mut layout, Dialect::Entra)?;
    /// let user = BTreeMap::from([("n".to_owned(), Value::Integer(1))]);
    /// let record = layout.record(&user);
    /// let context = Context::new(Timestamp::UNIX_EPOCH, &|_: &mut [u8]| Err(NoEntropy));
    /// let (output, trace) = program.explain(&record, &context);
    /// assert_eq!(output?.value(), &Value::text("ab"));
    /// let parts: Vec<_> = trace.steps().iter().filter_map(|step| step.span().slice(source)).collect();
    /// assert_eq!(parts, [source, "[n] = 1", "[n]", "1", "Left(\"abc\", 2)", "\"abc\"", "2"]);
    /// assert_eq!(trace.steps()[1].result(), &StepResult::Gave(Value::Boolean(true)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain<'a>(
        &'a self,
        record: &'a Record<'a>,
        context: &Context<'_>,
    ) -> (Result<Output<'a>, EvaluateError>, Trace) {
        Evaluator::new(record, context).redacting(self.redacting).explain(&self.root)
    }

    /// Returns whether the result is one value or a list, as far as the expression says it.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Tells whether a function is called that gives something else each time.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.random
    }

    /// Tells whether `Redact` is called somewhere, so that a result may be marked as secret.
    #[must_use]
    pub fn is_redacting(&self) -> bool {
        self.redacting
    }

    /// Returns how the roles that it gives change those of the target; `None` when it gives none.
    #[must_use]
    pub fn role_update(&self) -> Option<RoleUpdate> {
        self.role_update
    }
}

impl Node {
    pub(crate) fn new(kind: NodeKind, span: Span) -> Self {
        let constant = match &kind {
            NodeKind::Attribute(_) | NodeKind::Flow(_) | NodeKind::Parameter(_) | NodeKind::Variable(_) => false,
            NodeKind::Boolean(_)
            | NodeKind::Constant(_)
            | NodeKind::Null
            | NodeKind::Pattern(..)
            | NodeKind::Word(_) => true,
            NodeKind::Call(function, arguments) => {
                // `Error` fails on purpose.
                let same = function.nature == Nature::Plain && function.name != "Error";
                same && arguments.iter().flatten().all(|argument| argument.constant)
            }
            NodeKind::Chain(chain) => chain.0.constant && chain.1.iter().all(|(_, operand)| operand.constant),
            NodeKind::Comparison(_, sides) => sides.iter().all(|side| side.constant),
        };
        Self { kind, span, constant }
    }

    /// Goes through the functions that are called, outer before inner.
    fn functions(&self, visit: &mut impl FnMut(&'static Function)) {
        match &self.kind {
            NodeKind::Call(function, arguments) => {
                visit(function);
                arguments.iter().flatten().for_each(|argument| argument.functions(visit));
            }
            NodeKind::Chain(chain) => {
                chain.0.functions(visit);
                chain.1.iter().for_each(|(_, operand)| operand.functions(visit));
            }
            NodeKind::Comparison(_, sides) => sides.iter().for_each(|side| side.functions(visit)),
            _ => {}
        }
    }
}

pub(crate) fn node(
    expression: &Expression,
    layout: &mut Layout,
    registry: &Registry,
    patterns: &Patterns,
) -> Result<Node, Diagnostic> {
    let kind = match &expression.kind {
        ExpressionKind::Attribute(name) => NodeKind::Attribute(layout.slot(name)),
        ExpressionKind::Bareword(word) => word_node(*word),
        ExpressionKind::Call(call) => call_node(call, layout, registry, patterns)?,
        ExpressionKind::Chain(chain) => {
            let first = node(&chain.first, layout, registry, patterns)?;
            let mut links = Vec::with_capacity(chain.links.len());
            for link in &chain.links {
                links.push((link.operator, node(&link.operand, layout, registry, patterns)?));
            }
            NodeKind::Chain(Box::new((first, links)))
        }
        ExpressionKind::Comparison(comparison) => NodeKind::Comparison(
            comparison.operator,
            Box::new([
                node(&comparison.left, layout, registry, patterns)?,
                node(&comparison.right, layout, registry, patterns)?,
            ]),
        ),
        ExpressionKind::Constant(constant) => NodeKind::Constant(constant.text.as_str().into()),
        ExpressionKind::Parameter(name) => NodeKind::Parameter(name.as_str().into()),
        ExpressionKind::Variable(name) => NodeKind::Variable(name.as_str().into()),
    };
    Ok(Node::new(kind, expression.span))
}

fn word_node(word: Bareword) -> NodeKind {
    match (word, word.flow()) {
        (_, Some(flow)) => NodeKind::Flow(flow),
        (Bareword::CrLf, _) => NodeKind::Constant("\r\n".into()),
        (Bareword::False, _) => NodeKind::Boolean(false),
        (Bareword::Null, _) => NodeKind::Null,
        (Bareword::True, _) => NodeKind::Boolean(true),
        (option, _) => NodeKind::Word(option.as_str()),
    }
}

fn call_node(
    call: &Call,
    layout: &mut Layout,
    registry: &Registry,
    patterns: &Patterns,
) -> Result<NodeKind, Diagnostic> {
    let function = registry.find(&call.name).ok_or_else(|| crate::check::unknown_function(call, registry))?;
    let mut arguments = Vec::with_capacity(call.arguments.len());
    for (position, argument) in call.arguments.iter().enumerate() {
        let kind = function.parameter(position).map(|parameter| parameter.kind);
        arguments
            .push(argument.given().map(|given| argument_node(given, kind, layout, registry, patterns)).transpose()?);
    }
    if registry.profile() == Profile::Documented
        && function.name == "IIF"
        && registry.dialect() == Dialect::Entra
        && let Some(condition) = call.arguments.first().and_then(Argument::given)
        && let Some(Some(compiled)) = arguments.first_mut().map(Option::take)
    {
        let documented = condition::documented(condition, compiled, layout);
        arguments.first_mut().map(|first| first.replace(documented));
    }
    Ok(NodeKind::Call(function, arguments.into()))
}

/// A constant may mean more than its text to the parameter that it is for.
fn argument_node(
    given: &Expression,
    kind: Option<ParameterKind>,
    layout: &mut Layout,
    registry: &Registry,
    patterns: &Patterns,
) -> Result<Node, Diagnostic> {
    let kind = match (&given.kind, kind) {
        (ExpressionKind::Constant(constant), Some(ParameterKind::Attribute)) => {
            NodeKind::Attribute(layout.slot(&constant.text))
        }
        (ExpressionKind::Constant(constant), Some(ParameterKind::Pattern)) => {
            let regex = patterns.get(&constant.text).map_err(|error| invalid_pattern(&error, constant, given.span))?;
            NodeKind::Pattern(constant.text.as_str().into(), regex)
        }
        _ => return node(given, layout, registry, patterns),
    };
    Ok(Node::new(kind, given.span))
}
