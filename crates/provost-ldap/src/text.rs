//! Texts of servers, made fit for messages.

/// Longest text of a server that is carried on, in characters.
const MAX_CHARS: usize = 300;

/// Returns what a server said: at most 300 characters, without control characters.
pub(crate) fn bounded(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    let mut chars = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut bounded: String = chars.by_ref().take(MAX_CHARS).collect();
    if chars.next().is_some() {
        bounded.push('…');
    }
    bounded
}

/// Returns what a server said, with every value of the request in it replaced by `***`.
///
/// Servers quote what they refuse, and a text with a value in it would end in logs and in the history. Short values are
/// left: they are in every text by chance. ApacheDS spells octets, passwords among them, `0x73 0x65`: runs of that kind
/// are replaced whatever they say.
pub(crate) fn without_values<'a>(said: &[u8], values: impl IntoIterator<Item = &'a [u8]>) -> String {
    const SHORTEST: usize = 4;

    let mut values: Vec<&[u8]> = values.into_iter().filter(|value| value.len() >= SHORTEST).collect();
    // A value that holds another one goes first.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let text = String::from_utf8_lossy(said).into_owned();
    let text = values
        .into_iter()
        .filter_map(|value| std::str::from_utf8(value).ok())
        .fold(text, |text, value| text.replace(value, "***"));
    bounded(without_octets(&text).as_bytes())
}

/// Replaces two or more octets in a row that are written as `0x73 0x65`.
fn without_octets(text: &str) -> String {
    let is_octet = |word: &str| {
        word.strip_prefix("0x").is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|d| d.is_ascii_hexdigit()))
    };
    let mut shown = String::with_capacity(text.len());
    let mut words = text.split_inclusive(char::is_whitespace).peekable();
    while let Some(word) = words.next() {
        let octet = is_octet(word.trim_end());
        if octet && words.peek().is_some_and(|next| is_octet(next.trim_end())) {
            while words.next_if(|next| is_octet(next.trim_end())).is_some() {}
            shown.push_str("*** ");
        } else {
            shown.push_str(word);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{bounded, without_values};

    #[test]
    fn long_and_odd_texts_are_made_fit() {
        assert_eq!(bounded(b" no\nsuch\x00object "), "no such object");
        assert_eq!(bounded(&[0xff]), "\u{fffd}");
        assert_eq!(bounded("ü".repeat(400).as_bytes()).chars().count(), 301);
    }

    #[test]
    fn values_of_the_request_are_not_repeated() {
        let values: [&[u8]; 3] = [b"Zq8!pass", b"Zq8!pass-long", b"sn"];
        assert_eq!(without_values(b"sn: Zq8!pass-long and Zq8!pass refused", values), "sn: *** and *** refused");
    }

    #[test]
    fn octets_of_the_request_are_not_repeated() {
        let said = b"Add Request :\n    cn: x\n    userPassword: 0x73 0x65 0x63 0x72 0x65 0x74 \n: ERR_13246_INVALID";
        assert_eq!(
            without_values(said, [&b"secret"[..]]),
            "Add Request :     cn: x     userPassword: ***  : ERR_13246_INVALID"
        );
        assert_eq!(
            without_values(b"problem 5003, data 0x20 or 0x2", [&b"secret"[..]]),
            "problem 5003, data 0x20 or 0x2"
        );
    }
}
