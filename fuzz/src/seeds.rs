//! The octets that a target begins with; those of expressions are the vectors of the language.

pub mod directory;

use serde_json::Value;

const VECTORS: &str = include_str!("../../crates/provost-expr/tests/data/expression-vectors.json");

/// Returns an input for each vector: an octet for the dialect, as the targets read it, and the text of the expression.
pub fn expressions() -> Vec<Vec<u8>> {
    let file: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let vectors = file["vectors"].as_array().expect("there are vectors");
    let octets = |vector: &Value| {
        let dialect = u8::from(vector["dialect"] == "connect");
        [&[dialect], vector["expression"].as_str().unwrap_or_default().as_bytes()].concat()
    };
    vectors.iter().map(octets).collect()
}
