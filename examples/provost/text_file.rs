//! Reads text files that somebody names on a command line.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use provost_examples::failure::Failure;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Reads a file of UTF-8 text, without the mark that some editors put at its start.
///
/// # Errors
///
/// A message that names the file: it is missing, no file, larger than 32 MiB, or no text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let octets = read(path, LARGEST).map_err(|failure| failure.context(path.display()))?;
    let text = String::from_utf8(octets).map_err(|error| {
        Failure::new(not_text(error.as_bytes(), error.utf8_error().valid_up_to())).context(path.display())
    })?;
    if text.contains('\0') {
        return Err(Failure::new("is no text file: it holds null characters").context(path.display()));
    }
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn read(path: &Path, largest: u64) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new("there is no such file"),
        _ => Failure::from(error),
    })?;
    if file.metadata()?.is_dir() {
        return Err(Failure::new("is a directory, and a file is needed"));
    }
    let mut octets = Vec::new();
    file.take(largest + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > largest {
        return Err(Failure::new(format!("is larger than the {} MiB that are read", largest / (1024 * 1024))));
    }
    Ok(octets)
}

/// Says what a file holds that is no UTF-8.
fn not_text(octets: &[u8], at: usize) -> String {
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) {
        return "is UTF-16 text: save it as UTF-8".to_owned();
    }
    let before = octets.get(..at).unwrap_or_default();
    if octets.contains(&0) {
        return "is no text file".to_owned();
    }
    let line = before.iter().filter(|octet| **octet == b'\n').count() + 1;
    format!("is no UTF-8 text in line {line}, at byte {at} of the file")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;

    use super::{read, read_text};

    fn written(octets: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(octets).unwrap();
        file
    }

    fn refused(octets: &[u8]) -> String {
        let file = written(octets);
        let message = read_text(file.path()).unwrap_err().to_string();
        message.strip_prefix(&format!("{}: ", file.path().display())).unwrap().to_owned()
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(read_text(written("\u{feff}[]".as_bytes()).path()).unwrap(), "[]");
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(refused(b"\xff\xfe[\0]\0"), "is UTF-16 text: save it as UTF-8");
        assert_eq!(refused(b"ab\nc\xfcd"), "is no UTF-8 text in line 2, at byte 4 of the file");
        assert_eq!(refused(b"\x7fELF\x02\0\xff"), "is no text file");
        assert_eq!(refused(b"a\0b"), "is no text file: it holds null characters");
    }

    #[test]
    fn a_directory_and_a_missing_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().display();
        let message = read_text(folder.path()).unwrap_err().to_string();
        assert_eq!(message, format!("{name}: is a directory, and a file is needed"));
        let message = read_text(&folder.path().join("x")).unwrap_err().to_string();
        assert!(message.ends_with("x: there is no such file"), "{message}");
    }

    #[test]
    fn a_large_file_is_not_read_to_its_end() {
        let message = read(written(&[b'a'; 2048]).path(), 1024).unwrap_err().to_string();
        assert_eq!(message, "is larger than the 0 MiB that are read");
        if cfg!(unix) {
            assert!(read(Path::new("/dev/zero"), 1024 * 1024).is_err());
        }
    }
}
