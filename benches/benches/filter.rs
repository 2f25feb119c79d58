//! Reading the text of a filter, and going on to the octets of the search request. The baselines, ldap3 and ldap-types,
//! stop at their trees; making the parser of the latter is not counted.

use std::error::Error;
use std::hint::black_box;

use chumsky::Parser as _;
use criterion::Criterion;
use ldap_types::filter::search_filter_parser;
use provost_ldap_types::{Filter, ParseFilterError};
use provost_ldap_wire::encode_filter;

const FILTER: &str = "(&(objectClass=inetOrgPerson)(|(uid=bsimon)(mail=bsimon@contoso.com))(!(loginDisabled=TRUE)))";

fn octets(filter: &str) -> Result<Vec<u8>, ParseFilterError> {
    Ok(encode_filter(&filter.parse::<Filter>()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    octets(FILTER)?;
    ldap3::parse_filter(FILTER).map_err(|()| "ldap3 refused the filter")?;
    let baseline = search_filter_parser();
    baseline.parse(FILTER).into_result().map_err(|_| "ldap-types refused the filter")?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("filter_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| black_box(FILTER).parse::<Filter>()));
    group.bench_function("ldap3", |bencher| bencher.iter(|| ldap3::parse_filter(black_box(FILTER))));
    group.bench_function("ldap-types", |bencher| bencher.iter(|| baseline.parse(black_box(FILTER)).into_result()));
    group.finish();
    let mut group = criterion.benchmark_group("filter_encode");
    group.bench_function("provost", |bencher| bencher.iter(|| octets(black_box(FILTER))));
    group.finish();
    criterion.final_summary();
    Ok(())
}
