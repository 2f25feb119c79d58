use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use provost_connector::Session;
use provost_engine::{CycleEvent, CycleOptions, Engine, ObjectEvent, Recovery};
use provost_examples::assembly::{State, open_source};
use provost_examples::config::{ConfigError, ConfigFile};
use provost_examples::failure::Failure;
use provost_examples::system;
use provost_mapping::{Mapping, MappingDefinition, MappingError};
use provost_model::{AttributeName, ObjectTypeSchema};

use crate::drawing::{Colours, Drawing, Finding};

/// Exit code of a dry run that found changes (the real run would write).
const CHANGES: u8 = 2;
/// Exit code of a run that a threshold stopped, or would stop.
const TRIPPED: u8 = 3;

/// Arguments of `provost provision`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file; `examples/provost.toml` is an annotated example.
    #[arg(long, value_name = "FILE.toml")]
    config: PathBuf,
    /// Says what would be done and writes nothing. Exit code 0: nothing, 2: changes, 3: a threshold would stop it.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, colours: Colours) -> Result<ExitCode, Failure> {
    let file = ConfigFile::load(&args.config)?;
    if file.mappings.is_empty() {
        return Err(ConfigError::invalid("[[mapping]]", "is missing").in_file(&args.config).into());
    }
    let mut mappings = Vec::new();
    for definition in &file.mappings {
        let mapping = match Mapping::compile(definition) {
            Ok(mapping) => mapping,
            Err(error) => return refuse(&args.config, definition, &error, colours),
        };
        mappings.push((mapping, file.source_of(definition)?, file.connector_of(definition)?));
    }
    let state = State::open(&file).await?;
    let env = system::env();
    let recovery = if args.dry_run { Recovery::ProbeOnly } else { Recovery::Finish };
    let (mut changes, mut tripped, mut errors) = (false, false, 0);
    for (mapping, source, connector) in mappings {
        let engine = state.open_engine(&file, connector, recovery, env.clone()).await?;
        let session = open_source(&file, source, env.clone()).await?;
        let found = findings(&mapping, &engine, session.as_ref()).await?;
        if !report(&args.config, &mapping, &found, colours)? {
            session.close().await?;
            engine.close().await?;
            return Ok(ExitCode::FAILURE);
        }
        let mut options = CycleOptions::new(&source.name);
        options.dry_run = args.dry_run;
        let report = engine.provision(session.as_ref(), &mapping, &options, &mut print).await?;
        session.close().await?;
        engine.close().await?;
        let run = &report.run;
        let outcome = run.outcome.map(|outcome| format!("{outcome:?}")).unwrap_or_default();
        writeln!(
            std::io::stdout(),
            "{} -> {}: {outcome}; {} considered, {} unchanged, {} writes, {} errors",
            source.name,
            connector.name,
            run.evaluate.considered,
            run.evaluate.unchanged,
            run.export.writes,
            run.error_count
        )?;
        changes |= report.has_changes();
        tripped |= !report.trips.is_empty();
        errors += run.error_count;
    }
    Ok(match (tripped, errors) {
        (true, _) => ExitCode::from(TRIPPED),
        (false, 1..) => ExitCode::FAILURE,
        (false, 0) if args.dry_run && changes => ExitCode::from(CHANGES),
        (false, 0) => ExitCode::SUCCESS,
    })
}

/// What a check of the mapping against both sides finds.
async fn findings(
    mapping: &Mapping,
    engine: &Engine,
    source: &dyn Session,
) -> Result<Vec<provost_mapping::Finding>, Failure> {
    let wanted = mapping.definition().object_type.as_deref();
    let types = &engine.schema().object_types;
    let target = types.iter().find(|held| wanted.is_none_or(|wanted| held.name.as_str().eq_ignore_ascii_case(wanted)));
    let Some(target) = target else { return Err(unknown_type(wanted.unwrap_or_default(), types)) };
    let mut found = mapping.check(target);
    let schema = source.schema().await?;
    // What is never seen may be missing in a source without objects, and of several types the mapping does not say which.
    if let [read] = schema.object_types.as_slice()
        && !read.attributes.is_empty()
    {
        found.extend(mapping.check_source(read));
    }
    Ok(found)
}

fn unknown_type(wanted: &str, types: &[ObjectTypeSchema]) -> Failure {
    let held = types.iter().map(|held| format!("`{}`", held.name.as_str())).collect::<Vec<_>>();
    let held = if held.is_empty() { "none".to_owned() } else { held.join(", ") };
    Failure::new(format!("[[mapping]] object_type: the connector has no object type `{wanted}`; it has {held}"))
}

/// Draws what was found, and tells whether the mapping can be used all the same: an error in a flow is one for every object.
fn report(
    file: &Path,
    mapping: &Mapping,
    found: &[provost_mapping::Finding],
    colours: Colours,
) -> std::io::Result<bool> {
    let drawing = Drawing::on_stderr(colours);
    let mut out = std::io::stderr().lock();
    for finding in found {
        let target = finding.target().map_or("", AttributeName::as_str);
        match finding.diagnostic() {
            Some(diagnostic) => {
                let place = place(file, mapping.definition(), target);
                let message = finding.to_string();
                let shown = Finding { message: &message, ..Finding::from(diagnostic) };
                write!(out, "{}", drawn(&drawing, &place, finding.expression(), &shown))?;
            }
            None => {
                let severity = if finding.is_error() { "error" } else { "warning" };
                writeln!(out, "{severity}[{}]: {finding}", finding.code())?;
            }
        }
    }
    Ok(!found.iter().any(|finding| finding.is_error() && finding.flow().is_some()))
}

/// A finding in an expression; without the text of one that makes a password, its position takes the place of the drawing.
fn drawn(drawing: &Drawing, place: &str, expression: Option<&str>, found: &Finding<'_>) -> String {
    match expression {
        Some(expression) => drawing.draw(place, expression, found),
        None => {
            let severity = if found.is_error { "error" } else { "warning" };
            let help = found.help.map(|help| format!("  = help: {help}\n")).unwrap_or_default();
            format!("{severity}[{}]: {}\n --> {place}, byte {}\n{help}", found.code, found.message, found.span.start())
        }
    }
}

fn place(file: &Path, definition: &MappingDefinition, target: &str) -> String {
    let mapping = definition.name.as_ref().map(|name| format!(" of the mapping {name}")).unwrap_or_default();
    format!("{}, flow to {target}{mapping}", file.display())
}

/// Says why a mapping cannot be used, with the place in the expression that is at fault.
fn refuse(
    file: &Path,
    definition: &MappingDefinition,
    error: &MappingError,
    colours: Colours,
) -> Result<ExitCode, Failure> {
    let Some(found) = error.diagnostic() else {
        return Err(Failure::new(error.to_string()).context(file.display()));
    };
    let place = place(file, definition, error.target().map_or("", AttributeName::as_str));
    let drawing = Drawing::on_stderr(colours);
    write!(std::io::stderr(), "{}", drawn(&drawing, &place, error.expression(), &Finding::from(found)))?;
    Ok(ExitCode::FAILURE)
}

fn print(event: &CycleEvent) {
    let mut out = std::io::stdout().lock();
    let _ = match event {
        CycleEvent::Object(object) => write_object(&mut out, object),
        CycleEvent::GuardTripped(trip) => writeln!(out, "held: {trip}"),
        _ => Ok(()),
    };
}

fn write_object(out: &mut impl std::io::Write, object: &ObjectEvent) -> std::io::Result<()> {
    let name = object.name.as_ref().map(|name| name.as_str()).or(object.source.as_deref()).unwrap_or("?");
    write!(out, "{name}: {} {:?}", object.action, object.status)?;
    if let Some(code) = &object.code {
        write!(out, " ({code})")?;
    }
    match &object.reason {
        Some(reason) => writeln!(out, ": {reason}")?,
        None => writeln!(out)?,
    }
    object.changes.iter().try_for_each(|change| writeln!(out, "  {change}"))
}
