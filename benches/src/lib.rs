//! Benchmarks of Provost, each beside its baseline.
