//! `docs/command-line.md`: every command of the page is run, and prints what stands below it.
//!
//! With `UPDATE_EXPECT=1` the page is written anew.
#![cfg(test)]
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use expect_test::expect_file;

const PAGE: &str = include_str!("../../docs/command-line.md");

/// What a command prints on both streams.
fn run(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_provost")).parent().unwrap();
    let paths = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{paths}", program.display()))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The name of a file that a line of text announces, as in "with this `user.json`:".
fn announced(line: &str) -> Option<&str> {
    line.strip_suffix("`:")?.rsplit('`').next()
}

#[test]
fn every_command_prints_what_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let (mut page, mut commands, mut name) = (String::new(), 0, None);
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        page += &format!("{line}\n");
        if !line.starts_with("```") {
            name = announced(line).or(name.filter(|_| line.is_empty()));
            continue;
        }
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if line == "```console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                page += &format!("$ {command}\n{}", run(command, folder.path()));
                commands += 1;
            }
        } else {
            let text: String = block.iter().map(|line| format!("{line}\n")).collect();
            std::fs::write(folder.path().join(name.take().unwrap()), &text).unwrap();
            page += &text;
        }
        page += "```\n";
    }
    expect_file!["../../docs/command-line.md"].assert_eq(&page);
    assert!(commands >= 8, "{commands}");
}
