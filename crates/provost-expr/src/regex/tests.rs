use super::{Regex, RegexError, SearchError, Template};

fn replaced(pattern: &str, text: &str, replacement: &str) -> String {
    let regex = Regex::new(pattern).unwrap();
    let template = Template::new(replacement, &regex);
    let (mut built, mut copied) = (String::new(), 0);
    for found in regex.matches(text).unwrap() {
        let found = found.unwrap();
        built.push_str(text.get(copied..found.whole().start).unwrap());
        template.parts(text, &found).for_each(|part| built.push_str(part));
        copied = found.whole().end;
    }
    built + text.get(copied..).unwrap()
}

fn check(pattern: &str, text: &str, replacement: &str, expected: &str) {
    assert_eq!(replaced(pattern, text, replacement), expected, "{pattern}");
}

fn refused(pattern: &str, place: std::ops::Range<usize>, message: &str) {
    let RegexError { message: actual, place: at, .. } = Regex::new(pattern).unwrap_err();
    assert_eq!((actual.as_str(), at), (message, place), "{pattern}");
}

#[test]
fn empty_matches_may_touch_a_match() {
    check("a*", "baac", "x", "xbxxcx");
    check("", "ab", "-", "-a-b-");
    check("b*", "é", "-", "-é-");
    check("(?=a)|a", "aa", "-", "-a-a");
}

#[test]
fn classes_can_be_subtracted() {
    check("[a-z-[aeiou]]", "education-", "", "euaio-");
    check("[^a-z-[0-9]]", "a1B-", ".", "a1..");
    check(r"[\w-[\d_]]+", "ab_12é", ".", "._12.");
    check("[a-z-[b-y-[m]]]", "abmyz", ".", ".b.y.");
    check("[a-[a]]", "a", ".", "a");
    refused("[a-[b]c]", 3..6, "what is subtracted must stand at the end of the class");
}

#[test]
fn brackets_in_classes_mean_themselves() {
    check("[]a]", "]a[", ".", "..[");
    check("[^]a]", "]a[", ".", "]a.");
    check("[[:x]", "[:x]", ".", "...]");
    check(r"[a&&b~~c\--d]", "&~-abcd", ".", ".......");
    check(r"[\b]", "\u{8}b", ".", ".b");
    check("[a-]", "a-b", ".", "..b");
    check("[-a]", "a-b", ".", "..b");
    check(r"[\^\]\\\-]", r"^]\-", ".", "....");
}

#[test]
fn redundant_escapes_mean_the_character() {
    check(r"\<\>\:\;\=\,\/\-\@\#\%\&\~\!\ ", "<>:;=,/-@#%&~! ", ".", ".");
    check(r"\x41\u00e9\t\cA\0", "Aé\t\u{1}\0", ".", ".");
    check("a{,2}{x}", "a{,2}{x}", ".", ".");
}

#[test]
fn sets_are_those_of_unicode_by_net() {
    check(r"\d", "1٣²", ".", "..²");
    check(r"\s", "\u{a0}\u{2003}\u{85}\u{200b}", ".", "...\u{200b}");
    check(r"\w", "aé_\u{301}\u{203f}Ⅷ-", ".", ".....Ⅷ-");
    check(r"\W|\D", "a1-", ".", ".1.");
    check(r"[\W\D]", "a1-", ".", ".1.");
    check(r"[^\W_]", "a_-", ".", "._-");
    check(r"\p{Lu}\P{Lu}", "Ab", ".", ".");
    check(r"[\P{L}\P{N}]", "a1-", ".", "...");
}

#[test]
fn the_end_is_also_before_a_last_line_feed() {
    check("a$", "a\na", ".", "a\n.");
    check("a$", "a\n", ".", ".\n");
    check(r"a\Z", "a\n", ".", ".\n");
    check(r"a\z", "a\n", ".", "a\n");
    check("(?m)^a$", "a\na\n", ".", ".\n.\n");
    check("^a", "a\na", ".", ".\na");
    check("$", "a\n", ".", "a.\n.");
    check("(?:b|a$)+", "ba", ".", ".");
}

#[test]
fn groups_are_numbered_before_names_are() {
    check("(?<n>a)(b)", "ab", "$1$2", "ba");
    check("(?'n'a)(b)", "ab", "${n}${1}", "ab");
    check("(a)", "a", "$0$&$$1$2${x}$", "aa$1$2${x}$");
    check("(a)(x)?", "bac", "[$`|$'|$+|$_]", "b[b|c||bac]c");
    check("(a)", "a", "$10", "$10");
}

#[test]
fn options_hold_to_the_end_of_their_group() {
    check("(?i)é(?-i)B", "ÉB Éb", ".", ". Éb");
    check("(a(?i)b)b", "aBb aBB", ".", ". aBB");
    check("(?s:a.)b.", "a\nb\n", ".", "a\nb\n");
    check("(?i:a)b(?#comment)c", "Abc", ".", ".");
    check("(?m-i:^a)", "a\na", ".", ".\n.");
}

#[test]
fn look_around_and_references_are_there() {
    check(r"(a)\1", "aab", ".", ".b");
    check(r"(?<x>a)(b)\k<x>\1", "abab", ".", ".");
    check("a(?=b)", "abac", ".", ".bac");
    check("(?<!x)a", "xaa", ".", "xa.");
    check("(?<=a+)b", "aab", ".", "aa.");
    check("(?>a+)b", "aab", ".", ".");
    check("(?=a)*a", "a", ".", ".");
    check("(?:(?=(a)))?a", "a", "$1", "a");
    check(r"(?:\b)+(?:)*(?:^|$)+a(?!b)", "a", ".", ".");
}

#[test]
fn what_is_not_carried_is_refused_at_its_place() {
    refused("a**", 2..3, "a repetition cannot follow another one");
    refused("a{2}{3}", 4..5, "a repetition cannot follow another one");
    refused("*a", 0..1, "there is nothing before this that could repeat");
    refused("a{3,2}", 1..6, "the first number is greater than the second");
    refused("x(a", 1..2, "the group that begins here is never closed");
    refused("a)", 1..2, "this parenthesis closes no group");
    refused("a[b", 1..2, "the class that begins here is never closed");
    refused("[z-a]", 1..4, "this range is in reverse order");
    refused(r"[\d-z]", 1..3, "a range cannot begin with a set of characters");
    refused(r"[a-\d]", 1..5, "a range cannot end with a set of characters");
    refused(r"\y", 0..2, "this escape is not available");
    refused("a\\", 1..2, "a backslash cannot be the last character");
    refused(r"(a)\2", 3..5, "the pattern has no group `2`");
    refused("(?<a-b>x)", 0..5, "balancing groups are not available");
    refused("(?(a)b|c)", 0..3, "conditions in a pattern are not available");
    refused("(?x)a", 2..3, "the option `x` is not available");
    refused(r"\p{IsGreek}", 0..11, "the category or block `IsGreek` is not available");
    refused(r"(?i)(a)\1", 7..9, "a reference to a group together with the option `i` is not available");
    refused("(?:(?:a{99}){99}){99}", 3..16, "the repetitions of this pattern are too many");
}

#[test]
fn a_pattern_that_explodes_is_stopped() {
    let regex = Regex::new(r"^(?:(a|aa)\1?)+c").unwrap();
    let text = "a".repeat(60) + "bc";
    let mut matches = regex.matches(&text).unwrap();
    assert_eq!(matches.next().unwrap().unwrap_err(), SearchError::Steps);
}

#[test]
fn a_long_text_is_refused() {
    let regex = Regex::new("a").unwrap();
    let text = "b".repeat(16 * 1024 + 1);
    assert_eq!(regex.matches(&text).err(), Some(SearchError::Text(16 * 1024)));
}

#[test]
fn the_heaviest_pattern_still_compiles() {
    assert!(Regex::new(r"\w{255}").unwrap().matches("a").is_ok());
    assert!(Regex::new("[^a]{4000}").unwrap().matches("a").is_ok());
}

#[test]
fn no_pattern_panics() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::default();
    let pattern = r"(\\|\[|\]|\(|\)|\?|<|>|\^|\$|-|\{|\}|[a-c1-3,|*+.:=!'#imk]|é|\\[dswpPDSWbBAzZk]){0,24}";
    runner
        .run(&(pattern, "[a-c1\n-]{0,12}"), |(pattern, text)| {
            if let Ok(regex) = Regex::new(&pattern) {
                for found in regex.matches(&text).map_err(|error| TestCaseError::fail(error.to_string()))? {
                    let Ok(found) = found else { break };
                    prop_assert!(text.get(found.whole()).is_some());
                }
            }
            Ok(())
        })
        .unwrap();
}
