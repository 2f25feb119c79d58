//! Reading 100,000 entries of LDIF that are in memory. No crate that reads LDIF was found; the baseline is the reader of
//! python-ldap, which a child process runs and times itself. `PROVOST_BENCH_PYTHON` names an interpreter that has it, in
//! place of `python3`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it found")]

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use provost_ldap_types::ldif::{ReadLdifError, Reader, Record};
use sha2::{Digest, Sha256};

const ENTRIES: usize = 100_000;

fn read(text: &str) -> Result<usize, ReadLdifError> {
    Reader::new(text.as_bytes())
        .try_fold(0, |count, record| record.map(|record| count + usize::from(!record.dn().is_empty())))
}

/// Returns a digest of everything that was read, as the script of the baseline makes it.
fn digest(text: &str) -> Result<String, Box<dyn Error>> {
    let mut digest = Sha256::new();
    for record in Reader::new(text.as_bytes()) {
        let Record::Content(entry) = record? else { return Err("a change among entries".into()) };
        digest.update(format!("{}\n", entry.dn()));
        for attribute in &entry {
            digest.update(format!("{}\n", attribute.description()));
            for value in attribute.values() {
                digest.update(format!("{}:", value.len()));
                digest.update(value);
                digest.update("\n");
            }
        }
    }
    Ok(digest.finalize().iter().map(|octet| format!("{octet:02x}")).collect())
}

/// The reader of python-ldap in a process of its own.
struct Python {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts the process and returns the digest of what it read; `None` where python-ldap is not installed.
    fn start(path: &std::path::Path) -> Result<Option<(Self, String)>, Box<dyn Error>> {
        let interpreter = std::env::var_os("PROVOST_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
        let is_there = Command::new(&interpreter).args(["-c", "import ldap, ldif"]).stderr(Stdio::null()).status();
        if !is_there.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let script = ["-c", include_str!("../src/read_ldif.py")];
        let mut command = Command::new(interpreter);
        let mut child = command.args(script).arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take().ok_or("no input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut python = Self { child, questions, answers };
        let digest = python.answer()?;
        Ok(Some((python, digest)))
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() { Err("python-ldap gave no answer".into()) } else { Ok(line.trim().to_owned()) }
    }

    fn time(&mut self, runs: u64) -> Result<Duration, Box<dyn Error>> {
        writeln!(self.questions, "{runs}")?;
        Ok(Duration::from_nanos(self.answer()?.parse()?))
    }

    fn stop(mut self) -> Result<(), Box<dyn Error>> {
        drop(self.questions);
        if self.child.wait()?.success() { Ok(()) } else { Err("python-ldap failed".into()) }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let text = provost_benches::ldif(ENTRIES);
    if read(&text)? != ENTRIES {
        return Err("an entry was not read".into());
    }
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("ldif_read");
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("provost", |bencher| bencher.iter(|| read(black_box(&text))));
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), &text)?;
    match Python::start(file.path())? {
        None => println!("ldif_read/python-ldap: not run, python-ldap is not installed"),
        Some((mut python, theirs)) => {
            if digest(&text)? != theirs {
                return Err("python-ldap read other entries".into());
            }
            let mut failed = None;
            group.bench_function("python-ldap", |bencher| {
                bencher.iter_custom(|runs| {
                    python.time(runs).unwrap_or_else(|error| {
                        failed = Some(error);
                        Duration::MAX / 1_000
                    })
                });
            });
            failed.map_or(Ok(()), Err)?;
            python.stop()?;
        }
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
