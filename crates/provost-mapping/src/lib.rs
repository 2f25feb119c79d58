//! Attribute mappings: flows, matching and checks over the neutral object.
