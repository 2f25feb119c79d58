use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Writes one line a step to standard output, as LDIF comments, so that the whole output stays LDIF (RFC 2849).
#[derive(Debug)]
pub(crate) struct Log {
    started: Instant,
    bar: ProgressBar,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), bar: ProgressBar::hidden() }
    }

    /// Writes a line.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.bar.suspend(|| {
            let mut out = std::io::stdout().lock();
            for line in text.as_ref().lines() {
                let _ = writeln!(out, "# {:>6.3}s  {line}", self.started.elapsed().as_secs_f64());
            }
        });
    }

    /// Writes lines as they are.
    pub(crate) fn raw(&self, text: &str) {
        self.bar.suspend(|| {
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
        });
    }

    /// Starts a progress bar on standard error where that is a terminal.
    pub(crate) fn progress(&mut self, title: &'static str, steps: u64) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        self.bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            self.bar.set_style(style);
        }
        self.bar.set_message(title);
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    /// Moves the progress bar by one.
    pub(crate) fn tick(&self) {
        self.bar.inc(1);
    }

    /// Takes the progress bar away.
    pub(crate) fn done(&mut self) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
    }
}
