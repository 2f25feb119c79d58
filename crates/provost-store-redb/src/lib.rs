//! Durable embedded state store on redb.
