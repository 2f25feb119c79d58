//! LDAP messages on the wire: capped frames, BER, controls.
