//! SCIM 2.0 model: resources, schemas, filters, PATCH, lists and errors.
