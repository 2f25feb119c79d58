//! Reading 100,000 entries of LDIF that are in memory. No baseline in Rust: no crate that reads LDIF was found.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;

use criterion::Criterion;
use provost_ldap_types::ldif::{ReadLdifError, Reader};

const ENTRIES: usize = 100_000;

fn text() -> Result<String, std::fmt::Error> {
    let mut text = String::from("version: 1\n");
    for number in 0..ENTRIES {
        write!(
            text,
            "\ndn: uid=user{number},ou=People,dc=contoso,dc=lab\nobjectClass: top\nobjectClass: person\n\
             objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: user{number}\ncn: User {number}\n\
             sn:: WsO8cmljaA==\ngivenName: User\nmail: user{number}@contoso.com\ntelephoneNumber: +49 30 {number}\n\
             description: An entry of the benchmark whose description is long enough to be fo\n lded once\n"
        )?;
    }
    Ok(text)
}

fn read(text: &str) -> Result<usize, ReadLdifError> {
    Reader::new(text.as_bytes())
        .try_fold(0, |count, record| record.map(|record| count + usize::from(!record.dn().is_empty())))
}

fn main() -> Result<(), Box<dyn Error>> {
    let text = text()?;
    if read(&text)? != ENTRIES {
        return Err("an entry was not read".into());
    }
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("ldif_read");
    group.bench_function("provost", |bencher| bencher.iter(|| read(black_box(&text))));
    group.finish();
    criterion.final_summary();
    Ok(())
}
