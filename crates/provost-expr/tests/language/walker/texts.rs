use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Whose letters i and ı are meant.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Letters {
    Plain,
    Turkic,
}

/// Whose letters a culture has; `None` for what is no culture.
pub(super) fn culture(tag: &str) -> Option<Letters> {
    let parts: Vec<&str> = tag.split('-').collect();
    let formed =
        parts.iter().all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if !tag.is_empty() && (!formed || !parts[0].chars().all(|c| c.is_ascii_alphabetic())) {
        return None;
    }
    Some(match parts[0].to_ascii_lowercase().as_str() {
        "az" | "tr" => Letters::Turkic,
        _ => Letters::Plain,
    })
}

/// The one letter that a mapping gives, or the letter itself where it gives several.
fn single(c: char, mapped: impl Iterator<Item = char>) -> char {
    let mapped: Vec<char> = mapped.collect();
    if let [single] = mapped[..] { single } else { c }
}

pub(super) fn lower(c: char, letters: Letters) -> char {
    match (letters, c) {
        (Letters::Turkic, 'I') => 'ı',
        (Letters::Turkic, 'İ') => 'i',
        (Letters::Plain, 'İ') => 'İ',
        _ => single(c, c.to_lowercase()),
    }
}

/// The simple mapping: letters with a subscript iota become one letter too, and no other letter becomes one of ASCII.
pub(super) fn upper(c: char, letters: Letters) -> char {
    const IOTA: [(&str, &str); 4] =
        [("ᾀᾁᾂᾃᾄᾅᾆᾇ", "ᾈᾉᾊᾋᾌᾍᾎᾏ"), ("ᾐᾑᾒᾓᾔᾕᾖᾗ", "ᾘᾙᾚᾛᾜᾝᾞᾟ"), ("ᾠᾡᾢᾣᾤᾥᾦᾧ", "ᾨᾩᾪᾫᾬᾭᾮᾯ"), ("ᾳῃῳ", "ᾼῌῼ")];
    match (letters, c) {
        (Letters::Turkic, 'i') => return 'İ',
        (Letters::Turkic, 'ı') => return 'I',
        (Letters::Plain, 'ı') | (_, 'ſ') => return c,
        _ => {}
    }
    let iota =
        IOTA.iter().find_map(|(from, to)| from.chars().position(|held| held == c).and_then(|at| to.chars().nth(at)));
    iota.unwrap_or_else(|| single(c, c.to_uppercase()))
}

/// The letters that are two in one have a form of their own at the beginning of a word.
pub(super) fn title(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        _ => upper(c, Letters::Plain),
    }
}

/// The text in which texts that differ in case only are equal.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|c| lower(upper(c, Letters::Plain), Letters::Plain)).collect()
}

/// The words of a text between any of the delimiters.
pub(super) fn word(text: &str, number: i64, delimiters: &str) -> String {
    let words: Vec<&str> = text.split(|c| delimiters.contains(c)).collect();
    usize::try_from(number)
        .ok()
        .filter(|number| *number > 0)
        .and_then(|number| words.get(number - 1))
        .unwrap_or(&"")
        .to_string()
}

pub(super) fn left(text: &str, count: i64) -> String {
    usize::try_from(count).map_or(text.to_owned(), |count| text.chars().take(count).collect())
}

/// The position in characters, from one, of the first occurrence that begins at `start` or behind it.
pub(super) fn position(text: &str, wanted: &str, start: i64) -> i64 {
    let (text, wanted): (Vec<char>, Vec<char>) = (text.chars().collect(), wanted.chars().collect());
    let Ok(first) = usize::try_from(start - 1) else { return 0 };
    let at = (first..text.len()).find(|at| text[*at..].starts_with(&wanted));
    at.map_or(0, |at| i64::try_from(at).unwrap_or(0) + 1)
}

/// The position in characters, from one, of the last occurrence that ends at `end` or before it.
pub(super) fn last_position(text: &str, wanted: &str, end: Option<i64>) -> i64 {
    let (mut text, wanted): (Vec<char>, Vec<char>) = (text.chars().collect(), wanted.chars().collect());
    if let Some(end) = end.and_then(|end| usize::try_from(end).ok()) {
        text.truncate(end);
    }
    if text.is_empty() {
        return 0;
    }
    let at = (0..=text.len()).rev().find(|at| text[*at..].starts_with(&wanted));
    at.map_or(0, |at| i64::try_from(at).unwrap_or(0) + 1)
}

pub(super) fn to_base64(text: &str) -> String {
    STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
}

/// The octets of Base64.
pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The text that octets mean in an encoding.
pub(super) fn decoded(octets: Vec<u8>, encoding: &str) -> Option<String> {
    match encoding {
        "ASCII" => String::from_utf8(octets).ok().filter(|text| text.is_ascii()),
        "UTF8" => String::from_utf8(octets).ok(),
        _ if octets.len() % 2 == 1 => None,
        _ => {
            let units: Vec<u16> = octets.chunks(2).map(|pair| u16::from(pair[0]) | u16::from(pair[1]) << 8).collect();
            String::from_utf16(&units).ok()
        }
    }
}

/// The text of a security identifier.
pub(super) fn sid(octets: &[u8]) -> Option<String> {
    let count = usize::from(*octets.get(1)?);
    if count > 15 || octets.len() != 8 + 4 * count {
        return None;
    }
    let authority = octets[2..8].iter().fold(0u64, |number, octet| number << 8 | u64::from(*octet));
    let authority = if authority < 1 << 32 { authority.to_string() } else { format!("0x{authority:012X}") };
    let parts = octets[8..].chunks(4).map(|part| part.iter().rev().fold(0u32, |n, octet| n << 8 | u32::from(*octet)));
    Some(parts.fold(format!("S-{}-{authority}", octets[0]), |text, part| format!("{text}-{part}")))
}

/// The octets of a GUID: its first three groups in reverse.
pub(super) fn guid(text: &str) -> Option<Vec<u8>> {
    let inside = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let groups: Vec<&str> = inside.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !inside.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) {
        return None;
    }
    let octet = |digits: &str| u8::from_str_radix(digits, 16).unwrap();
    let octets = |group: &str| (0..group.len()).step_by(2).map(|at| octet(&group[at..at + 2])).collect::<Vec<_>>();
    let mut all = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let mut octets = octets(group);
        if number < 3 {
            octets.reverse();
        }
        all.extend(octets);
    }
    Some(all)
}

pub(super) fn guid_text(octets: &[u8]) -> Option<String> {
    if octets.len() != 16 {
        return None;
    }
    let hex = |octets: &mut dyn Iterator<Item = &u8>| octets.map(|octet| format!("{octet:02x}")).collect::<String>();
    Some(
        [
            hex(&mut octets[..4].iter().rev()),
            hex(&mut octets[4..6].iter().rev()),
            hex(&mut octets[6..8].iter().rev()),
            hex(&mut octets[8..10].iter()),
            hex(&mut octets[10..].iter()),
        ]
        .join("-"),
    )
}
