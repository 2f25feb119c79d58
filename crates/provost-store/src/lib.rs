//! State store and coordinator traits with an in-memory store and a contract suite.
