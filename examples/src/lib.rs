//! The SCIM client and the configuration shared by the programs of Provost.
