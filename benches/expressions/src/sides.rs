use crate::hand::{ByHand, ByHandShared};
use crate::hand_columns::ByHandColumns;
use crate::mapping::{EXPRESSIONS, WIDTH};
use crate::provost::{Evaluate, EvaluateColumns, EvaluateInto};
use crate::side::{AnySide, Failure};
use crate::users::Users;

/// Makes all sides.
///
/// # Errors
///
/// When an expression or a script does not compile.
pub fn sides<'u>(users: &'u Users) -> Result<Vec<Box<dyn AnySide + 'u>>, Failure> {
    let mut sides = rust_sides(users)?;
    add_engines(users, &mut sides)?;
    Ok(sides)
}

/// Makes the sides that need no other language: those by hand, and ours.
///
/// # Errors
///
/// When an expression does not compile.
pub fn rust_sides<'u>(users: &'u Users) -> Result<Vec<Box<dyn AnySide + 'u>>, Failure> {
    let hand = ByHand::new(users);
    let shared = ByHandShared::new(users);
    let (buffer, own) = (EvaluateInto::new(users)?, Evaluate::new(users)?);
    let hand_columns = ByHandColumns::new(users);
    let columns = EvaluateColumns::new(users)?;
    Ok(vec![
        Box::new(hand),
        Box::new(shared),
        Box::new(buffer),
        Box::new(own),
        Box::new(hand_columns),
        Box::new(columns),
    ])
}

#[cfg(feature = "engines")]
use crate::engines::add as add_engines;

#[cfg(not(feature = "engines"))]
fn add_engines<'u>(_: &'u Users, _: &mut Vec<Box<dyn AnySide + 'u>>) -> Result<(), Failure> {
    Ok(())
}

/// Compares what all sides give.
///
/// # Errors
///
/// The first result in which a side differs from the first one.
pub fn compare(sides: &mut [Box<dyn AnySide + '_>]) -> Result<(), Failure> {
    let Some((first, others)) = sides.split_first_mut() else { return Ok(()) };
    let expected = first.cells()?;
    for side in others {
        let cells = side.cells()?;
        let differs = expected.iter().zip(&cells).position(|(expected, cell)| expected != cell);
        if let Some(at) = differs {
            let expression = EXPRESSIONS.get(at % WIDTH).copied().unwrap_or_default();
            let (user, wanted, given) = (at / WIDTH, expected.get(at), cells.get(at));
            let (first, side) = (first.name(), side.name());
            return Err(format!("user {user}, {expression}: {first} gives {wanted:?}, {side} {given:?}").into());
        }
        if cells.len() != expected.len() {
            return Err(format!("{} gives {} results in place of {}", side.name(), cells.len(), expected.len()).into());
        }
    }
    Ok(())
}
