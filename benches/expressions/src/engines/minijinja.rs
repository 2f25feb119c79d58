use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Object, ValueKind};
use minijinja::{Environment, Value};
use provost_expr::Value as Slot;

use super::{NUMBERS, digits};
use crate::mapping::{Cell, READ};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Slots, Users, slots};

const EXPRESSION: &str = r#"[
    "CN=" ~ upn|default("", true)|split("@")|first ~ ",DC=Contoso,DC=lab",
    upn|default("", true)|split("@")|first|lower,
    "/home/" ~ upn|split("@")|first|lower if upn else "/home",
    ["inetOrgPerson", "posixAccount", "shadowAccount"],
    groups|split(";")|map("trim")|select|list if groups else none,
    numbers[department]|default("10000"),
    (digits(telephone) if telephone is string else telephone|map("digits")|list) if telephone else none,
]"#;

/// One expression that is evaluated for each user.
pub(super) struct Minijinja<'u> {
    environment: Environment<'static>,
    records: Vec<Slots<'u>>,
}

/// The same expression over values that were made before.
pub(super) struct MinijinjaReady {
    environment: Environment<'static>,
    records: Vec<Value>,
}

/// The variables of the expression.
#[derive(Debug)]
struct Record([Value; READ.len()]);

impl Object for Record {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let [upn, groups, department, telephone] = &self.0;
        let value = match key.as_str()? {
            "upn" => upn,
            "groups" => groups,
            "department" => department,
            "telephone" => telephone,
            _ => return None,
        };
        Some(value.clone())
    }
}

impl<'u> Minijinja<'u> {
    pub(super) fn new(users: &'u Users) -> Result<Self, Failure> {
        Ok(Self { environment: environment()?, records: slots(users) })
    }
}

impl MinijinjaReady {
    pub(super) fn new(users: &Users) -> Result<Self, Failure> {
        Ok(Self { environment: environment()?, records: slots(users).iter().map(record).collect() })
    }
}

fn environment() -> Result<Environment<'static>, Failure> {
    let mut environment = Environment::new();
    environment.add_function("digits", without);
    environment.add_filter("digits", without);
    environment.add_global("numbers", Value::from(BTreeMap::from(NUMBERS)));
    environment.compile_expression(EXPRESSION)?;
    Ok(environment)
}

fn record(slots: &Slots<'_>) -> Value {
    Value::from_object(Record(slots.each_ref().map(|slot| match slot {
        Slot::Text(text) => Value::from(text.as_ref()),
        Slot::List(items) => items.as_slice().iter().map(|item| Value::from(item.as_ref())).collect(),
        _ => Value::from(()),
    })))
}

fn without(text: &str) -> Value {
    Value::from(digits(text).as_ref())
}

impl Side for Minijinja<'_> {
    fn name(&self) -> &'static str {
        "minijinja"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        // Takes some microseconds for all users together.
        let expression = self.environment.compile_expression(EXPRESSION)?;
        self.records.iter().try_for_each(|slots| {
            sink.take(&expression.eval(record(slots))?);
            Ok(())
        })
    }
}

impl Side for MinijinjaReady {
    fn name(&self) -> &'static str {
        "minijinja, values ready"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let expression = self.environment.compile_expression(EXPRESSION)?;
        self.records.iter().try_for_each(|record| {
            sink.take(&expression.eval(record.clone())?);
            Ok(())
        })
    }
}

impl Results for Value {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        cells.extend(self.try_iter().into_iter().flatten().map(|value| match value.kind() {
            ValueKind::None | ValueKind::Undefined => Cell::Null,
            ValueKind::String => Cell::Text(text(value)),
            _ => Cell::List(value.try_iter().into_iter().flatten().map(text).collect()),
        }));
    }
}
