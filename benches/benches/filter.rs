//! Reading the text of a filter. Ours goes on to the octets of the search request; the baseline, ldap3, stops at the tree
//! that it would write them from.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use provost_ldap_types::{Filter, ParseFilterError};
use provost_ldap_wire::encode_filter;

const FILTER: &str = r"(&(objectClass=inetOrgPerson)(|(mail=bsimon@contoso.com)(cn=Simon\2c B*))(!(shadowExpire=1)))";

fn octets(filter: &str) -> Result<Vec<u8>, ParseFilterError> {
    Ok(encode_filter(&filter.parse::<Filter>()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    octets(FILTER)?;
    ldap3::parse_filter(FILTER).map_err(|()| "ldap3 refused the filter")?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("filter_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| octets(black_box(FILTER))));
    group.bench_function("ldap3", |bencher| bencher.iter(|| ldap3::parse_filter(black_box(FILTER))));
    group.finish();
    criterion.final_summary();
    Ok(())
}
