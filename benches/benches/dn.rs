//! Parsing a distinguished name with an escape and a component of two parts. ldap-types is the other crate that has
//! names of its own; making its parser is not counted.

use std::error::Error;
use std::hint::black_box;

use chumsky::Parser as _;
use criterion::Criterion;
use ldap_types::basic::dn_parser;
use provost_ldap_types::Dn;

const NAME: &str = r"cn=Simon\, Britta+uid=bsimon,ou=People,dc=contoso,dc=lab";

fn main() -> Result<(), Box<dyn Error>> {
    NAME.parse::<Dn>()?;
    let baseline = dn_parser();
    baseline.parse(NAME).into_result().map_err(|_| "ldap-types refused the name")?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("dn_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| black_box(NAME).parse::<Dn>()));
    group.bench_function("ldap-types", |bencher| bencher.iter(|| baseline.parse(black_box(NAME)).into_result()));
    group.finish();
    criterion.final_summary();
    Ok(())
}
