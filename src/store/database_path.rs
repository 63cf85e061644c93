//! Names of database files, checked and resolved before anything is opened or locked.

use crate::error::{Error, Result};
use std::{
    fs,
    io::{self, ErrorKind},
    ops::Deref,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// Maximum number of links that are followed, which is the limit of Linux.
const LINKS_MAX: usize = 40;

/// The absolute path of a database file, without links.
///
/// SQLite derives the names of `-wal` and `-shm` from the path that it opens, and this program that of its lock file.
/// Two names for one file would result in two logs and two locks (<https://sqlite.org/howtocorrupt.html>, 2.5), so
/// every command resolves the given name to this path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabasePath(PathBuf);

impl DatabasePath {
    /// Resolves the name of a database file, which need not exist yet.
    ///
    /// Follows symbolic links, also a link to a file that does not exist. Refuses SQLite's special names (`:memory:`,
    /// `file:` URIs), folders, devices and pipes, and a file with more than one hard link.
    pub fn resolve(name: &Path) -> Result<Self> {
        refuse_special_name(name)?;
        let path = follow_links(name).map_err(|error| {
            Error::Refused(format!(
                "{} cannot be opened: check that its folder exists and is accessible ({error})",
                name.display()
            ))
        })?;
        if path.to_str().is_none() {
            return Err(Error::Refused(format!(
                "{} is not a name in UTF-8",
                path.display()
            )));
        }
        match fs::metadata(&path) {
            Ok(metadata) => refuse_other_kinds(&path, &metadata)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot_open(&path, &error)),
        }
        Ok(Self(path))
    }

    /// Resolves the name of a database file that exists.
    pub fn resolve_existing(name: &Path) -> Result<Self> {
        let path = Self::resolve(name)?;
        if path.exists() {
            Ok(path)
        } else {
            Err(Error::Refused(format!("no such file: {}", name.display())))
        }
    }

    /// Refuses a missing or empty database that still has a write-ahead log: SQLite would delete the log, and with it
    /// the transactions since the last checkpoint.
    pub(super) fn refuse_orphaned_wal(&self) -> Result<()> {
        let has_content = |path: &Path| fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
        let wal = beside(self, "-wal");
        if !has_content(self) && has_content(&wal) {
            return Err(Error::Refused(format!(
                "{} is missing or empty, but its write-ahead log {} exists and may contain messages: restore the file \
                 that it belongs to, or move the log away",
                self.display(),
                wal.display()
            )));
        }
        Ok(())
    }
}

impl Deref for DatabasePath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for DatabasePath {
    fn as_ref(&self) -> &Path {
        self
    }
}

/// Identifies a file on this machine independently of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Looks up the file of this name. A link is a file of its own and is not followed.
    pub fn of(path: &Path) -> io::Result<Self> {
        Ok(Self::with_size(path)?.0)
    }

    /// Looks up the file of this name, as [`of`](Self::of), and its size in bytes.
    ///
    /// Does not query times. After a query of them, Linux records the exact time of the next write
    /// (<https://docs.kernel.org/filesystems/multigrain-ts.html>). Queried before each commit, they would make each
    /// commit write the inode as well, which is a third of what a commit writes to the disk.
    #[cfg(target_os = "linux")]
    pub fn with_size(path: &Path) -> io::Result<(Self, u64)> {
        use rustix::fs::{AtFlags, CWD, StatxFlags, makedev, statx};
        let wanted = StatxFlags::INO | StatxFlags::SIZE;
        let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted)?;
        let id = Self {
            device: makedev(found.stx_dev_major, found.stx_dev_minor),
            inode: found.stx_ino,
        };
        Ok((id, found.stx_size))
    }

    /// Looks up the file of this name, as [`of`](Self::of), and its size in bytes.
    #[cfg(not(target_os = "linux"))]
    pub fn with_size(path: &Path) -> io::Result<(Self, u64)> {
        let found = fs::symlink_metadata(path)?;
        let id = Self {
            device: found.dev(),
            inode: found.ino(),
        };
        Ok((id, found.len()))
    }
}

/// Appends a suffix to a file name, as in `chat.db-wal`.
#[must_use]
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Refuses names that SQLite does not interpret as a path: <https://sqlite.org/uri.html>.
fn refuse_special_name(name: &Path) -> Result<()> {
    let bytes = name.as_os_str().as_encoded_bytes();
    if bytes.is_empty() || bytes == b":memory:" {
        return Err(Error::Refused(format!(
            "`{}` is a database in memory, which is lost when the program ends; give the path of a file",
            name.display()
        )));
    }
    if bytes.starts_with(b"file:") {
        return Err(Error::Refused(format!(
            "`{0}` is a URI; give a path, or `./{0}` if the file has this name",
            name.display()
        )));
    }
    Ok(())
}

/// Like [`Path::canonicalize`], but the file at the end may be missing.
fn follow_links(name: &Path) -> io::Result<PathBuf> {
    let mut path = name.to_owned();
    for _ in 0..LINKS_MAX {
        match path.canonicalize() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            found => return found,
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .canonicalize()?;
        let file = folder.join(path.file_name().ok_or(ErrorKind::NotFound)?);
        match file.read_link() {
            Ok(target) => path = folder.join(target),
            Err(_) => return Ok(file),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn refuse_other_kinds(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    let file = path.display();
    if metadata.is_dir() {
        return Err(Error::Refused(format!("{file} is a folder, not a file")));
    }
    if !metadata.is_file() {
        return Err(Error::Refused(format!(
            "{file} is a device, a pipe or a socket, not a file"
        )));
    }
    if metadata.nlink() > 1 {
        return Err(Error::Refused(format!(
            "{file} has another hard link, through which it could be in use with a separate write-ahead log: \
             remove that link (find it with `find -inum {}`), or use a copy",
            metadata.ino()
        )));
    }
    Ok(())
}

fn cannot_open(path: &Path, error: &io::Error) -> Error {
    Error::Refused(format!("{} cannot be opened: {error}", path.display()))
}
