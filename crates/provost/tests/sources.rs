//! Rules on source files that no lint knows: their length, front pages without logic, and the code map.
#![cfg(test)]

mod workspace;

use std::fs;
use std::path::Path;

use workspace::{assert_none, crates, files, root};

/// Longest source file, in lines.
const LENGTH: usize = 600;

/// Longest source file whose first comment says why it is longer.
const LENGTH_WITH_REASON: usize = 1_000;

#[test]
fn front_pages_hold_no_logic() {
    let mut faults = Vec::new();
    for folder in crates() {
        let page = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy();
        if !page.starts_with("//! ") {
            faults.push(format!("{name}: lib.rs does not begin with documentation"));
        }
        faults.extend(logic(&page).map(|line| format!("{name}: lib.rs holds logic: {line}")));
    }
    assert_none(&faults);
    assert_eq!(logic("//! fn a() {}\nmod b;\npub(crate) fn c() {}\nimpl D {}").count(), 2);
}

fn logic(page: &str) -> impl Iterator<Item = &str> {
    let starts = ["fn ", "impl ", "impl<", "macro_rules!", "struct ", "enum ", "trait ", "const ", "static "];
    page.lines().map(str::trim).filter(move |line| {
        let code = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
        let code = code.strip_prefix("async ").unwrap_or(code);
        starts.iter().any(|start| code.starts_with(start))
    })
}

#[test]
fn files_are_short_or_say_why_not() {
    let mut faults = Vec::new();
    let root = root();
    for folder in ["crates", "examples", "benches", "fuzz", "xtask"].map(|name| root.join(name)) {
        for file in files(&folder, "rs") {
            let text = fs::read_to_string(&file).unwrap();
            faults.extend(length_fault(&text).map(|fault| format!("{}: {fault}", shown(&file))));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_long_file_needs_a_reason_in_its_first_comment() {
    let body = "x;\n".repeat(700);
    assert_eq!(length_fault("x;\n"), None);
    assert!(length_fault(&body).is_some());
    assert!(length_fault(&format!("//! A table.\n\n// Longer than 600 lines, as it must.\n{body}")).is_some());
    assert_eq!(length_fault(&format!("//! A table, longer than 600 lines since it is one.\n{body}")), None);
    assert!(length_fault(&format!("//! Longer than 600 lines: a table.\n{}", body.repeat(2))).is_some());
}

fn length_fault(text: &str) -> Option<String> {
    let lines = text.lines().count();
    let first: Vec<&str> = text.lines().take_while(|line| line.starts_with("//")).collect();
    let reason = first.join(" ").contains("600 lines");
    match lines {
        0..=LENGTH => None,
        _ if lines <= LENGTH_WITH_REASON && reason => None,
        _ if reason => Some(format!("{lines} lines; {LENGTH_WITH_REASON} is the end even with a reason")),
        _ => Some(format!("{lines} lines; over {LENGTH} the first comment says why it is longer than 600 lines")),
    }
}

#[test]
fn the_hops_of_the_architecture_exist() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let hops = hops(&page);
    assert!(!hops.is_empty(), "ARCHITECTURE.md has no table of hops");
    let faults: Vec<String> = hops.iter().filter_map(|(file, item)| hop_fault(file, item)).collect();
    assert_none(&faults);
    assert!(hop_fault("crates/provost/tests/sources.rs", "no_such_function").is_some());
    assert!(hop_fault("crates/provost/tests/no_such_file.rs", "hops").is_some());
}

/// Returns file and item of each row of the tables headed `| hop | file | function |`.
fn hops(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        match cells.as_slice() {
            ["", "hop", "file", "function", ""] => inside = true,
            ["", _, file, item, ""] if inside && !file.starts_with("---") => {
                found.push(((*file).to_owned(), (*item).to_owned()));
            }
            ["", ..] => {}
            _ => inside = false,
        }
    }
    found
}

/// Looks for a function, or for a type with `Type::function`, in a file.
fn hop_fault(file: &str, item: &str) -> Option<String> {
    let Ok(text) = fs::read_to_string(root().join(file)) else {
        return Some(format!("{file} does not exist"));
    };
    let (owner, name) = item.rsplit_once("::").unwrap_or(("", item));
    let defined = ["fn", "struct", "enum", "trait"].iter().any(|word| {
        text.match_indices(&format!("{word} {name}")).any(|(at, found)| {
            let rest = text.get(at + found.len()..).unwrap_or_default();
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    });
    (!defined || !text.contains(owner)).then(|| format!("{file} does not hold {item}"))
}

#[test]
fn nothing_reaches_outside_the_repository() {
    let outside = concat!("../", "shared");
    let mut faults = Vec::new();
    for extension in ["rs", "toml", "sh", "md"] {
        for file in files(&root(), extension) {
            if fs::read_to_string(&file).is_ok_and(|text| text.contains(outside)) {
                faults.push(shown(&file));
            }
        }
    }
    assert_none(&faults);
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}
