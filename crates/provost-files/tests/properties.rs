//! What holds for every file.
#![cfg(test)]

mod common;

use common::Source;
use proptest::prelude::*;
use provost_connector::PageEntry;

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_line_that_is_not_blank_is_one_finding(
        lines in proptest::collection::vec("|[ \\t]{1,3}|\\PC{0,40}|\\{\"id\": \"[a-c]\"(, \"[xy]\": (1|\"z\"|\\[1\\]|\\{\"x\": 2\\}))?\\}", 0..12),
        page_size in 1u32..5,
    ) {
        let source = Source::new(lines.join("\n"));
        let pages = run(source.import(page_size));
        let findings: usize = pages.iter().map(|page| page.entries.len()).sum();
        let expected = lines.iter().enumerate().filter(|(index, line)| {
            let text = line.as_bytes().trim_ascii();
            let text = if *index == 0 { text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text) } else { text };
            !text.is_empty()
        });
        prop_assert_eq!(findings, expected.count());
    }

    #[test]
    fn any_octets_give_findings_and_never_a_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let source = Source::new(octets);
        let pages = run(source.import(100));
        let unreadable = pages.iter().flat_map(|page| &page.entries).filter(|e| matches!(e, PageEntry::Unreadable { .. }));
        let proof = pages.last().unwrap().proof.clone().unwrap();
        prop_assert_eq!(unreadable.count() == 0, proof.is_complete());
    }

    #[test]
    fn the_size_of_pages_changes_nothing(count in 0usize..12, page_size in 1u32..6) {
        let records: String = (0..count).map(|number| format!("{{\"id\": \"{}\", \"n\": {number}}}\n", number % 9)).collect();
        let source = Source::new(records);
        let flat = |pages: Vec<provost_connector::Page>| -> Vec<PageEntry> {
            pages.into_iter().flat_map(|page| page.entries).collect()
        };
        prop_assert_eq!(flat(run(source.import(page_size))), flat(run(source.import(1_000))));
    }
}
