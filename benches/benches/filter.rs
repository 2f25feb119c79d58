//! Reading the text of a filter, and going on to the octets of the search request. The baselines are ldap3, whose trees are
//! those of the octets, and ldap-types, which stops at its tree; making the parser of the latter is not counted.

use std::error::Error;
use std::hint::black_box;

use bytes::BytesMut;
use chumsky::Parser as _;
use criterion::Criterion;
use ldap_types::filter::search_filter_parser;
use ldap3::asn1::{ASNTag, write};
use provost_benches::FILTER;
use provost_ldap_types::Filter;
use provost_ldap_wire::encode_filter;

fn octets(filter: &str) -> Option<Vec<u8>> {
    Some(encode_filter(&filter.parse::<Filter>().ok()?))
}

fn octets_of_ldap3(filter: &str) -> Option<BytesMut> {
    let mut octets = BytesMut::new();
    write::encode_into(&mut octets, ldap3::parse_filter(filter).ok()?.into_structure()).ok()?;
    Some(octets)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (ours, theirs) = (octets(FILTER).ok_or("refused")?, octets_of_ldap3(FILTER).ok_or("ldap3 refused the filter")?);
    if ours != theirs {
        return Err("ldap3 sends other octets".into());
    }
    let baseline = search_filter_parser();
    let other = baseline.parse(FILTER).into_result().map_err(|_| "ldap-types refused the filter")?;
    if other.to_string().parse::<Filter>()? != FILTER.parse()? {
        return Err("ldap-types read another filter".into());
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("filter_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| black_box(FILTER).parse::<Filter>()));
    group.bench_function("ldap3", |bencher| bencher.iter(|| ldap3::parse_filter(black_box(FILTER))));
    group.bench_function("ldap-types", |bencher| bencher.iter(|| baseline.parse(black_box(FILTER)).into_result()));
    group.finish();
    let mut group = criterion.benchmark_group("filter_encode");
    group.bench_function("provost", |bencher| bencher.iter(|| octets(black_box(FILTER))));
    group.bench_function("ldap3", |bencher| bencher.iter(|| octets_of_ldap3(black_box(FILTER))));
    group.finish();
    criterion.final_summary();
    Ok(())
}
