//! SCIM endpoint in front of the provisioning engine.
