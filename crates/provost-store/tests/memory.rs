#![cfg(test)]
//! The memory store keeps the contract.

use provost_store::MemoryStore;

provost_store::contract_tests!(MemoryStore::new());
