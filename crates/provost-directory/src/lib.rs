//! An embedded LDAP v3 server with a real schema.
