//! As much of LDIF (RFC 2849) as the checks on programs need: entries of plain and base64 values, folded lines.

use std::collections::BTreeMap;

/// The values of an entry by attribute in lower case; `dn` is one of them.
pub(crate) type Entry = BTreeMap<String, Vec<String>>;

/// Reads the entries of a text that may hold other lines between them.
///
/// A line that is no attribute ends an entry, as an empty one does. Base64 values stay as they are, with `:: ` in front.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "");
    let mut entries: Vec<Entry> = Vec::new();
    let mut inside = false;
    for line in unfolded.lines() {
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_attribute(name)) else {
            inside = inside && line.starts_with('#');
            continue;
        };
        if name.eq_ignore_ascii_case("dn") {
            entries.push(Entry::new());
            inside = true;
        }
        if let Some(entry) = entries.last_mut().filter(|_| inside) {
            let value = if value.starts_with(':') { format!(":{value}") } else { value.trim_start().to_owned() };
            entry.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
    }
    entries
}

fn is_attribute(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | ';' | '.'))
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn entries_are_found_between_other_lines() {
        let text = "12:00:01 INFO a log line\n\ndn: cn=a,dc=x\ncn: a\ndescription: fol\n ded\ncn:: w7Y=\n\n\
                    done: 1 entry\ndn: cn=b,dc=x\ncn: b\nthe end, mail: none\nsn: lost\n";
        let entries = entries(text);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["cn"], ["a", ":: w7Y="]);
        assert_eq!(entries[0]["description"], ["folded"]);
        assert_eq!(entries[1].len(), 2);
    }
}
