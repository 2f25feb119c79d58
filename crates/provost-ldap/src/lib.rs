//! LDAP connector: discovery, import and export over any LDAP v3 server.
