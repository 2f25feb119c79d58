//! Parsing a distinguished name with an escape and a component of two parts. ldap-types is the other crate that gives a
//! name of values without escapes; making its parser is not counted.

use std::error::Error;
use std::hint::black_box;

use chumsky::Parser as _;
use criterion::Criterion;
use ldap_types::basic::{DistinguishedName, KeyStringOrOID, dn_parser};
use provost_benches::DN;
use provost_ldap_types::Dn;

/// The types and values of each component.
type Parts = Vec<Vec<(String, Vec<u8>)>>;

fn ours(name: &Dn) -> Parts {
    let parts = |rdn: &provost_ldap_types::Rdn| {
        rdn.attributes().iter().map(|part| (part.attribute().to_owned(), part.value().to_vec())).collect()
    };
    name.rdns().iter().map(parts).collect()
}

fn theirs(name: &DistinguishedName) -> Parts {
    let text = |name: &KeyStringOrOID| name.to_string();
    name.rdns
        .iter()
        .map(|rdn| rdn.attributes.iter().map(|(name, value)| (text(name), value.clone())).collect())
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let baseline = dn_parser();
    let other = baseline.parse(DN).into_result().map_err(|_| "ldap-types refused the name")?;
    if ours(&DN.parse()?) != theirs(&other) {
        return Err("the two read different names".into());
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("dn_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| black_box(DN).parse::<Dn>()));
    group.bench_function("ldap-types", |bencher| bencher.iter(|| baseline.parse(black_box(DN)).into_result()));
    group.finish();
    criterion.final_summary();
    Ok(())
}
