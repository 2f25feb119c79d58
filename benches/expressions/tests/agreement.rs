//! The sides that need no other engine give the same for every user.
#![cfg(test)]

use provost_bench_expressions::{Users, compare, rust_sides};

#[test]
fn sides_agree() {
    let users = Users::new(2_000);
    let mut sides = rust_sides(&users).unwrap();
    assert!(sides.len() > 1);
    compare(&mut sides).unwrap();
}
