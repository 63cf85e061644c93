//! The path of the socket through which commands reach the running server.

use crate::error::{Error, Result};
use sha2::{Digest as _, Sha256};
use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    fs::{self, DirBuilder},
    io::ErrorKind,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
};

/// Greatest length of a socket's path in bytes (`sun_path` in `unix(7)`, with a final zero byte).
const PATH_MAX: usize = 107;

/// Returns the path of the socket of a database: `chat.db.sock` beside `chat.db`. If that is too long for a socket, it
/// is in a directory that only this user can enter, under a name derived from the path of the database.
pub fn socket_path(database: &Path) -> Result<PathBuf> {
    let mut beside: OsString = database.as_os_str().to_owned();
    beside.push(".sock");
    if beside.len() <= PATH_MAX {
        return Ok(beside.into());
    }
    let mut name = String::new();
    for byte in Sha256::digest(database.as_os_str().as_bytes())
        .iter()
        .take(16)
    {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    Ok(private_directory()?.join(name + ".sock"))
}

/// Returns the user id of this process.
#[must_use]
pub fn own_user_id() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Returns a directory that belongs to this user alone, and creates it if it is missing.
fn private_directory() -> Result<PathBuf> {
    let user = own_user_id();
    let directory = match env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty()) {
        Some(runtime) => PathBuf::from(runtime).join("backscroll"),
        None => env::temp_dir().join(format!("backscroll-{user}")),
    };
    match DirBuilder::new().mode(0o700).create(&directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    let metadata = fs::symlink_metadata(&directory)?;
    if metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o777 == 0o700 {
        Ok(directory)
    } else {
        Err(Error::Refused(format!(
            "{} must be a directory that only its owner, this user, can enter",
            directory.display()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_too_long_for_a_socket_has_a_short_stand_in() {
        let near = socket_path(Path::new("/srv/chat.db")).unwrap();
        assert_eq!(near, Path::new("/srv/chat.db.sock"));
        let deep = format!("/{}/chat.db", "d".repeat(120));
        let far = socket_path(Path::new(&deep)).unwrap();
        assert!(far.as_os_str().len() <= PATH_MAX);
        assert_eq!(far, socket_path(Path::new(&deep)).unwrap());
        let metadata = fs::metadata(far.parent().unwrap()).unwrap();
        assert_eq!(metadata.mode() & 0o777, 0o700);
    }
}
