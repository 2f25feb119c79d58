//! Parsing the whole subschema of 389 DS 2.3.1, 1,768 definitions, from its entry, and what is asked of it then. ldap-types,
//! the other crate with a parser of definitions, refuses some of them, such as those with identifiers like `nsRole-oid`: a
//! group of its own holds the attribute types and object classes that both read.
//!
//! `PROVOST_BENCH_OPENDJ` names a file with the subschema entry of OpenDJ as LDIF, whose text is under a licence of its own
//! (CDDL) and not kept here. Each measured run of it is the first of a process.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it found")]

use std::error::Error;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use chumsky::Parser as _;
use criterion::Criterion;
use ldap_types::schema::{attribute_type_parser, object_class_parser};
use provost_benches::SUBSCHEMA;
use provost_ldap_types::Entry;
use provost_ldap_types::ldif::read_entry;
use provost_ldap_types::schema::{AttributeTypeDefinition, ObjectClassDefinition, SchemaDefinition, Subschema};

const OPENDJ: &str = "PROVOST_BENCH_OPENDJ";

/// Tells the program that it is one of the processes that run once.
const ONCE: &str = "PROVOST_BENCH_ONCE";

/// The definitions that ldap-types reads to the same identifier and names as we do.
fn common<'e, D: SchemaDefinition>(
    entry: &'e Entry,
    read: impl Fn(&'e str) -> Option<(String, Vec<String>)>,
) -> Result<Vec<&'e str>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for text in entry.texts(D::ATTRIBUTE) {
        let Some((identifier, names)) = read(text) else { continue };
        let ours: D = text.parse()?;
        if ours.identifier() != identifier || ours.names() != names {
            return Err(format!("ldap-types reads another definition: {text}").into());
        }
        texts.push(text);
    }
    Ok(texts)
}

fn once() -> Result<(), Box<dyn Error>> {
    let path = std::env::var_os(OPENDJ).ok_or("no file")?;
    let entry = read_entry(&std::fs::read(path)?)?;
    let start = Instant::now();
    let subschema = Subschema::from_entry(&entry);
    let time = start.elapsed();
    drop(black_box(subschema));
    println!("{}", time.as_nanos());
    Ok(())
}

/// Returns the time that the first parse of a process takes.
fn cold() -> Result<Duration, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).env(ONCE, "1").output()?;
    Ok(Duration::from_nanos(String::from_utf8(output.stdout)?.trim().parse()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::var_os(ONCE).is_some() {
        return once();
    }
    let entry = read_entry(SUBSCHEMA)?;
    let subschema = Subschema::from_entry(&entry);
    let counts = subschema.counts();
    if counts.unreadable > 0 || counts.attribute_types == 0 {
        return Err("a definition could not be read".into());
    }
    let mut criterion = Criterion::default().configure_from_args();

    let mut group = criterion.benchmark_group("schema_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| Subschema::from_entry(black_box(&entry))));
    group.finish();

    let mut group = criterion.benchmark_group("schema_requirements");
    group.bench_function("provost", |bencher| {
        bencher.iter(|| {
            let classes = black_box(&subschema).object_classes().iter();
            classes.map(|class| subschema.requirements([class.oid.as_str()]).may().len()).sum::<usize>()
        });
    });
    group.finish();

    let (types, classes) = (attribute_type_parser(), object_class_parser());
    let type_texts = common::<AttributeTypeDefinition>(&entry, |text| {
        let read = types.parse(text).into_result().ok()?;
        Some((read.oid.into(), read.name.into_iter().map(|name| name.0).collect()))
    })?;
    let class_texts = common::<ObjectClassDefinition>(&entry, |text| {
        let read = classes.parse(text).into_result().ok()?;
        Some((read.oid.into(), read.name.into_iter().map(|name| name.0).collect()))
    })?;
    println!(
        "schema_parse_common: {} of {} attribute types and {} of {} object classes",
        type_texts.len(),
        counts.attribute_types,
        class_texts.len(),
        counts.object_classes
    );
    let mut group = criterion.benchmark_group("schema_parse_common");
    group.bench_function("provost", |bencher| {
        bencher.iter(|| {
            type_texts.iter().for_each(|text| drop(black_box(text.parse::<AttributeTypeDefinition>())));
            class_texts.iter().for_each(|text| drop(black_box(text.parse::<ObjectClassDefinition>())));
        });
    });
    group.bench_function("ldap-types", |bencher| {
        bencher.iter(|| {
            type_texts.iter().for_each(|text| drop(black_box(types.parse(text).into_result())));
            class_texts.iter().for_each(|text| drop(black_box(classes.parse(text).into_result())));
        });
    });
    group.finish();

    match std::env::var_os(OPENDJ) {
        None => println!("schema_parse_cold: not run, {OPENDJ} names no subschema entry of OpenDJ"),
        Some(path) => {
            let counts = Subschema::from_entry(&read_entry(&std::fs::read(path)?)?).counts();
            println!("schema_parse_cold: {counts:?}");
            cold()?;
            let mut failed = None;
            let mut group = criterion.benchmark_group("schema_parse_cold");
            group.sample_size(20);
            group.bench_function("provost", |bencher| {
                bencher.iter_custom(|runs| {
                    let times: Result<Vec<Duration>, _> = (0..runs).map(|_| cold()).collect();
                    times.map(|times| times.iter().sum()).unwrap_or_else(|error| {
                        failed = Some(error);
                        Duration::MAX / 1_000
                    })
                });
            });
            group.finish();
            failed.map_or(Ok(()), Err)?;
        }
    }
    criterion.final_summary();
    Ok(())
}
