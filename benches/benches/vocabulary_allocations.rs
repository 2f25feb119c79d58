//! Prints how often reading a name, a filter, a definition and an entry of LDIF allocates.
//!
//! A program of its own: the allocator that counts must not slow down what is timed.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it found")]

use std::error::Error;
use std::hint::black_box;

use provost_benches::{DN, FILTER, SUBSCHEMA};
use provost_ldap_types::ldif::{Reader, read_entry};
use provost_ldap_types::schema::Subschema;
use provost_ldap_types::{Dn, Filter};

const ENTRIES: usize = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(());
    }
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let print = |group: &str, item: &str, items: usize, read: &mut dyn FnMut()| {
        // The benchmarks are chosen by a part of the name or by an expression that holds it.
        if filters.is_empty() || filters.iter().any(|filter| group.contains(*filter) || filter.contains(group)) {
            read();
            let counted = allocation_counter::measure(&mut *read);
            let each = |total: u64| total as f64 / items as f64;
            let (count, bytes) = (each(counted.count_total), each(counted.bytes_total));
            println!("{group}: {count:.2} allocations, {bytes:.0} bytes per {item}");
        }
    };
    let text = provost_benches::ldif(ENTRIES);
    let entry = read_entry(SUBSCHEMA)?;
    let definitions = entry.iter().map(|attribute| attribute.values().len()).sum();
    print("dn_parse", "name", 1, &mut || drop(black_box(black_box(DN).parse::<Dn>())));
    print("filter_parse", "filter", 1, &mut || drop(black_box(black_box(FILTER).parse::<Filter>())));
    print("schema_parse", "definition", definitions, &mut || drop(black_box(Subschema::from_entry(black_box(&entry)))));
    print("ldif_read", "entry", ENTRIES, &mut || {
        Reader::new(black_box(text.as_bytes())).for_each(|record| drop(black_box(record)));
    });
    Ok(())
}
