/// What stands in place of a name.
const HIDDEN: &str = "***";

/// Takes distinguished names out of what a server said. Servers name other objects, such as the one that holds a value
/// which must be unique, and those are none of the client's business.
///
/// A name here has two components at least; its last one ends at a blank, a quote, a bracket or a semicolon.
pub(crate) fn without_names(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside_word = false;
    while let Some(first) = rest.chars().next() {
        let found = if inside_word { None } else { name(rest) };
        if let Some(behind) = found {
            shown.push_str(HIDDEN);
            rest = behind;
            inside_word = false;
            continue;
        }
        shown.push(first);
        inside_word = is_type(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    shown
}

/// Reads a name at the start of a text and returns what is behind it.
fn name(text: &str) -> Option<&str> {
    let mut value = component(text)?;
    let mut components = 1;
    while let Some(next) = behind_comma(value).and_then(component) {
        value = next;
        components += 1;
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '[' | ']' | '<' | '>' | ';');
    let end = value.find(ends).unwrap_or(value.len());
    (components > 1).then(|| value.get(end..).unwrap_or_default())
}

/// Reads `type=` and returns what is behind it.
fn component(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(' ').trim_start_matches(is_type);
    if rest.len() == text.trim_start_matches(' ').len() {
        return None;
    }
    rest.trim_start_matches(' ').strip_prefix('=')
}

/// Returns what is behind the comma that ends a value.
fn behind_comma(value: &str) -> Option<&str> {
    let mut is_escaped = false;
    for (at, c) in value.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' | '+' => return value.get(at + 1..),
            '=' | '"' | '<' | '>' | ';' => return None,
            _ => {}
        }
    }
    None
}

fn is_type(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::without_names;

    fn check(said: &str, shown: &str) {
        assert_eq!(without_names(said), shown);
    }

    #[test]
    fn names_of_objects_are_not_repeated() {
        check(
            "A unique attribute conflict was detected for attribute uid:  value bsimon already exists in entry \
             uid=bsimon,ou=People,dc=contoso,dc=lab",
            "A unique attribute conflict was detected for attribute uid:  value bsimon already exists in entry ***",
        );
        check("held by \"cn=Britta Simon, ou=HR+l=x,dc=lab\" (already)", "held by \"***\" (already)");
        check("see cn=Simon\\, B,dc=lab and 2.5.4.3=x,dc=lab.", "see *** and ***");
        check("uid=a,dc=lab;uid=b,dc=lab", "***;***");
        check("größer als uid=ä,dc=lab", "größer als ***");
    }

    #[test]
    fn what_is_no_name_stays() {
        for said in [
            "",
            "object class 'inetOrgPerson' requires attribute 'sn'",
            "mail: value #0 invalid per syntax",
            "uidNumber=x is no number, see the manual",
            "a = b, c",
            "00002071: UpdErr: DSID-03050328, problem 6005 (ENTRY_EXISTS), data 0",
        ] {
            check(said, said);
        }
    }
}
