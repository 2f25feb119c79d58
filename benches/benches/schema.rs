//! Parsing the whole subschema of 389 DS 2.3.1, 1,768 definitions, from its entry. No baseline: ldap-types, the other
//! crate with a parser of definitions, refuses identifiers such as `nsRole-oid`.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use provost_ldap_types::ldif::read_entry;
use provost_ldap_types::schema::Subschema;

const SUBSCHEMA: &[u8] =
    include_bytes!("../../crates/provost-ldap-types/tests/data/captured/389ds-2.3.1-subschema.ldif");

fn main() -> Result<(), Box<dyn Error>> {
    let entry = read_entry(SUBSCHEMA)?;
    let counts = Subschema::from_entry(&entry).counts();
    if counts.unreadable > 0 || counts.attribute_types == 0 {
        return Err("a definition could not be read".into());
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("schema_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| Subschema::from_entry(black_box(&entry))));
    group.finish();
    criterion.final_summary();
    Ok(())
}
