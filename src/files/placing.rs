//! Placing contents in the folder, durably.

use super::{
    digest::hash_of,
    kind::{LOOKED_AT, is_picture, sniff},
    picture::{BYTES_MAX, Encoded},
    stripping::strip,
};
use crate::{
    model::file::Content,
    store::{copies::sync_folder, database_path::beside},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Returns the media type of a file, and the bytes of a picture without what does not show.
pub(super) fn look_at(path: &Path, size: u64) -> io::Result<(&'static str, Option<Vec<u8>>)> {
    let mut start = Vec::new();
    let file = File::open(path)?;
    file.take(LOOKED_AT as u64).read_to_end(&mut start)?;
    let media_type = sniff(&start);
    let is_read = is_picture(media_type) && size <= BYTES_MAX;
    let stripped = if is_read {
        strip(media_type, &fs::read(path)?)
    } else {
        None
    };
    Ok((media_type, stripped))
}

/// Returns the path of a content.
pub(super) fn path_of(root: &Path, hash: &str) -> PathBuf {
    let (start, _) = hash.split_at_checked(2).unwrap_or((hash, ""));
    root.join(start).join(hash)
}

/// Places a part, which stays where it is, too. Returns its hash and its size.
pub(super) fn place_file(root: &Path, file: &Path) -> io::Result<(String, u64)> {
    let (hash, size) = hash_of(File::open(file)?)?;
    let place = path_of(root, &hash);
    let new = prepare(&place, file)?;
    fs::hard_link(file, &new).or_else(|_| fs::copy(file, &new).map(drop))?;
    File::open(&new)?.sync_all()?;
    put(&new, &place)?;
    Ok((hash, size))
}

/// Places a copy of a content of another folder. They share nothing on the disk.
pub(super) fn place_copy(root: &Path, file: &Path, hash: &str) -> io::Result<()> {
    let place = path_of(root, hash);
    let new = prepare(&place, &place)?;
    fs::copy(file, &new)?;
    File::open(&new)?.sync_all()?;
    put(&new, &place)
}

/// Places bytes. Returns their hash and their number.
pub(super) fn place_bytes(root: &Path, bytes: &[u8]) -> io::Result<(String, u64)> {
    let (hash, size) = hash_of(bytes)?;
    let place = path_of(root, &hash);
    let new = prepare(&place, &place)?;
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    put(&new, &place)?;
    Ok((hash, size))
}

/// Places a picture that was made here.
pub(super) fn place_picture(root: &Path, picture: &Encoded) -> io::Result<Content> {
    let (hash, size) = place_bytes(root, &picture.bytes)?;
    Ok(Content {
        hash,
        size,
        media_type: picture.media_type.to_owned(),
        dimensions: Some(picture.dimensions),
        preview: None,
    })
}

/// Returns the name under which a content is written before it is put in its place.
fn prepare(place: &Path, source: &Path) -> io::Result<PathBuf> {
    create_folder(place)?;
    let new = beside(source, ".placing");
    remove(&new)?;
    Ok(new)
}

/// Puts a content in its place. It also replaces an equal one, so that the time of its last change is recent: what is old
/// and not referred to is removed.
fn put(new: &Path, place: &Path) -> io::Result<()> {
    fs::rename(new, place)?;
    // Renaming does nothing if both are links to the same file.
    remove(new)?;
    sync_folder(place)
}

/// Creates the folder that a file will be in, readable for the owner only. New folders are durable.
pub(super) fn create_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.exists()) else {
        return Ok(());
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    for made in folder.ancestors().take(2) {
        sync_folder(made)?;
    }
    Ok(())
}

/// Removes a file. A missing one is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
