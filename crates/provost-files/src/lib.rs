//! Connector for users in JSON lines files.
