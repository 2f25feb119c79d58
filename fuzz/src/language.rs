//! What the targets of the expression language share: their input, and how it is evaluated.

use std::cell::Cell;
use std::collections::BTreeMap;

use arbitrary::Unstructured;
use provost_expr::{Context, Dialect, Expression, Layout, Limits, NoEntropy, ParseExprError, Program, Sample, Value};
use provost_model::Timestamp;
use provost_text::Span;

use crate::walker::compare::compare;

/// A text that may be an expression, and the user to evaluate it for.
#[derive(Debug)]
pub struct Input {
    pub dialect: Dialect,
    pub source: String,
    pub user: BTreeMap<String, Value<'static>>,
}

const TOKENS: &str = concat!(
    "Join(¦Word(¦Mid(¦Switch(¦IIF(¦Split(¦Replace(¦[mail]¦[a¦\"x\"¦\"¦,¦ ¦)¦1¦-1¦9999999999¦=¦&¦Append(¦Redact(¦ö¦ToLower(¦",
    "Coalesce(¦RandomString(¦With($v,¦$v¦%P%¦(¦&&¦||¦+¦/¦True¦NULL¦&HF¦CRLF¦Select($v,¦IgnoreThisFlow¦Error("
);

impl Input {
    /// The first octet says what the others are: text, tokens, or choices of a generator.
    pub fn new(octets: &[u8]) -> Self {
        let (kind, octets) = octets.split_first().unwrap_or((&0, &[]));
        let dialect = if kind & 1 == 0 { Dialect::Entra } else { Dialect::Connect };
        let source = match kind >> 1 & 3 {
            0 => String::from_utf8_lossy(octets).into_owned(),
            1 => crate::text(octets, TOKENS),
            _ => {
                let sample = Sample::of(dialect, &mut Unstructured::new(octets)).expect("no octets are enough");
                return Self { dialect, source: sample.source().to_owned(), user: sample.user().clone() };
            }
        };
        let list = Value::list(vec!["x,y".into(), "z".into()]);
        let user = [("mail", Value::text("B.Simon@contoso.com")), ("a", Value::Integer(7)), ("l", list)];
        Self { dialect, source, user: user.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// Parses the text.
    pub fn parsed(&self) -> Result<Expression, ParseExprError> {
        provost_expr::parse_as(&self.source, self.dialect, &Limits::default())
    }

    /// Parses what an expression printed.
    pub fn parse(&self, source: &str) -> Expression {
        provost_expr::parse_as(source, self.dialect, &Limits::default()).expect(source)
    }

    /// Evaluates an expression in every form and by a walk over its tree, and fails unless all give the same.
    pub fn compare(&self, expression: &Expression) {
        compare(expression, self.dialect, &self.user);
    }

    /// What an expression gives as a text, or the code of what fails and its place; `None` when it does not compile. Fails
    /// unless an explained evaluation gives the same.
    pub fn outcome(&self, expression: &Expression) -> Option<(String, Option<Span>)> {
        let mut layout = Layout::new();
        let program = Program::compile(expression, &mut layout, self.dialect).ok()?;
        let record = layout.record(&self.user);
        let (entropy, other) = (stirred(), stirred());
        let parameters = BTreeMap::from([("P".to_owned(), "p".to_owned())]);
        let context = Context::new(Timestamp::UNIX_EPOCH, &entropy).with_parameters(&parameters);
        let result = program.evaluate(&record, &context);
        let explained = Context::new(Timestamp::UNIX_EPOCH, &other).with_parameters(&parameters);
        assert_eq!(program.explain(&record, &explained).0, result, "{self:?}");
        Some(match result {
            Ok(output) => (format!("{:?} {}", output.value(), output.is_redacted()), None),
            Err(error) => (error.code().to_owned(), Some(error.span())),
        })
    }
}

/// Octets that look random and are the same each time.
fn stirred() -> impl Fn(&mut [u8]) -> Result<(), NoEntropy> {
    let state = Cell::new(1u64);
    move |octets| {
        for octet in octets {
            state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
            *octet = (state.get() >> 56) as u8;
        }
        Ok(())
    }
}
