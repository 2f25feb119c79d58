use provost_expr::Value as Slot;
use starlark::environment::{FrozenModule, GlobalsBuilder, Module};
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::syntax::{AstModule, Dialect};
use starlark::values::list::{AllocList, ListRef};
use starlark::values::tuple::{AllocTuple, TupleRef};
use starlark::values::{Heap, OwnedFrozenValue, StringValue, Value};

use crate::mapping::{Cell, READ, WIDTH};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Slots, Users, slots};

/// What both scripts begin with.
const TABLES: &str = r#"
NUMBERS = {
    "Engineering": "10010",
    "Finance": "10020",
    "Human Resources": "10030",
    "IT": "10040",
    "Legal": "10050",
    "Logistics": "10060",
    "Marketing": "10070",
    "Production": "10080",
    "Research": "10090",
    "Sales": "10100",
}
CLASSES = ["inetOrgPerson", "posixAccount", "shadowAccount"]
"#;

/// The mapping as one function.
const SCRIPT: &str = r#"
def mapping(upn, groups, department, telephone):
    local = "" if upn == None else upn.split("@", 1)[0]
    name = local.lower()
    return (
        "CN=" + local + ",DC=Contoso,DC=lab",
        name,
        "/home/" + name if name else "/home",
        CLASSES,
        None if groups == None else [part for part in [part.strip() for part in groups.split(";")] if part],
        NUMBERS.get(department, "10000"),
        None if telephone == None else (
            digits(telephone) if type(telephone) == "string" else [digits(number) for number in telephone]
        ),
    )
"#;

/// The same mapping with a function for each target attribute, as a host has them whose mappings are kept one by one.
const SEPARATE: &str = r#"
def account(upn, groups, department, telephone):
    return "CN=" + ("" if upn == None else upn.split("@", 1)[0]) + ",DC=Contoso,DC=lab"

def name(upn, groups, department, telephone):
    return "" if upn == None else upn.split("@", 1)[0].lower()

def home(upn, groups, department, telephone):
    name = "" if upn == None else upn.split("@", 1)[0].lower()
    return "/home/" + name if name else "/home"

def classes(upn, groups, department, telephone):
    return CLASSES

def members(upn, groups, department, telephone):
    return None if groups == None else [part for part in [part.strip() for part in groups.split(";")] if part]

def number(upn, groups, department, telephone):
    return NUMBERS.get(department, "10000")

def telephones(upn, groups, department, telephone):
    return None if telephone == None else (
        digits(telephone) if type(telephone) == "string" else [digits(number) for number in telephone]
    )
"#;

/// The functions of [`SEPARATE`], in the order of the cells.
const FUNCTIONS: [&str; WIDTH] = ["account", "name", "home", "classes", "members", "number", "telephones"];

/// How many users share a heap before it is given up with all that they left on it.
const USERS_A_HEAP: usize = 256;

/// A frozen function that is called for each user.
pub(super) struct Starlark<'u> {
    function: OwnedFrozenValue,
    records: Vec<Slots<'u>>,
}

/// A frozen function for each target attribute; all are called for each user, with the same values.
pub(super) struct StarlarkSeparate<'u> {
    functions: Vec<OwnedFrozenValue>,
    records: Vec<Slots<'u>>,
}

struct Row<'v>([Value<'v>; WIDTH]);

/// The same function, whose arguments are frozen values that were made before.
pub(super) struct StarlarkReady {
    function: OwnedFrozenValue,
    records: OwnedFrozenValue,
}

#[starlark_module]
fn natives(builder: &mut GlobalsBuilder) {
    fn digits<'v>(text: StringValue<'v>, heap: Heap<'v>) -> starlark::Result<StringValue<'v>> {
        Ok(heap.alloc_str(super::digits(text.as_str()).as_ref()))
    }
}

impl<'u> Starlark<'u> {
    pub(super) fn new(users: &'u Users) -> Result<Self, Failure> {
        Ok(Self { function: function()?, records: slots(users) })
    }
}

impl<'u> StarlarkSeparate<'u> {
    pub(super) fn new(users: &'u Users) -> Result<Self, Failure> {
        let module = module(SEPARATE)?;
        let functions = FUNCTIONS.iter().map(|name| module.get(name)).collect::<Result<_, _>>()?;
        Ok(Self { functions, records: slots(users) })
    }
}

impl StarlarkReady {
    pub(super) fn new(users: &Users) -> Result<Self, Failure> {
        let records = Module::with_temp_heap(|module| {
            let heap = module.heap();
            let tuples = slots(users).into_iter().map(|slots| heap.alloc(AllocTuple(arguments(&slots, heap))));
            let records = heap.alloc(AllocList(tuples.collect::<Vec<Value<'_>>>()));
            module.set("records", records);
            frozen(module)
        })?;
        Ok(Self { function: function()?, records: records.get("records")? })
    }
}

fn function() -> Result<OwnedFrozenValue, Failure> {
    Ok(module(SCRIPT)?.get("mapping")?)
}

fn module(script: &str) -> Result<FrozenModule, Failure> {
    let globals = GlobalsBuilder::standard().with(natives).build();
    let script = AstModule::parse("mapping", format!("{TABLES}{script}"), &Dialect::Standard).map_err(failure)?;
    Module::with_temp_heap(|module| {
        Evaluator::new(&module).eval_module(script, &globals).map_err(failure)?;
        frozen(module)
    })
}

fn frozen(module: Module<'_>) -> Result<FrozenModule, Failure> {
    module.freeze().map_err(|error| format!("{error:?}").into())
}

fn failure(error: starlark::Error) -> Failure {
    error.to_string().into()
}

/// Copies slots to a heap.
fn arguments<'v>(slots: &Slots<'_>, heap: Heap<'v>) -> [Value<'v>; READ.len()] {
    slots.each_ref().map(|slot| match slot {
        Slot::Text(text) => heap.alloc_str(text).to_value(),
        Slot::List(items) => heap.alloc(AllocList(items.as_slice().iter().map(AsRef::<str>::as_ref))),
        _ => Value::new_none(),
    })
}

impl Side for Starlark<'_> {
    fn name(&self) -> &'static str {
        "starlark"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        for records in self.records.chunks(USERS_A_HEAP) {
            Module::with_temp_heap(|module| {
                let function = module.heap().access_owned_frozen_value(&self.function);
                let mut evaluator = Evaluator::new(&module);
                for slots in records {
                    let arguments = arguments(slots, module.heap());
                    sink.take(&evaluator.eval_function(function, &arguments, &[]).map_err(failure)?);
                }
                Ok::<(), Failure>(())
            })?;
        }
        Ok(())
    }
}

impl Side for StarlarkSeparate<'_> {
    fn name(&self) -> &'static str {
        "starlark, one by one"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        for records in self.records.chunks(USERS_A_HEAP) {
            Module::with_temp_heap(|module| {
                let heap = module.heap();
                let functions: Vec<_> =
                    self.functions.iter().map(|function| heap.access_owned_frozen_value(function)).collect();
                let mut evaluator = Evaluator::new(&module);
                for slots in records {
                    let arguments = arguments(slots, heap);
                    let mut row = Row([Value::new_none(); WIDTH]);
                    for (cell, function) in row.0.iter_mut().zip(&functions) {
                        *cell = evaluator.eval_function(*function, &arguments, &[]).map_err(failure)?;
                    }
                    sink.take(&row);
                }
                Ok::<(), Failure>(())
            })?;
        }
        Ok(())
    }
}

impl Side for StarlarkReady {
    fn name(&self) -> &'static str {
        "starlark, values ready"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        let count = ListRef::from_value(self.records.value()).map_or(0, |records| records.len());
        for start in (0..count).step_by(USERS_A_HEAP) {
            Module::with_temp_heap(|module| {
                let function = module.heap().access_owned_frozen_value(&self.function);
                let records = module.heap().access_owned_frozen_value(&self.records);
                let records = ListRef::from_value(records).ok_or("the records are a list")?;
                let mut evaluator = Evaluator::new(&module);
                for record in records.content().iter().skip(start).take(USERS_A_HEAP) {
                    let arguments = TupleRef::from_value(*record).ok_or("a record is a tuple")?.content();
                    sink.take(&evaluator.eval_function(function, arguments, &[]).map_err(failure)?);
                }
                Ok::<(), Failure>(())
            })?;
        }
        Ok(())
    }
}

impl Results for Value<'_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let row = TupleRef::from_value(*self).map(TupleRef::content).unwrap_or_default();
        cells.extend(row.iter().map(cell));
    }
}

impl Results for Row<'_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        cells.extend(self.0.iter().map(cell));
    }
}

fn cell(value: &Value<'_>) -> Cell {
    let text = |value: &Value<'_>| value.unpack_str().unwrap_or_default().to_owned();
    match ListRef::from_value(*value) {
        Some(items) => Cell::List(items.content().iter().map(text).collect()),
        None if value.is_none() => Cell::Null,
        None => Cell::Text(text(value)),
    }
}
