//! Parsing a distinguished name. No baseline: no other parser of names is in the workspace.

use std::hint::black_box;

use criterion::Criterion;
use provost_ldap_types::{Dn, ParseDnError};

const NAME: &str = r"CN=Simon\, Britta (Sales),OU=People,OU=Zürich,DC=contoso,DC=lab";

fn main() -> Result<(), ParseDnError> {
    NAME.parse::<Dn>()?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("dn_parse");
    group.bench_function("provost", |bencher| bencher.iter(|| black_box(NAME).parse::<Dn>()));
    group.finish();
    criterion.final_summary();
    Ok(())
}
