//! Identity provisioning into directories: the facade of the Provost crates.
