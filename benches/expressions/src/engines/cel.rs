use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use cel::common::types::{CelList, CelMap, CelMapKey, CelNull, CelString, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError, Program, Value, extensions};
use provost_expr::Value as Slot;

use super::{NUMBERS, digits};
use crate::mapping::{Cell, READ};
use crate::side::{Failure, Results, Side, Sink};
use crate::users::{Slots, Users, slots};

/// The list of one that is mapped names a value that is used several times, as cel has no other way here.
const EXPRESSION: &str = r#"
[upn == null ? "" : upn.split("@")[0]].map(local, [
    "CN=" + local + ",DC=Contoso,DC=lab",
    lower(local),
    local == "" ? "/home" : "/home/" + lower(local),
    ["inetOrgPerson", "posixAccount", "shadowAccount"],
    groups == null ? null : groups.split(";").map(part, part.trim()).filter(part, part != ""),
    department != null && department in numbers ? numbers[department] : "10000",
    telephone == null ? null : type(telephone) == string ? digits(telephone) : telephone.map(number, digits(number)),
])[0]
"#;

/// One expression that is evaluated for each user; its values borrow from the slots.
pub(super) struct Cel<'u> {
    env: Arc<Env>,
    program: Program,
    numbers: CelMap<'static>,
    records: Vec<Slots<'u>>,
}

/// The variables of the expression.
struct Record<'r> {
    slots: [Variable<'r>; READ.len()],
    numbers: &'r CelMap<'static>,
}

enum Variable<'r> {
    List(CelList<'r>),
    Null(CelNull),
    Text(CelString<'r>),
}

impl VariableResolver for Record<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let [upn, groups, department, telephone] = &self.slots;
        let slot = match variable {
            "upn" => upn,
            "groups" => groups,
            "department" => department,
            "telephone" => telephone,
            "numbers" => return Some(CowVal::Borrowed(self.numbers)),
            _ => return None,
        };
        Some(CowVal::Borrowed(match slot {
            Variable::List(list) => list,
            Variable::Null(null) => null,
            Variable::Text(text) => text,
        }))
    }
}

impl<'u> Cel<'u> {
    pub(super) fn new(users: &'u Users) -> Result<Self, Failure> {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings)?;
        env.add_overload("digits", "digits_string", vec![STRING_TYPE.to_owned()], |arguments| {
            mapped(arguments, digits)
        })?;
        env.add_overload("lower", "lower_string", vec![STRING_TYPE.to_owned()], |arguments| {
            mapped(arguments, |text| Cow::Owned(text.to_lowercase()))
        })?;
        let program = env.compile(EXPRESSION)?;
        let entry = |(key, number)| (CelMapKey::from(key), Box::new(CelString::from(number)) as Box<dyn Val>);
        let numbers = NUMBERS.into_iter().map(entry).collect::<HashMap<_, _>>().into();
        Ok(Self { env: Arc::new(env), program, numbers, records: slots(users) })
    }
}

/// A value that borrows its texts.
fn variable<'r>(slot: &'r Slot<'_>) -> Variable<'r> {
    let item = |text: &'r Cow<'_, str>| Box::new(CelString::from(text.as_ref())) as Box<dyn Val + 'r>;
    match slot {
        Slot::Text(text) => Variable::Text(CelString::from(text.as_ref())),
        Slot::List(items) => Variable::List(items.as_slice().iter().map(item).collect::<Vec<_>>().into()),
        _ => Variable::Null(CelNull),
    }
}

/// Calls a function of one text; a text that it leaves as it is is handed back.
fn mapped<'b, 'v>(
    mut arguments: Vec<CowVal<'b, 'v>>,
    map: fn(&str) -> Cow<'_, str>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let argument = arguments.pop().ok_or_else(|| ExecutionError::invalid_argument_count(1, 0))?;
    let changed = match argument.downcast_ref::<CelString<'_>>().map(|text| map(text.inner())) {
        Some(Cow::Owned(changed)) => changed,
        Some(Cow::Borrowed(_)) | None => return Ok(argument),
    };
    Ok(CowVal::owned(CelString::from(changed)))
}

impl Side for Cel<'_> {
    fn name(&self) -> &'static str {
        "cel"
    }

    fn run(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        for slots in &self.records {
            let record = Record { slots: slots.each_ref().map(variable), numbers: &self.numbers };
            let mut context = Context::with_env(Arc::clone(&self.env));
            context.set_variable_resolver(&record);
            sink.take(&Value::resolve_val(self.program.expression(), &context)?);
        }
        Ok(())
    }
}

impl Results for CowVal<'_, '_> {
    fn add_to(&self, cells: &mut Vec<Cell>) {
        let text = |value: &dyn Val| <&str>::try_from(value).unwrap_or_default().to_owned();
        let row = self.downcast_ref::<CelList<'_>>().map(|row| row.inner()).unwrap_or_default();
        cells.extend(row.iter().map(|value| {
            if let Some(items) = value.downcast_ref::<CelList<'_>>() {
                Cell::List(items.inner().iter().map(|item| text(item.as_ref())).collect())
            } else if value.downcast_ref::<CelNull>().is_some() {
                Cell::Null
            } else {
                Cell::Text(text(value.as_ref()))
            }
        }));
    }
}
