use std::borrow::Cow;

use crate::complex::{Complex, RoleUpdate};
use crate::error::EvaluateError;
use crate::invocation::Invocation;
use crate::registry::ParameterKind::AppRoleAssignments;
use crate::registry::{Function, Nature, Parameter, Returns};
use crate::value::Value;

type Evaluated<'a> = Result<Value<'a>, EvaluateError>;

const ASSIGNMENTS: &[Parameter] = &[Parameter::required("appRoleAssignments", AppRoleAssignments)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("AppRoleAssignments", ASSIGNMENTS, values, "Gives the values of all roles that are assigned.")
        .adjacent()
        .returning(Returns::LIST),
    Function::new(
        "AppRoleAssignmentsComplex",
        ASSIGNMENTS,
        complex,
        "Gives a role of SCIM for each assignment; on update they are added to those of the target.",
    )
    .of_nature(Nature::Roles(RoleUpdate::Add))
    .returning(Returns::ROLES),
    Function::new(
        "AssertiveAppRoleAssignmentsComplex",
        ASSIGNMENTS,
        complex,
        "Gives a role of SCIM for each assignment; on update they replace those of the target.",
    )
    .of_nature(Nature::Roles(RoleUpdate::Replace))
    .returning(Returns::ROLES),
    Function::new(
        "SingleAppRoleAssignment",
        ASSIGNMENTS,
        single,
        "Gives the value of the role that is assigned; of several, the first in the order of their characters.",
    )
    .returning(Returns::TEXT_OR_NULL),
];

/// The type of every role that the service sends.
const ROLE_TYPE: &str = "WindowsAzureActiveDirectoryRole";

/// An assignment: the value of the role and, where there is one, the name to show.
struct Assignment<'a> {
    value: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
}

impl<'a> Assignment<'a> {
    /// `None` for one that has no value.
    fn new(held: &'a Complex) -> Option<Self> {
        let name = held.text("displayName").or_else(|| held.text("display"));
        Some(Self {
            value: held.text("value")?.into(),
            name: name.map(Into::into),
            id: held.text("id").map(Into::into),
        })
    }

    fn into_owned<'o>(self) -> Assignment<'o> {
        let owned = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Assignment { value: owned(self.value), name: self.name.map(owned), id: self.id.map(owned) }
    }
}

fn assignments<'a>(call: &mut Invocation<'_, 'a, '_>) -> Result<Vec<Assignment<'a>>, EvaluateError> {
    Ok(match call.branch(0)? {
        Value::Complex(Cow::Borrowed(held)) => held.iter().filter_map(Assignment::new).collect(),
        Value::Complex(Cow::Owned(held)) => {
            held.iter().filter_map(Assignment::new).map(Assignment::into_owned).collect()
        }
        other => other.texts().into_iter().map(|value| Assignment { value, name: None, id: None }).collect(),
    })
}

fn complex<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    let mut roles = Vec::new();
    for Assignment { value, name, id } in assignments(call)? {
        let display = name.unwrap_or_else(|| value.clone());
        let id = id.filter(|_| call.context().role_ids);
        call.charge(value.len() + display.len() + ROLE_TYPE.len() + id.as_ref().map_or(0, |id| id.len()))?;
        let role = id.map_or_else(Complex::new, |id| Complex::new().with("id", id.as_ref()));
        let role = role.with("value", value.as_ref()).with("display", display.as_ref());
        roles.push(role.with("type", ROLE_TYPE).with("primary", false));
    }
    Ok(if roles.is_empty() { Value::Null } else { Value::Complex(roles.into()) })
}

fn single<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(assignments(call)?.into_iter().map(|assignment| assignment.value).min().map_or(Value::Null, Value::Text))
}

fn values<'a>(call: &mut Invocation<'_, 'a, '_>) -> Evaluated<'a> {
    Ok(Value::list(assignments(call)?.into_iter().map(|assignment| assignment.value).collect()))
}
