//! A cursor file: one decimal event id that persists between runs.

use super::Failure;
use crate::model::ids::{EventId, parse_id};
use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::Instant;

/// Shortest time between two writes of the file, since each write costs an `fsync`.
const PAUSE: Duration = Duration::from_millis(100);

/// A cursor file, and the cursor that has not been written yet.
pub(super) struct CursorFile {
    path: PathBuf,
    saved: Option<EventId>,
    unsaved: Option<EventId>,
    next_save: Instant,
}

impl CursorFile {
    /// Opens the file and reads its cursor. A missing file means the first run. An empty file is refused: its cursor
    /// was lost, and starting at the head instead would skip events silently.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<EventId>), Failure> {
        let saved = match fs::read_to_string(path) {
            Ok(text) => Some(read_cursor(path, &text)?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Failure::failed(format!(
                    "cannot read {}: {error}",
                    path.display()
                )));
            }
        };
        let file = Self {
            path: path.to_owned(),
            saved,
            unsaved: None,
            next_save: Instant::now(),
        };
        Ok((file, saved))
    }

    /// Sets the cursor after everything up to it was printed. [`Self::save`] writes it.
    pub(super) fn set(&mut self, cursor: EventId) {
        self.unsaved = (self.saved != Some(cursor)).then_some(cursor);
    }

    /// Returns when [`Self::save`] is due; `None` if the cursor is saved.
    pub(super) fn due(&self) -> Option<Instant> {
        self.unsaved.map(|_| self.next_save)
    }

    /// Writes the cursor atomically: a reader of the file, or a crash at any moment, finds the old or the new cursor.
    pub(super) fn save(&mut self) -> Result<(), Failure> {
        let Some(cursor) = self.unsaved else {
            return Ok(());
        };
        write_atomically(&self.path, &format!("{cursor}\n"), 0o666).map_err(|error| {
            Failure::failed(format!("cannot write {}: {error}", self.path.display()))
        })?;
        self.saved = self.unsaved.take();
        self.next_save = Instant::now() + PAUSE;
        Ok(())
    }
}

fn read_cursor(path: &Path, text: &str) -> Result<EventId, Failure> {
    parse_id(text.trim()).map(EventId).ok_or_else(|| {
        Failure::usage(format!(
            "{} contains no cursor; it must contain one number, or not exist",
            path.display()
        ))
    })
}

/// Writes a file atomically, by renaming a temporary file. `mode` is the permissions of the file before the umask.
pub(super) fn write_atomically(path: &Path, content: &str, mode: u32) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}
