/// The value of the component of a distinguished name at an index from the left, or from the right.
pub(super) fn component(name: &str, number: i64, from_right: bool, without_domain: bool) -> Option<String> {
    let mut components = split(name, &[',', ';']);
    if from_right {
        components.reverse();
    }
    if without_domain {
        let is_domain = |component: &String| {
            component.split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("dc"))
        };
        let domains = components.iter().take_while(|component| is_domain(component)).count();
        components.drain(..domains);
    }
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let component = split(components.get(index)?, &['+']).into_iter().next()?;
    component.split_once('=').map(|(_, value)| meant(value))
}

/// Parts between separators that stand neither behind a backslash nor between quotation marks.
fn split(text: &str, separators: &[char]) -> Vec<String> {
    let (mut parts, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in text.chars() {
        if !escaped && !quoted && separators.contains(&c) {
            parts.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        parts.last_mut().unwrap().push(c);
    }
    parts
}

/// The value without escapes and quotation marks, and without the blanks around it that are not escaped.
fn meant(text: &str) -> String {
    let octets = text.trim_start().as_bytes();
    // Each octet, and whether it stands although it is a blank at the end.
    let (mut value, mut at): (Vec<(u8, bool)>, usize) = (Vec::new(), 0);
    while at < octets.len() {
        let digit = |at: usize| octets.get(at).and_then(|octet| char::from(*octet).to_digit(16));
        match (octets[at], digit(at + 1), digit(at + 2)) {
            (b'\\', Some(high), Some(low)) => {
                value.push((u8::try_from(high * 16 + low).unwrap(), true));
                at += 3;
            }
            (b'\\', ..) if at + 1 < octets.len() => {
                value.push((octets[at + 1], true));
                at += 2;
            }
            (b'"', ..) => {
                value.iter_mut().for_each(|(_, stays)| *stays = true);
                at += 1;
            }
            (octet, ..) => {
                value.push((octet, !octet.is_ascii_whitespace()));
                at += 1;
            }
        }
    }
    let length = value.iter().rposition(|(_, stays)| *stays).map_or(0, |last| last + 1);
    let octets: Vec<u8> = value[..length].iter().map(|(octet, _)| *octet).collect();
    String::from_utf8_lossy(&octets).into_owned()
}

/// The text with what stands behind its first `=` escaped, or all of it.
pub(super) fn escaped(text: &str) -> String {
    let (name, value) = text.split_at(text.find('=').map_or(0, |at| at + 1));
    let letters: Vec<char> = value.chars().collect();
    let mut escaped = name.to_owned();
    for (at, c) in letters.iter().enumerate() {
        let outer = at == 0 || at + 1 == letters.len();
        match c {
            '\0' => escaped += "\\00",
            ' ' if outer => escaped += "\\ ",
            c if ",=+<>#;\\\"".contains(*c) => escaped.extend(['\\', *c]),
            c => escaped.push(*c),
        }
    }
    escaped
}
