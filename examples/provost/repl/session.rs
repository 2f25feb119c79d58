//! What a session holds, and what its lines do.

use std::io::{Result, Write};

use provost_connector::Clock as _;
use provost_examples::failure::Failure;
use provost_examples::system::SystemClock;
use provost_expr::{Diagnostic, Dialect, Expression, Function, Origin, Presence, Registry};
use serde_json::{Map, Value as Json};

use super::command::{COMMANDS, Command, Time};
use super::complete::Vocabulary;
use crate::drawing::{Colours, Drawing, Finding, visible, visible_json};
use crate::evaluation::{Evaluated, Given, Surroundings, WIDTH, evaluate, parsed};
use crate::source_schema::{Described, SourceSchema};
use crate::user::{read_object, user_attributes};

/// What a line did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    Done,
    Failed,
    Quit,
}

/// Where a line comes from, and where its results go.
pub(super) struct Streams<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) err: &'a mut dyn Write,
    pub(super) drawing: &'a Drawing,
    /// What drawings call the text.
    pub(super) name: &'a str,
    /// The number of its first line, where it is one of many.
    pub(super) line: Option<usize>,
}

impl Streams<'_> {
    /// Says why a line cannot be used.
    pub(super) fn refuse(&mut self, why: &str) -> Result<Outcome> {
        let place = self.line.map(|line| format!("{}:{line}: ", self.name)).unwrap_or_default();
        writeln!(self.err, "error: {place}{}", visible(why))?;
        Ok(Outcome::Failed)
    }

    fn draw(&mut self, text: &str, finding: &Finding<'_>) -> Result<()> {
        write!(self.err, "{}", self.drawing.draw_from(self.name, self.line.unwrap_or(1), text, finding))
    }
}

/// A session: the user, the language, the time, and what the source has.
pub(super) struct Session {
    user: Map<String, Json>,
    surroundings: Surroundings,
    time: Time,
    pub(super) schema: Option<SourceSchema>,
    explain: bool,
    last: Option<String>,
}

impl Session {
    /// Begins a session.
    ///
    /// # Errors
    ///
    /// The file of the user cannot be used.
    pub(super) fn new(given: Given) -> std::result::Result<Self, Failure> {
        let user = given.object()?;
        let time = given.now.map_or(Time::Clock, Time::Fixed);
        Ok(Self { user, surroundings: given.surroundings()?, time, schema: None, explain: false, last: None })
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.surroundings.registry.dialect()
    }

    /// Returns what completion offers.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        let schema = self.schema.iter().flat_map(SourceSchema::attributes);
        let mut attributes: std::collections::BTreeMap<String, String> =
            schema.map(|(name, described)| (name.to_owned(), words(described))).collect();
        for name in self.user.keys() {
            attributes.entry(name.clone()).or_default();
        }
        Vocabulary { dialect: self.dialect(), attributes }
    }

    /// Runs a line.
    ///
    /// # Errors
    ///
    /// A stream cannot be written.
    pub(super) fn run(&mut self, line: &str, streams: &mut Streams<'_>) -> Result<Outcome> {
        let command = match Command::parse(line) {
            Ok(command) => command,
            Err(message) => return streams.refuse(&message),
        };
        match command {
            Command::Check(expression) => return self.with_last(expression, streams, Self::check),
            Command::Evaluate(expression) => {
                self.last = Some(expression.clone());
                return self.evaluate(&expression, streams);
            }
            Command::Format(expression) => return self.with_last(expression, streams, Self::format),
            Command::Functions(name) => return self.functions(name.as_deref(), streams),
            Command::Quit => return Ok(Outcome::Quit),
            Command::Load(path) => match read_object(&path) {
                Ok(user) => {
                    writeln!(streams.out, "{}", counted(user.len(), "attribute"))?;
                    self.take(user);
                }
                Err(failure) => return streams.refuse(&failure.to_string()),
            },
            Command::Schema(Some(path)) => match crate::eval::read_schema(&path, Colours::Never) {
                Ok(schema) => {
                    writeln!(streams.out, "{}", counted(schema.attributes().count(), "attribute"))?;
                    self.schema = Some(schema);
                }
                Err(failure) => return streams.refuse(&failure.to_string()),
            },
            Command::Set(name, value) => {
                let mut user = self.user.clone();
                user.insert(name, value);
                if let Err(message) = user_attributes(&user) {
                    return streams.refuse(&message);
                }
                self.take(user);
            }
            Command::Unset(name) => {
                if self.user.remove(&name).is_none() {
                    return streams.refuse(&format!("the user has no attribute `{name}`"));
                }
                self.take(self.user.clone());
            }
            Command::Dialect(Some(dialect)) => {
                let profile = self.surroundings.registry.profile();
                self.surroundings.registry = Registry::new(dialect).with_profile(profile);
            }
            Command::Explain(Some(explain)) => self.explain = explain,
            Command::Now(Some(time)) => self.time = time,
            Command::Dialect(None) => writeln!(streams.out, "{}", self.dialect())?,
            Command::Explain(None) => writeln!(streams.out, "{}", if self.explain { "on" } else { "off" })?,
            Command::Now(None) => {
                self.refresh_time();
                writeln!(streams.out, "{}", self.surroundings.now)?;
            }
            Command::Schema(None) => self.write_schema(streams)?,
            Command::User => {
                writeln!(streams.out, "{}", visible_json(&format!("{:#}", Json::Object(self.user.clone()))))?
            }
            Command::Help => write_help(streams.out)?,
            Command::Nothing => {}
        }
        Ok(Outcome::Done)
    }

    /// Takes a user whose attributes are known to be values.
    fn take(&mut self, user: Map<String, Json>) {
        self.surroundings.user = user_attributes(&user).unwrap_or_default();
        self.user = user;
    }

    fn refresh_time(&mut self) {
        self.surroundings.now = match self.time {
            Time::Clock => SystemClock::default().now(),
            Time::Fixed(at) => at,
        };
    }

    fn with_last(
        &mut self,
        expression: Option<String>,
        streams: &mut Streams<'_>,
        act: fn(&mut Self, &str, &mut Streams<'_>) -> Result<Outcome>,
    ) -> Result<Outcome> {
        if expression.is_some() {
            self.last = expression;
        }
        match self.last.clone() {
            Some(expression) => act(self, &expression, streams),
            None => streams.refuse("expected an expression, since none was written before"),
        }
    }

    fn read(&self, source: &str, streams: &mut Streams<'_>) -> Result<Option<Expression>> {
        match parsed(source, &self.surroundings.registry) {
            Ok(expression) => Ok(Some(expression)),
            Err(error) => streams.draw(source, &error.finding()).map(|()| None),
        }
    }

    /// What is wrong or doubtful with an expression.
    fn findings(&self, expression: &Expression) -> Vec<Diagnostic> {
        let mut found = self.surroundings.registry.check(expression);
        let held: Vec<&str> = self.user.keys().map(String::as_str).collect();
        match &self.schema {
            Some(schema) => found.extend(schema.check(expression, held.into_iter())),
            // A user without an attribute is no reason to doubt it; a name that comes close to one is.
            None => {
                let unknown = provost_expr::check_attributes(expression, &held).into_iter();
                found.extend(unknown.filter(|finding| finding.help().is_some()));
            }
        }
        found
    }

    fn evaluate(&mut self, source: &str, streams: &mut Streams<'_>) -> Result<Outcome> {
        let Some(expression) = self.read(source, streams)? else { return Ok(Outcome::Failed) };
        let mut found = self.findings(&expression);
        let mut tree = self.explain.then(String::new);
        let mut result = None;
        if !found.iter().any(Diagnostic::is_error) {
            self.refresh_time();
            result = Some(evaluate(source, &self.surroundings, tree.as_mut()));
        }
        if let Some(Err(error)) = &result {
            // What was foreseen and happened is told once.
            found.retain(|finding| finding.code() != error.code || finding.span() != error.span);
        }
        for finding in &found {
            streams.draw(source, &Finding::from(finding))?;
        }
        write!(streams.out, "{}", tree.unwrap_or_default())?;
        match result {
            Some(Ok(Evaluated { is_redacted: true, .. })) => writeln!(streams.out, "[Redact]")?,
            Some(Ok(Evaluated { value, .. })) => writeln!(streams.out, "{}", visible_json(&value.to_string()))?,
            Some(Err(error)) => {
                streams.draw(source, &error.finding())?;
                return Ok(Outcome::Failed);
            }
            None => return Ok(Outcome::Failed),
        }
        Ok(Outcome::Done)
    }

    fn check(&mut self, source: &str, streams: &mut Streams<'_>) -> Result<Outcome> {
        let Some(expression) = self.read(source, streams)? else { return Ok(Outcome::Failed) };
        let found = self.findings(&expression);
        for finding in &found {
            streams.draw(source, &Finding::from(finding))?;
        }
        Ok(if found.iter().any(Diagnostic::is_error) { Outcome::Failed } else { Outcome::Done })
    }

    fn format(&mut self, source: &str, streams: &mut Streams<'_>) -> Result<Outcome> {
        let Some(expression) = self.read(source, streams)? else { return Ok(Outcome::Failed) };
        writeln!(streams.out, "{}", plain(&expression.indented(WIDTH).to_string()))?;
        Ok(Outcome::Done)
    }

    fn functions(&self, name: Option<&str>, streams: &mut Streams<'_>) -> Result<Outcome> {
        let all = Function::all(self.dialect());
        let Some(name) = name else {
            all.iter().try_for_each(|function| write_function(streams.out, function))?;
            return Ok(Outcome::Done);
        };
        if let Some(function) = all.iter().find(|function| function.name().eq_ignore_ascii_case(name)) {
            describe(streams.out, function)?;
            return Ok(Outcome::Done);
        }
        let word = name.to_lowercase();
        let speaks = |function: &&&Function| {
            function.name().to_lowercase().contains(&word) || function.summary().to_lowercase().contains(&word)
        };
        let found: Vec<_> = all.iter().filter(speaks).collect();
        if found.is_empty() {
            return streams.refuse(&format!("no function of the dialect {} speaks of `{name}`", self.dialect()));
        }
        found.into_iter().try_for_each(|function| write_function(streams.out, function))?;
        Ok(Outcome::Done)
    }

    fn write_schema(&self, streams: &mut Streams<'_>) -> Result<()> {
        let Some(schema) = &self.schema else {
            return writeln!(streams.out, "no schema: `:schema FILE` reads one");
        };
        schema.attributes().try_for_each(|(name, found)| {
            writeln!(streams.out, "{}", visible(format!("{name}  {}", words(found)).trim_end()))
        })
    }
}

/// Text of several lines without what would speak to a terminal.
fn plain(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

fn words(described: &Described) -> String {
    let mut words: Vec<&str> = described.kind.as_deref().into_iter().collect();
    words.extend((described.multi_valued == Some(true)).then_some("several values"));
    words.join(", ")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn write_function(out: &mut dyn Write, function: &Function) -> Result<()> {
    writeln!(out, "{}\n    {}", function.signature(), function.summary())
}

fn describe(out: &mut dyn Write, function: &Function) -> Result<()> {
    write_function(out, function)?;
    for parameter in function.parameters() {
        let presence = match parameter.presence() {
            Presence::Optional => "may be left out",
            Presence::Required => "needed",
        };
        writeln!(out, "    {:<24} {}, {presence}", parameter.name(), parameter.kind())?;
    }
    if function.origin() == Origin::Adjacent {
        writeln!(out, "    Documented beside the reference of the functions.")?;
    }
    Ok(())
}

fn write_help(out: &mut dyn Write) -> Result<()> {
    writeln!(out, "An expression gives its value for the user. It may go over several lines; an empty line ends it.")?;
    for entry in &COMMANDS {
        writeln!(out, "  {:<27} {}", format!("{} {}", entry.name, entry.arguments), entry.summary)?;
    }
    writeln!(
        out,
        "A value is text, unless it is true, false or null, or begins with \", [ or {{: then it is JSON. :check and\n\
         :format take the last expression where none is given. Tab completes what can stand at the cursor, and a\n\
         command may be shortened."
    )
}

#[cfg(test)]
mod tests;
