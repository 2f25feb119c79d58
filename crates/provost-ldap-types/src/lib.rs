//! LDAP vocabulary: names, filters, schema, root DSE, fingerprints and LDIF, without a network.
