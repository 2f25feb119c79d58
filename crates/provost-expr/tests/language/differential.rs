//! A plain walk over the tree gives what the compiled program gives, errors and their places included.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Unstructured;
use proptest::prelude::*;
use provost_expr::{Dialect, Expression, Function, Limits, Sample, parse_as};

use crate::common::stirred;
use crate::walker::compare::{Outcome, compare};

/// Functions that the walker does not know: random values, and letters with marks beyond ASCII are left out of it too.
const UNKNOWN: [&str; 3] = ["Guid", "RandomNum", "RandomString"];

fn compared(sample: &Sample) -> (Outcome, Expression) {
    let expression = parse_as(sample.source(), sample.dialect(), &Limits::default()).unwrap();
    (compare(&expression, sample.dialect(), sample.user()), expression)
}

fn sample(dialect: Dialect) -> impl Strategy<Value = Sample> {
    let octets = prop::collection::vec(any::<u8>(), 0..300);
    octets.prop_map(move |octets| Sample::of(dialect, &mut Unstructured::new(&octets)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_program_of_entra_gives_what_a_walk_gives(sample in sample(Dialect::Entra)) {
        compared(&sample);
    }

    #[test]
    fn a_program_of_connect_gives_what_a_walk_gives(sample in sample(Dialect::Connect)) {
        compared(&sample);
    }
}

/// The comparison would be worth little if most samples were beyond the walker, or if they all failed.
#[test]
fn the_walk_knows_most_samples_and_every_function_that_is_not_random() {
    for dialect in [Dialect::Entra, Dialect::Connect] {
        let (mut outcomes, mut known) = (BTreeMap::<Outcome, usize>::new(), BTreeSet::new());
        for seed in 0..4000 {
            let mut octets = [0; 300];
            stirred(seed)(&mut octets).unwrap();
            let (outcome, expression) = compared(&Sample::of(dialect, &mut Unstructured::new(&octets)).unwrap());
            *outcomes.entry(outcome).or_default() += 1;
            if matches!(outcome, Outcome::Failed | Outcome::Gave) {
                known.extend(expression.calls().map(|call| call.name().to_owned()));
            }
        }
        println!("{dialect}: {outcomes:?}");
        let is_beyond = |name: &str| UNKNOWN.contains(&name) || name.starts_with("Cert") || name == "IsCert";
        let missing: Vec<_> = (Function::all(dialect).iter().map(|function| function.name()))
            .filter(|name| !known.contains(*name) && !is_beyond(name))
            .collect();
        assert!(missing.is_empty(), "{dialect}: {missing:?}");
        assert!(outcomes[&Outcome::Gave] > 1000 && outcomes[&Outcome::Failed] > 200, "{dialect}: {outcomes:?}");
    }
}
