//! `docs/errors.md`: every code of the expression language with an expression that gives it here, and what cures it.
//!
//! With `UPDATE_EXPECT=1` the page is written anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use provost_expr::{Context, Layout, Program};
use provost_expr::{Dialect, Limits, NoAnswer, NoEntropy, check, check_attributes, parse_as};
use provost_model::Timestamp;
use serde_json::json;

use crate::common::attributes;

/// Code, dialect of the example, example, cure.
type Entry = (&'static str, Dialect, &'static str, &'static str);

const ENTRA: Dialect = Dialect::Entra;
const CONNECT: Dialect = Dialect::Connect;

const ENTRIES: [Entry; 36] = [
    (
        "all-taken",
        ENTRA,
        "SelectUniqueValue([taken], [none])",
        "Add a rule whose value differs more, such as one with a number in it.",
    ),
    ("argument-count", ENTRA, "Word([mail], 1)", "Give the arguments of the signature that the help shows."),
    ("argument-missing", ENTRA, "Append(, \"b\")", "Write the argument out; only optional ones may be empty."),
    ("empty-attribute", ENTRA, "Trim([ ])", "Name the attribute between the brackets."),
    (
        "expected",
        ENTRA,
        "Join(\"\", [mail]",
        "Write what the message names at the place that it shows; often a parenthesis or a comma is missing.",
    ),
    (
        "flow-placement",
        ENTRA,
        "Trim(IgnoreFlowIfNullOrEmpty([none]))",
        "Make the function the outermost one, or a branch of an outermost `IIF` or `Switch`.",
    ),
    (
        "flow-signal",
        ENTRA,
        "Trim(IgnoreFlowIfNullOrEmpty([none]))",
        "As for `flow-placement`: a signal is no value that a function could use.",
    ),
    ("invalid-argument", ENTRA, "Split([mail], \"\")", "Give a value that the message describes."),
    (
        "invalid-pattern",
        ENTRA,
        "Replace([mail], , \"[z-a]\", , \"\", , )",
        "Correct the pattern at the place shown; parts of .NET's syntax that are not available are named in the message.",
    ),
    ("list", ENTRA, "CDate([list])", "Choose one value: `Item([list], 1)`."),
    (
        "misplaced-word",
        ENTRA,
        "Trim(vbTextCompare)",
        "Put quotation marks around a text; options stand only where a signature has them.",
    ),
    (
        "mixed-roles",
        ENTRA,
        "IIF([x] = \"1\", AssertiveAppRoleAssignmentsComplex([appRoleAssignments]), AppRoleAssignmentsComplex([appRoleAssignments]))",
        "Use one of the two functions throughout: roles are added or replaced for all objects of a mapping.",
    ),
    (
        "no-answer",
        ENTRA,
        "SelectUniqueValue([mail], [none])",
        "Use the function in a mapping whose target can be searched.",
    ),
    (
        "no-entropy",
        ENTRA,
        "Guid()",
        "The program gave no random octets: see that the system has a source of randomness.",
    ),
    (
        "not-a-condition",
        ENTRA,
        "IIF([mail], \"a\", \"b\")",
        "Compare: `IIF([mail] = \"x\", ...)`, or ask `IsPresent([mail])`.",
    ),
    ("not-a-date", ENTRA, "CDate(\"soon\")", "Read the text by its own format: `FormatDateTime`."),
    ("not-a-number", ENTRA, "Left([mail], \"x\")", "Give a number, or text that is one."),
    ("not-a-variable", CONNECT, "With(\"n\", 1, 2)", "Begin the first argument with a dollar sign: `$n`."),
    ("not-app-role-assignments", ENTRA, "SingleAppRoleAssignment([roles])", "Write `[appRoleAssignments]`."),
    (
        "not-configured",
        ENTRA,
        "DefaultDomain()",
        "Set the default domain or the parameter where the expression is used.",
    ),
    ("not-outermost", ENTRA, "Trim(SelectUniqueValue([mail], [none]))", "Move the other functions into each rule."),
    ("null", ENTRA, "Left([mail], [none])", "Give a value for the case that there is none: `Coalesce([none], \"1\")`."),
    ("number-too-large", ENTRA, "BitAnd(1, &H10000000000000000)", "Write a number of at most 64 bits."),
    ("out-of-range", ENTRA, "Item([list], 3)", "Count from one, and no further than there are values or characters."),
    ("outside-function", ENTRA, "[mail] = \"x\"", "Put it into a function: `IIF([mail] = \"x\", \"yes\", \"no\")`."),
    (
        "pattern-without-anchors",
        ENTRA,
        "Replace([mail], , \".*\", , \"x\", , )",
        "Put `^` before the pattern and `$` behind it, or write `+` in place of `*`: `.*` matches a value and then once more \
         the empty text behind it, so `.*` gives `xx`, `^.*$` gives `x`.",
    ),
    ("raised", ENTRA, "Error(\"no department\")", "The expression itself refuses the object; the message says why."),
    (
        "replace-mode",
        ENTRA,
        "Replace([mail], \"a\", , , , , )",
        "Give the arguments of one of the ways that the help lists.",
    ),
    (
        "switch-without-default",
        ENTRA,
        "Switch([mail], , \"a\", \"b\")",
        "Write a default as the second argument, if there should be a value in any case.",
    ),
    ("typographic-quote", ENTRA, "Trim(“a”)", "Write straight quotation marks."),
    ("unbound-variable", CONNECT, "1 + $n", "Bind the variable around the expression: `With($n, value, expression)`."),
    ("unknown-attribute", ENTRA, "Trim([Mail])", "Spell the attribute as the source does; names are case-sensitive."),
    ("unknown-function", ENTRA, "Joim(\"\", [mail])", "Use the name that the help suggests; names are case-sensitive."),
    ("unknown-group", ENTRA, "Replace([mail], , \"(?<a>x)\", \"b\", \"\", , )", "Name a group that the pattern has."),
    ("unknown-word", ENTRA, "Trim(mail)", "Put a text into quotation marks, an attribute into brackets."),
    (
        "unsupported-condition",
        ENTRA,
        "IIF([none] = \"\", \"a\", \"b\")",
        "Nothing here; where the expression must mean the same in the product, use `Switch` with the key `\"\"`.",
    ),
];

const UNTERMINATED: [Entry; 2] = [
    ("unterminated-attribute", ENTRA, "Trim([mail)", "Close the bracket."),
    ("unterminated-text", ENTRA, "Trim(\"mail)", "Close the quotation mark; one inside a text is written `\\\"`."),
];

/// Codes of the form in which Microsoft Graph stores the source of a mapping, each with such a form.
const STORED: [(&str, &str, &str); 3] = [
    (
        "stored-contradiction",
        r#"{"type": "Function", "name": "Trim", "expression": "Trim([mail])",
 "parameters": [{"key": "source", "value": {"type": "Attribute", "name": "surname"}}]}"#,
        "Correct the text or the parameters; where the parameters are right, leave the text out.",
    ),
    (
        "stored-dialect",
        r#"{"type": "Function", "name": "Trim", "expression": "Trim(1 + 2)"}"#,
        "Keep expressions of the dialect `connect` as text; only their calls of functions can be stored.",
    ),
    (
        "stored-key",
        r#"{"type": "Function", "name": "Trim", "parameters": [{"key": "text", "value": {"type": "Attribute", "name": "mail"}}]}"#,
        "Use the names of the signature as keys, each once, or add the text of the expression.",
    ),
];

/// What reading a stored form fails with.
#[cfg(feature = "serde")]
fn stored_code(form: &str, dialect: Dialect) -> &'static str {
    let form: provost_expr::MappingSource = serde_json::from_str(form).unwrap();
    form.to_expression(&provost_expr::Registry::new(dialect)).unwrap_err().code()
}

/// Codes of limits: what exceeds them is too long for an example on a page.
fn limits() -> [(&'static str, &'static str, String); 5] {
    let doubling = (0..40).fold("\"x\"".to_owned(), |inner, _| format!("ConvertToUTF8Hex({inner})"));
    let heavy = |n: usize| format!(r#"Replace([mail], , "a{{4000}}b{{{n}}}", , "", , )"#);
    [
        ("expression-too-long", "Divide the expression, or raise the limit of the parser.", " ".repeat(65_537)),
        ("too-deep", "Nest fewer functions, or raise the limit of the parser.", "Trim(".repeat(65)),
        (
            "too-many-arguments",
            "Nest several calls, or raise the limit of the parser.",
            format!("Join({}", "1,".repeat(1025)),
        ),
        (
            "too-many-patterns",
            "Write a pattern the same in all places, which counts it once, or repeat less: all different patterns of an \
             expression\ntogether may amount to 32768 characters when their repetitions are written out.",
            format!("Join(\"\", {})", (1..10).map(heavy).collect::<Vec<_>>().join(", ")),
        ),
        ("value-too-long", "See which step doubles the text; the budget of an evaluation is 4 MiB.", doubling),
    ]
}

/// All codes that the stages give for an expression.
fn codes(source: &str, dialect: Dialect) -> Vec<&'static str> {
    let expression = match parse_as(source, dialect, &Limits::default()) {
        Ok(expression) => expression,
        Err(error) => return vec![error.code()],
    };
    let findings = check(&expression, dialect).into_iter().chain(check_attributes(&expression, &["mail"]));
    let mut codes: Vec<_> = findings.map(|found| found.code()).collect();
    let mut layout = Layout::new();
    if let Ok(program) = Program::compile(&expression, &mut layout, dialect) {
        let user = attributes(&json!({ "mail": "a@b", "taken": "t", "list": ["a", "b"] }));
        let record = layout.record(&user);
        let uniqueness = |value: &str| if value == "t" { Ok(true) } else { Err(NoAnswer) };
        let entropy = |_: &mut [u8]| Err(NoEntropy);
        let context = Context::new(Timestamp::UNIX_EPOCH, &entropy).with_uniqueness(&uniqueness);
        codes.extend(program.evaluate(&record, &context).err().map(|error| error.code()));
    }
    codes
}

#[test]
fn every_code_has_an_example_and_a_cure() {
    let mut page = "# Errors of the expression language\n\nEach code stays the same between versions. The tests of \
         `provost-expr` write this page and see that every example gives\nits code.\n"
        .to_owned();
    for (code, dialect, example, cure) in ENTRIES.into_iter().chain(UNTERMINATED) {
        assert!(codes(example, dialect).contains(&code), "{code}: {:?}", codes(example, dialect));
        let _ = writeln!(page, "\n## {code}\n\n```text\n{example}\n```\n\n{cure}");
    }
    page.push_str("\n## Stored form\n");
    for (code, form, cure) in STORED {
        #[cfg(feature = "serde")]
        assert_eq!(stored_code(form, if code == "stored-dialect" { CONNECT } else { ENTRA }), code);
        let _ = writeln!(page, "\n### {code}\n\n```json\n{form}\n```\n\n{cure}");
    }
    page.push_str("\n## Limits\n");
    for (code, cure, example) in limits() {
        assert!(codes(&example, ENTRA).contains(&code), "{code}");
        let _ = writeln!(page, "\n### {code}\n\n{cure}");
    }
    expect_file!["../../../../docs/errors.md"].assert_eq(&page);
}

#[test]
fn no_code_of_the_cases_is_missing() {
    let known: BTreeSet<&str> = (ENTRIES.iter().chain(&UNTERMINATED).map(|entry| entry.0))
        .chain(limits().iter().map(|(code, ..)| *code))
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for file in std::fs::read_dir(folder).unwrap() {
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if let Some((_, code)) = line.rsplit_once("=> error ") {
                let code = code.split(' ').next().unwrap();
                assert!(known.contains(code), "{code} is not in docs/errors.md");
            }
        }
    }
}
