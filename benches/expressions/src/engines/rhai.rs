use provost_expr::Value as Slot;
use rhai::{AST, Array, Dynamic, Engine, FuncArgs, OptimizationLevel, Scope};

use super::digits;
use crate::mapping::{Cell, READ};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Slots, Users, slots};

const SCRIPT: &str = r#"
fn mapping(upn, groups, department, telephone) {
    let local = if upn == () { "" } else { upn.split("@")[0] };
    let name = local.to_lower();
    let parts = ();
    if groups != () {
        parts = [];
        for part in groups.split(";") {
            part.trim();
            if part != "" { parts.push(part); }
        }
    }
    let number = switch department {
        "Engineering" => "10010",
        "Finance" => "10020",
        "Human Resources" => "10030",
        "IT" => "10040",
        "Legal" => "10050",
        "Logistics" => "10060",
        "Marketing" => "10070",
        "Production" => "10080",
        "Research" => "10090",
        "Sales" => "10100",
        _ => "10000"
    };
    let digits = switch type_of(telephone) {
        "()" => (),
        "string" => digits(telephone),
        _ => {
            let list = [];
            for number in telephone { list.push(digits(number)); }
            list
        }
    };
    [
        "CN=" + local + ",DC=Contoso,DC=lab",
        name,
        if name == "" { "/home" } else { "/home/" + name },
        ["inetOrgPerson", "posixAccount", "shadowAccount"],
        parts,
        number,
        digits
    ]
}
"#;

/// A script function that is called for each user.
pub(super) struct Rhai<'u> {
    script: Script,
    records: Vec<Slots<'u>>,
}

/// The same function, whose arguments are values that were made before.
pub(super) struct RhaiReady {
    script: Script,
    records: Vec<[Dynamic; READ.len()]>,
}

struct Script {
    engine: Engine,
    program: AST,
}

/// The arguments of one call.
struct Arguments([Dynamic; READ.len()]);

impl FuncArgs for Arguments {
    fn parse<A: Extend<Dynamic>>(self, arguments: &mut A) {
        arguments.extend(self.0);
    }
}

impl<'u> Rhai<'u> {
    pub(super) fn new(users: &'u Users) -> Result<Self, Failure> {
        Ok(Self { script: Script::new()?, records: slots(users) })
    }
}

impl RhaiReady {
    pub(super) fn new(users: &Users) -> Result<Self, Failure> {
        Ok(Self { script: Script::new()?, records: slots(users).iter().map(values).collect() })
    }
}

impl Script {
    fn new() -> Result<Self, Failure> {
        let mut engine = Engine::new();
        engine.set_optimization_level(OptimizationLevel::Full);
        engine.register_fn("digits", |text: &str| digits(text).into_owned());
        let program = engine.compile(SCRIPT)?;
        Ok(Self { engine, program })
    }

    fn call(&self, scope: &mut Scope<'_>, arguments: [Dynamic; READ.len()]) -> Result<Array, Failure> {
        Ok(self.engine.call_fn(scope, &self.program, "mapping", Arguments(arguments))?)
    }
}

fn values(slots: &Slots<'_>) -> [Dynamic; READ.len()] {
    slots.each_ref().map(|slot| match slot {
        Slot::Text(text) => text.as_ref().into(),
        Slot::List(items) => items.as_slice().iter().map(|item| item.as_ref().into()).collect::<Array>().into(),
        _ => Dynamic::UNIT,
    })
}

impl Side for Rhai<'_> {
    fn name(&self) -> &'static str {
        "rhai"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let mut scope = Scope::new();
        for slots in &self.records {
            sink.take(&self.script.call(&mut scope, values(slots))?);
        }
        Ok(())
    }
}

impl Side for RhaiReady {
    fn name(&self) -> &'static str {
        "rhai, values ready"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let mut scope = Scope::new();
        for record in &self.records {
            // A clone of a text counts a reference.
            sink.take(&self.script.call(&mut scope, record.clone())?);
        }
        Ok(())
    }
}

impl Results for Array {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let text = |value: &Dynamic| value.clone().into_string().unwrap_or_default();
        cells.extend(self.iter().map(|value| match value.as_array_ref() {
            Ok(items) => Cell::List(items.iter().map(text).collect()),
            Err(_) if value.is_unit() => Cell::Null,
            Err(_) => Cell::Text(text(value)),
        }));
    }
}
