//! Where lines are kept between sessions.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

/// Largest history that is read, in bytes.
pub(super) const LARGEST: u64 = 4 * 1024 * 1024;

/// Returns the file in the state directory of the user; `variable` reads the environment. `None` where there is no home.
pub(super) fn file(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // The XDG Base Directory Specification has relative paths ignored.
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else {
        absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
    };
    Some(state?.join("provost").join("history"))
}

/// Makes the file where it is missing, and the directories above it; nobody but the user can read them.
///
/// # Errors
///
/// The system does not allow it, or the file is too large to be a history.
pub(super) fn prepare(file: &Path) -> std::io::Result<()> {
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        options.mode(0o600);
    }
    if let Some(folder) = file.parent() {
        folders.create(folder)?;
    }
    let opened = options.open(file)?;
    let metadata = opened.metadata()?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(std::io::Error::other("it is no file, or larger than 4 MiB"));
    }
    // A file that was there before may be readable by others.
    #[cfg(unix)]
    opened.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::{file, prepare};

    #[test]
    #[cfg(unix)]
    fn the_state_directory_of_the_user_is_found() {
        let found = |variables: &[(&str, &str)]| {
            file(|name| variables.iter().find(|(held, _)| *held == name).map(|(_, value)| OsString::from(value)))
        };
        let home = ("HOME", "/home/a");
        assert_eq!(found(&[home]).unwrap(), Path::new("/home/a/.local/state/provost/history"));
        assert_eq!(found(&[home, ("XDG_STATE_HOME", "/s")]).unwrap(), Path::new("/s/provost/history"));
        assert_eq!(found(&[home, ("XDG_STATE_HOME", "s")]), found(&[home]));
        assert_eq!(found(&[]), None);
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/provost/history");
        prepare(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        prepare(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(prepare(folder.path()).is_err());
    }
}
