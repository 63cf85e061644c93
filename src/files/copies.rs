//! Copies and checks of all contents that a database refers to.

use super::{digest::hash_of, folder::FileFolder, part::in_background, placing::place_copy};
use crate::{
    error::Result,
    store::{db::Connection, files},
};
use std::{fs::File, io::ErrorKind, path::PathBuf};

/// Number of contents that are looked up at once.
const PAGE: u32 = 500;

/// What was copied.
#[derive(Clone, Debug, Default)]
pub struct Copied {
    /// Number of contents that are in the other folder now.
    pub contents: u64,
    /// What is wrong with the others.
    pub faults: Vec<String>,
}

/// Copies all contents to another folder, durably. Each is compared with its hash; those that the other folder has are
/// left as they are. Call it for a copy of the database that does not change.
pub async fn copy_contents(
    connection: &mut Connection,
    from: &FileFolder,
    to: &FileFolder,
) -> Result<Copied> {
    let mut copied = Copied::default();
    let mut after = String::new();
    loop {
        let page = files::list_contents(connection, &after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(copied);
        };
        after.clone_from(last);
        for (hash, _) in page {
            if state_of(to.path_of(&hash), &hash).await? == State::Sound {
                copied.contents += 1;
                continue;
            }
            match copy(from, to, &hash).await? {
                State::Sound => copied.contents += 1,
                fault => copied.faults.push(fault.describe(&hash)),
            }
        }
    }
}

/// Returns what is wrong with the contents that a database refers to.
pub async fn check_contents(
    connection: &mut Connection,
    folder: &FileFolder,
) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut after = String::new();
    loop {
        let page = files::list_contents(connection, &after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(faults);
        };
        after.clone_from(last);
        for (hash, _) in page {
            match state_of(folder.path_of(&hash), &hash).await? {
                State::Sound => {}
                fault => faults.push(fault.describe(&hash)),
            }
        }
    }
}

/// The state of a content in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Sound,
    Missing,
    Damaged,
}

impl State {
    fn describe(self, hash: &str) -> String {
        let state = match self {
            Self::Sound => "intact",
            Self::Missing => "missing",
            Self::Damaged => "damaged",
        };
        format!("the file {hash} is {state}")
    }
}

/// Compares a file with its hash.
async fn state_of(path: PathBuf, hash: &str) -> Result<State> {
    let hash = hash.to_owned();
    in_background(move || {
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::Missing),
            file => file?,
        };
        let (found, _) = hash_of(file)?;
        let is_sound = found == hash;
        Ok(if is_sound {
            State::Sound
        } else {
            State::Damaged
        })
    })
    .await
}

async fn copy(from: &FileFolder, to: &FileFolder, hash: &str) -> Result<State> {
    let state = state_of(from.path_of(hash), hash).await?;
    if state != State::Sound {
        return Ok(state);
    }
    let (source, root) = (from.path_of(hash), to.root().to_owned());
    let owned = hash.to_owned();
    in_background(move || place_copy(&root, &source, &owned)).await?;
    // The disk may have changed what was written.
    state_of(to.path_of(hash), hash).await
}
