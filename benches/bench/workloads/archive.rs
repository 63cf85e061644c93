//! A long history of a room, for the workloads `pages` and `start`.

use crate::{
    Result,
    load::marker::TEXT,
    server::{file_in, folder, import},
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Number of messages of the real history with which this was first measured.
const MESSAGES: u32 = 196_123;
const AUTHORS: u32 = 15_000;

/// A database file with the history.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(crate) folder: TempDir,
    pub(crate) room: String,
    pub(crate) messages: usize,
}

impl Archive {
    /// Imports a real history, or generates one.
    pub(crate) fn import(data: Option<&Path>) -> Result<Self> {
        let folder = folder()?;
        let archive = match data {
            Some(data) => data.to_owned(),
            None => make(folder.path())?,
        };
        let text = fs::read_to_string(&archive)
            .map_err(|error| format!("{}: {error}", archive.display()))?;
        let first: serde_json::Value =
            serde_json::from_str(text.lines().next().unwrap_or_default())?;
        let room = first["room"]
            .as_str()
            .ok_or("the archive names no room")?
            .to_owned();
        import(&archive, &file_in(folder.path()))?;
        Ok(Self {
            folder,
            room,
            messages: text.lines().count(),
        })
    }

    pub(crate) fn db(&self) -> PathBuf {
        file_in(self.folder.path())
    }
}

fn make(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("archive.ndjson");
    let mut lines = String::new();
    for number in 0..MESSAGES {
        let (author, at, body) = (
            scatter(number.into()) % u64::from(AUTHORS),
            time(number),
            "x".repeat(TEXT),
        );
        writeln!(
            lines,
            r#"{{"room":"long","author":"author{author}","at":"{at}","body":"{body}"}}"#
        )?;
    }
    fs::write(&path, lines)?;
    Ok(path)
}

/// Returns the time of a message: one message per second.
pub(super) fn time(number: u32) -> String {
    let (day, second) = (number / 86_400, number % 86_400);
    format!(
        "2026-01-{:02}T{:02}:{:02}:{:02}Z",
        day + 1,
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Returns a pseudo-random number that is the same in each run (splitmix64).
pub(super) fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}
