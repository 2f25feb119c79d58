//! Values with members, which attributes do not hold: they cross as the JSON text of an object.

use provost_expr::{Complex, Member, Source, Value};
use provost_model::Attributes;
use serde_json::{Map, Value as Json};

/// The attribute whose values have members, by the name that expressions give it.
const ASSIGNMENTS: &str = "appRoleAssignments";

/// A source object as expressions see it: an assignment of a role that is the JSON text of an object has its members.
pub(crate) struct People<'s>(pub(crate) &'s Attributes);

impl Source for People<'_> {
    fn value(&self, name: &str) -> Value<'_> {
        if name != ASSIGNMENTS {
            return self.0.value(name);
        }
        let values = provost_expr::source_values(self.0, name);
        let read: Vec<_> = values.iter().map(|value| value.as_text().and_then(object)).collect();
        if read.iter().all(Option::is_none) {
            return self.0.value(name);
        }
        // A value that is no object is that of the role.
        let assignments = read.into_iter().zip(values);
        let assignments =
            assignments.map(|(read, value)| read.unwrap_or_else(|| Complex::new().with("value", value.to_string())));
        Value::Complex(assignments.collect::<Vec<_>>().into())
    }
}

/// `None` for a text that is no object, or one of more members than [`Complex::MOST_MEMBERS`]: it stays a text.
fn object(text: &str) -> Option<Complex> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let members: Map<String, Json> = serde_json::from_str(text).ok()?;
    let read = members.into_iter().try_fold(Complex::new(), |complex, (name, value)| match value {
        Json::Null => Ok(complex),
        Json::Bool(flag) => complex.try_with(name, flag),
        Json::String(text) => complex.try_with(name, text),
        other => complex.try_with(name, other.to_string()),
    });
    read.ok()
}

/// The JSON text of a value with members, in their order.
pub(crate) fn json_text(complex: &Complex) -> String {
    let quoted = |text: &str| Json::from(text).to_string();
    let members: Vec<String> = complex
        .members()
        .map(|(name, member)| match member {
            Member::Boolean(flag) => format!("{}:{flag}", quoted(name)),
            Member::Text(text) => format!("{}:{}", quoted(name), quoted(text)),
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use provost_expr::{Complex, Source as _, Value};
    use provost_model::Attributes;

    use super::{People, json_text};

    fn assignments(texts: &[&str]) -> Value<'static> {
        let mut user = Attributes::new();
        user.set("appRoleAssignments", texts.iter().map(|text| provost_model::Value::from(*text)));
        People(&user).value("appRoleAssignments").into_owned()
    }

    #[test]
    fn an_object_has_its_members_and_a_text_is_the_value_of_a_role() {
        let read = assignments(&[r#"{"value": "a", "n": 5, "none": null, "on": true}"#, "b"]);
        let a = Complex::new().with("n", "5").with("on", true).with("value", "a");
        assert_eq!(read, Value::Complex(vec![a, Complex::new().with("value", "b")].into()));
        assert_eq!(assignments(&["a", "{broken"]), Value::list(vec!["a".into(), "{broken".into()]));
        assert_eq!(assignments(&["a"]), Value::text("a"));
        assert_eq!(assignments(&[]), Value::Null);
    }

    #[test]
    fn an_object_of_too_many_members_stays_a_text() {
        let object = |count: usize| {
            let members: Vec<String> = (0..count).map(|number| format!("\"{number}\":true")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(matches!(assignments(&[&object(Complex::MOST_MEMBERS)]), Value::Complex(_)));
        let long = object(Complex::MOST_MEMBERS + 1);
        assert_eq!(assignments(&[&long]), Value::text(&long).into_owned());
    }

    #[test]
    fn what_is_written_reads_back() {
        let complex = Complex::new().with("display", "a \"b\"").with("primary", false).with("value", "x\ny");
        let text = json_text(&complex);
        assert_eq!(text, r#"{"display":"a \"b\"","primary":false,"value":"x\ny"}"#);
        assert_eq!(assignments(&[&text]), Value::Complex(vec![complex].into()));
    }
}
