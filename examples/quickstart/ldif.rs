use provost_connector::{FullRequest, PageEntry, Session};
use provost_ldap_types::{Attribute, AttributeDescription, Entry, ldif};
use provost_model::{ConnectorObject, Mutability, ObjectSchema};

use provost_examples::failure::Failure;

/// Reads everything through a session and writes it as LDIF: the name, the object classes, then the attributes in order.
/// What the server alone may write is left out.
pub(crate) async fn dump(session: &dyn Session) -> Result<(usize, String), Failure> {
    let import = session.full_import().ok_or_else(|| Failure::new("the directory cannot be read"))?;
    let schema = session.schema().await?;
    let mut pages = import.start(FullRequest::default()).await?;
    let mut objects = Vec::new();
    while let Some(page) = pages.next().await? {
        for entry in page.entries {
            if let PageEntry::Present(object) = entry {
                objects.push(object);
            }
        }
    }
    objects.sort_by(|a, b| a.name().cmp(&b.name()));
    let mut text = String::new();
    for object in &objects {
        text.push_str(&ldif::write_entry(&to_entry(object, &schema)?));
        text.push('\n');
    }
    Ok((objects.len(), text))
}

fn to_entry(object: &ConnectorObject, schema: &ObjectSchema) -> Result<Entry, Failure> {
    let name = object.name().map(|name| name.as_str()).unwrap_or_default();
    let mut entry = Entry::new(name.parse()?);
    let (classes, others): (Vec<_>, Vec<_>) =
        object.attributes().iter().partition(|(name, _)| name.matches("objectClass"));
    let schema = schema.object_type(object.object_type().as_str());
    for (name, values) in classes.into_iter().chain(others) {
        let attribute = schema.and_then(|schema| schema.attribute(name.as_str()));
        if attribute.is_some_and(|attribute| attribute.mutability == Mutability::ReadOnly) {
            continue;
        }
        let description: AttributeDescription = name.as_str().parse()?;
        entry.push(Attribute::new(description, values.iter().map(|value| value.octets().into_owned()).collect()));
    }
    Ok(entry)
}
