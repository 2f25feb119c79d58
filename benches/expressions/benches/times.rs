//! Prints the nanoseconds a user that each side takes for all expressions, measured in rounds that run all sides.

use std::error::Error;

use provost_bench_expressions::{Times, Users, compare, sides};

const USERS: usize = 10_000;
const ROUNDS: usize = 61;
const WARM_UP: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let users = Users::new(USERS);
    let mut sides = sides(&users)?;
    compare(&mut sides)?;
    // `cargo test --benches` runs the program without the argument that `cargo bench` gives.
    if !std::env::args().any(|argument| argument == "--bench") {
        Times::measure(&mut sides, USERS, 1)?;
        println!("{} sides give the same results for {USERS} users; nothing was measured", sides.len());
        return Ok(());
    }
    Times::measure(&mut sides, USERS, WARM_UP)?;
    let times = Times::measure(&mut sides, USERS, ROUNDS)?;
    let cores = std::thread::available_parallelism()?;
    println!("\nexpressions: 7 expressions, {USERS} users, {ROUNDS} rounds, one thread of {cores} cores");
    println!("{}", times.table(&["by hand", "by hand, columns", "starlark"]));
    Ok(())
}
