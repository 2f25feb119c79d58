//! Run profiles: import, evaluate, export, pending-export ledger and history.
