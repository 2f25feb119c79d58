//! What the programs of Provost share: a SCIM client as a connector, the configuration file, and the operating system's
//! clock and randomness.
//!
//! ```
//! use provost_examples::config::ConfigFile;
//!
//! let error = ConfigFile::parse("[host]\nlisten = \"127.0.0.1:8585\"\ncolour = 1\n").unwrap_err();
//! assert!(error.to_string().contains("line 3"));
//! ```

pub mod assembly;
pub mod config;
pub mod failure;
pub mod scim_client;
pub mod stop;
pub mod system;
pub mod tls;
