//! Prints how often each side that is Rust allocates for a user, all expressions taken together, and how much it builds.
//!
//! A program of its own: the allocator that counts must not slow down what is timed. The first pass over all users lets
//! buffers grow and is not counted.

use std::error::Error;

use provost_bench_expressions::{Users, compare, rust_sides};

const USERS: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let users = Users::new(USERS);
    let mut sides = rust_sides(&users)?;
    compare(&mut sides)?;
    println!("\nallocations a user, 7 expressions, {USERS} users\n{:<28}{:>10}{:>10}", "", "count", "bytes");
    for side in &mut sides {
        let mut result = Ok(());
        let counted = allocation_counter::measure(|| result = side.time().map(drop));
        result?;
        let each = |total: u64| total as f64 / USERS as f64;
        println!("{:<28}{:>10.3}{:>10.1}", side.name(), each(counted.count_total), each(counted.bytes_total));
    }
    Ok(())
}
