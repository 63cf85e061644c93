//! The folder of files.

pub use super::part::Part;
use super::{
    kind::{LOOKED_AT, sniff},
    part::in_background,
    picture,
    placing::{self, create_folder, look_at, place_bytes, place_file, place_picture, remove},
    turns::Turns,
};
use crate::{
    error::Result,
    model::{
        file::{Content, FileId},
        time::Timestamp,
    },
    store::database_path::beside,
};
use chrono::{DateTime, Utc};
use std::{
    fs::{self, OpenOptions},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

/// Number of uploads that are inspected at the same time.
const INSPECTED_MAX: usize = 2;
/// How long the decoding of a picture may take.
const DECODING_MAX: Duration = Duration::from_secs(20);
/// The folder of parts.
pub const PARTS: &str = "parts";

/// The folder of files, and the requests that write to it.
#[derive(Debug)]
pub struct FileFolder {
    root: PathBuf,
    turns: Turns,
    /// Held while a content is placed and the database comes to refer to it; exclusively, while contents are removed.
    placing: RwLock<()>,
    inspecting: Arc<Semaphore>,
    decoding: Arc<Semaphore>,
}

/// A content at its place, which stays there while the database comes to refer to it.
#[derive(Debug)]
pub struct Placed<'a> {
    /// What was found.
    pub content: Content,
    _guard: RwLockReadGuard<'a, ()>,
}

impl FileFolder {
    /// Returns the folder of a database. It is created when something is uploaded.
    #[must_use]
    pub fn new(database: &Path, folder: Option<&Path>) -> Self {
        let root = folder.map_or_else(|| beside(database, "-files"), Path::to_owned);
        Self {
            root,
            turns: Turns::default(),
            placing: RwLock::new(()),
            inspecting: Arc::new(Semaphore::new(INSPECTED_MAX)),
            decoding: Arc::new(Semaphore::new(1)),
        }
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the path of a content.
    #[must_use]
    pub fn path_of(&self, hash: &str) -> PathBuf {
        placing::path_of(&self.root, hash)
    }

    fn path_of_part(&self, id: &FileId) -> PathBuf {
        self.root.join(PARTS).join(id.as_str())
    }

    /// Opens the part of an upload, when earlier requests about it have ended. Creates it if it is missing.
    pub async fn open_part(&self, id: &FileId) -> Result<Part> {
        let turn = self.turns.take(id).await;
        let path = self.path_of_part(id);
        in_background(move || {
            create_folder(&path)?;
            let mut options = OpenOptions::new();
            let file = options.append(true).create(true).mode(0o600).open(&path)?;
            Part::new(file, path, turn)
        })
        .await
    }

    /// Returns the length of what has arrived of an upload.
    pub async fn length_of_part(&self, id: &FileId) -> Result<u64> {
        let _turn = self.turns.take(id).await;
        match tokio::fs::metadata(self.path_of_part(id)).await {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Inspects a complete part, and places its content: of a picture, what shows of it, and a smaller picture. The part
    /// stays until [`remove_part`](Self::remove_part).
    pub async fn place(&self, part: Part) -> Result<Placed<'_>> {
        let permit = Arc::clone(&self.inspecting).acquire_owned().await;
        let (part, media_type, stripped) = in_background(move || {
            let (media_type, stripped) = look_at(part.path(), part.length())?;
            Ok((part, media_type, stripped.map(Arc::new)))
        })
        .await?;
        let picture = match &stripped {
            Some(bytes) => {
                let bytes = Arc::clone(bytes);
                self.decode(move || picture::read(media_type, &bytes)).await
            }
            None => None,
        };
        let guard = self.placing.read().await;
        let root = self.root.clone();
        let content = in_background(move || {
            let _permit = permit;
            let (hash, size) = match stripped {
                Some(bytes) => place_bytes(&root, &bytes)?,
                None => place_file(&root, part.path())?,
            };
            let dimensions = picture.as_ref().map(|picture| picture.dimensions);
            let preview = picture.map(|picture| place_picture(&root, &picture.preview));
            Ok(Content {
                hash,
                size,
                media_type: media_type.to_owned(),
                dimensions,
                preview: preview.transpose()?.map(Box::new),
            })
        })
        .await?;
        Ok(Placed {
            content,
            _guard: guard,
        })
    }

    /// Places the picture of a person, made of a picture; `None` if it is none that can be shown.
    pub async fn place_portrait(&self, bytes: Vec<u8>) -> Result<Option<Placed<'_>>> {
        let media_type = sniff(&bytes[..bytes.len().min(LOOKED_AT)]);
        let portrait = self.decode(move || picture::portrait(media_type, &bytes));
        let Some(portrait) = portrait.await else {
            return Ok(None);
        };
        let guard = self.placing.read().await;
        let root = self.root.clone();
        let content = in_background(move || place_picture(&root, &portrait)).await?;
        Ok(Some(Placed {
            content,
            _guard: guard,
        }))
    }

    /// Decodes a picture, one at a time, on a thread of its own. Returns `None` also if it takes too long: the next one
    /// then waits, but not this request.
    async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Option<T> {
        let permit = Arc::clone(&self.decoding).acquire_owned().await;
        let decoding = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        timeout(DECODING_MAX, decoding).await.ok()?.ok()?
    }

    /// Removes the part of an upload.
    pub async fn remove_part(&self, id: &FileId) -> Result<()> {
        let path = self.path_of_part(id);
        in_background(move || remove(&path)).await
    }

    /// Waits until nothing is being placed. Contents are removed with this guard only.
    pub async fn lock(&self) -> RwLockWriteGuard<'_, ()> {
        self.placing.write().await
    }

    /// Returns the names in one of the folders, [`PARTS`] or the start of hashes, of files that were last changed before a
    /// time.
    pub async fn list_old(&self, folder: &str, before: Timestamp) -> Result<Vec<String>> {
        let (path, before) = (self.root.join(folder), before.to_utc());
        in_background(move || {
            let entries = match fs::read_dir(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                entries => entries?,
            };
            let mut names = Vec::new();
            for entry in entries {
                let entry = entry?;
                let changed_at = DateTime::<Utc>::from(entry.metadata()?.modified()?);
                if changed_at < before {
                    names.extend(entry.file_name().into_string());
                }
            }
            Ok(names)
        })
        .await
    }

    /// Removes a file of one of the folders.
    pub async fn remove_from(&self, folder: &str, name: &str) -> Result<()> {
        let path = self.root.join(folder).join(name);
        in_background(move || remove(&path)).await
    }

    /// Removes a content.
    pub async fn remove_content(&self, hash: &str) -> Result<()> {
        let path = self.path_of(hash);
        in_background(move || remove(&path)).await
    }
}
