use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use provost_examples::failure::Failure;
use provost_ldap_types::schema::{
    AttributeTypeDefinition, DitContentRuleDefinition, DitStructureRuleDefinition, IbmAttributeTypeDefinition,
    LdapSyntaxDefinition, MatchingRuleDefinition, MatchingRuleUseDefinition, NameFormDefinition, ObjectClassDefinition,
    ParseDefinitionError, Requirement, Requirements, SchemaDefinition, Subschema, Syntax,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::drawing::{Colours, Drawing, Finding};
use crate::text_file::read_text;

/// Arguments of `provost schema`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["subschema", "definitions"]))]
pub(crate) struct Args {
    /// Subschema entry of a server, as LDIF.
    #[arg(long, value_name = "FILE.ldif")]
    subschema: Option<PathBuf>,
    /// Class of the entry that is meant; more than one may be given.
    #[arg(long = "class", value_name = "NAME", requires = "subschema")]
    classes: Vec<String>,
    /// Prints one JSON document.
    #[arg(long, requires = "subschema")]
    json: bool,
    /// Reads definitions of this kind from standard input, one a line, and prints one JSON object for each.
    #[arg(long, value_name = "KIND")]
    definitions: Option<Kind>,
}

/// Kinds of definitions.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[value(rename_all = "camelCase")]
enum Kind {
    AttributeType,
    ObjectClass,
    LdapSyntax,
    MatchingRule,
    MatchingRuleUse,
    #[value(name = "dITContentRule")]
    ContentRule,
    NameForm,
    #[value(name = "dITStructureRule")]
    StructureRule,
    IbmAttributeType,
}

pub(crate) fn run(args: &Args, colours: Colours) -> Result<ExitCode, Failure> {
    match (&args.subschema, args.definitions) {
        (Some(path), _) => {
            let subschema = read_subschema(path)?;
            let text = describe(&subschema, args, colours)?;
            std::io::stdout().write_all(text.as_bytes())?;
        }
        (None, Some(kind)) => read_definitions(kind)?,
        (None, None) => return Err(Failure::new("expected --subschema or --definitions")),
    }
    Ok(ExitCode::SUCCESS)
}

fn read_definitions(kind: Kind) -> Result<(), Failure> {
    let read = match kind {
        Kind::AttributeType => definition::<AttributeTypeDefinition>,
        Kind::ObjectClass => definition::<ObjectClassDefinition>,
        Kind::LdapSyntax => definition::<LdapSyntaxDefinition>,
        Kind::MatchingRule => definition::<MatchingRuleDefinition>,
        Kind::MatchingRuleUse => definition::<MatchingRuleUseDefinition>,
        Kind::ContentRule => definition::<DitContentRuleDefinition>,
        Kind::NameForm => definition::<NameFormDefinition>,
        Kind::StructureRule => definition::<DitStructureRuleDefinition>,
        Kind::IbmAttributeType => definition::<IbmAttributeTypeDefinition>,
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line));
        writeln!(out, "{}", read(&text)?)?;
    }
    Ok(())
}

fn definition<D: SchemaDefinition + Serialize>(text: &str) -> serde_json::Result<Json> {
    match text.parse::<D>() {
        Ok(definition) => serde_json::to_value(definition),
        Err(error) => Ok(json!({ "error": refusal(&error) })),
    }
}

fn refusal(error: &ParseDefinitionError) -> Json {
    let span = error.span();
    json!({ "code": error.code(), "message": error.to_string(), "span": [span.start(), span.end()] })
}

fn read_subschema(path: &Path) -> Result<Subschema, Failure> {
    let text = read_text(path)?;
    Subschema::from_ldif(&text).map_err(|error| Failure::from(error).context(path.display()))
}

fn describe(subschema: &Subschema, args: &Args, colours: Colours) -> Result<String, Failure> {
    if args.classes.is_empty() {
        return if args.json { summary_json(subschema) } else { Ok(summary(subschema, &Drawing::on_stdout(colours))) };
    }
    let requirements = subschema.requirements(&args.classes);
    let unknown = |class: &&String| subschema.object_class(class).is_none();
    if let Some(class) = args.classes.iter().find(unknown) {
        return Err(Failure::new(format!("the schema has no object class `{class}`")));
    }
    Ok(if args.json {
        format!("{:#}\n", needs_json(subschema, &requirements))
    } else {
        needs(subschema, &requirements)
    })
}

fn summary_json(subschema: &Subschema) -> Result<String, Failure> {
    let unreadable = subschema
        .unreadable()
        .iter()
        .map(|found| json!({ "attribute": found.attribute, "text": found.text, "error": refusal(&found.error) }));
    let (counts, digest) = (serde_json::to_value(subschema.counts())?, subschema.digest().to_string());
    Ok(format!("{:#}\n", json!({ "counts": counts, "digest": digest, "unreadable": unreadable.collect::<Vec<_>>() })))
}

fn summary(subschema: &Subschema, drawing: &Drawing) -> String {
    let counts = subschema.counts();
    let counts = [
        (counts.attribute_types, "attribute types"),
        (counts.object_classes, "object classes"),
        (counts.syntaxes, "syntaxes"),
        (counts.matching_rules, "matching rules"),
        (counts.matching_rule_uses, "matching rule uses"),
        (counts.content_rules, "content rules"),
        (counts.name_forms, "name forms"),
        (counts.structure_rules, "structure rules"),
        (counts.ibm_attribute_types, "IBM attribute types"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}"));
    let mut text = counts.collect::<Vec<_>>().join(", ") + "\n";
    for found in subschema.unreadable() {
        let message = format!("this definition cannot be read: {}", found.error);
        let finding = Finding { is_error: false, ..Finding::error(found.error.code(), &message, found.error.span()) };
        text.push_str(&drawing.draw(found.attribute, &found.text, &finding));
    }
    text
}

fn needs_json(subschema: &Subschema, requirements: &Requirements) -> Json {
    let all = |list: &[Requirement]| list.iter().map(|item| need_json(subschema, item)).collect::<Vec<_>>();
    json!({
        "classes": requirements.classes(),
        "structural": requirements.structural_classes(),
        "unknown_classes": requirements.unknown_classes(),
        "must": all(requirements.must()),
        "may": all(requirements.may()),
        "forbidden": all(requirements.forbidden()),
        "any_attribute": requirements.allows_any_attribute(),
    })
}

fn need_json(subschema: &Subschema, need: &Requirement) -> Json {
    let Some(found) = subschema.attribute_type(&need.attribute) else {
        return json!({ "attribute": need.attribute, "class": need.class, "defined": false });
    };
    json!({
        "attribute": need.attribute,
        "class": need.class,
        "defined": true,
        "syntax": found.syntax(),
        "syntax_length": found.syntax_length(),
        "equality": found.equality().name(),
        "single_value": found.is_single_valued(),
        "no_user_modification": found.is_server_written(),
        "operational": found.is_operational(),
    })
}

/// Lists the attributes class by class: those that are needed, then those that are allowed or forbidden.
fn needs(subschema: &Subschema, requirements: &Requirements) -> String {
    let mut text = String::new();
    for class in requirements.classes() {
        let kind = subschema.object_class(class).map_or("", |class| class.kind().keyword());
        let _ = writeln!(text, "{class} ({})", kind.to_ascii_lowercase());
        for (word, list) in [("must", requirements.must()), ("may", requirements.may())] {
            for need in list.iter().filter(|need| need.class == *class) {
                need_line(&mut text, subschema, word, need);
            }
        }
    }
    for (word, list) in [("must", requirements.must()), ("may", requirements.may()), ("not", requirements.forbidden())]
    {
        for need in list.iter().filter(|need| !requirements.classes().contains(&need.class)) {
            need_line(&mut text, subschema, word, need);
            let _ = writeln!(text, "       by {}", need.class);
        }
    }
    if requirements.allows_any_attribute() {
        text.push_str("any other attribute may be there too (extensibleObject)\n");
    }
    for class in requirements.unknown_classes() {
        let _ = writeln!(text, "the superior class {class} is not in this schema");
    }
    if requirements.structural_classes().is_empty() {
        text.push_str("none of the classes is structural: an entry needs one that is\n");
    }
    text
}

fn need_line(text: &mut String, subschema: &Subschema, word: &str, need: &Requirement) {
    let attribute = &need.attribute;
    let Some(found) = subschema.attribute_type(attribute) else {
        let _ = writeln!(text, "  {word:<4} {attribute:<40} not defined in this schema");
        return;
    };
    let syntax = found.known_syntax().map(Syntax::name);
    let mut notes = vec![syntax.or(found.syntax()).unwrap_or("no syntax")];
    notes.extend(found.is_single_valued().then_some("one value"));
    notes.extend(found.is_server_written().then_some("written by the server"));
    let _ = writeln!(text, "  {word:<4} {attribute:<40} {}", notes.join(", "));
}
