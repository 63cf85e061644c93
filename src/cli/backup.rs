//! `backup`: writes a consistent copy of the database, also while the server runs.

use super::{Database, Failure, Files, failure::tell, print};
use crate::{
    error::Error,
    files::{copies::copy_contents, folder::FileFolder},
    store::{
        check, copies,
        database_path::{DatabasePath, beside},
        db, files,
    },
};
use clap::Args;
use sqlx::Connection as _;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Source and target of a backup.
#[derive(Args, Debug)]
pub(super) struct Backup {
    /// The file to create; it must not exist
    out: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    files: Files,
}

pub(super) async fn run(backup: Backup) -> Result<(), Failure> {
    let out = &backup.out;
    if out.symlink_metadata().is_ok() {
        return Err(there_already(out));
    }
    let out = &DatabasePath::resolve(out)?;
    let database = DatabasePath::resolve_existing(&backup.database.db)?;
    let mut connection = db::open_reader(&database).await?;
    let half = beside(out, &format!(".half-{}", std::process::id()));
    let half = DatabasePath::resolve(&half)?;
    let copied = copies::copy_database(&mut connection, &half)
        .await
        .map_err(|error| match error {
            Error::Io(error) => cannot_make(out, &error),
            error => error.into(),
        });
    let copied = match copied {
        Ok(()) => copy_files(&half, &backup.files.of(&database), out).await,
        Err(failure) => Err(failure),
    };
    let done = copied.and_then(|files| move_to(&half, out).map(|()| files));
    let files = match done {
        Ok(files) => files,
        Err(failure) => {
            let _ = copies::remove_database(&half);
            return Err(failure);
        }
    };
    let mut copy = db::open_reader(out).await?;
    let sums = check::sum_up(&mut copy).await?;
    let bytes = fs::metadata(out).map_or(0, |metadata| metadata.len());
    print(&format!(
        "{}: {} messages, {} users, {files} files, {} KiB\n",
        out.display(),
        sums.messages,
        sums.users,
        bytes / 1024
    ))
}

/// Copies the files that the copy of the database refers to, and returns their number.
async fn copy_files(
    copy: &DatabasePath,
    from: &FileFolder,
    out: &DatabasePath,
) -> Result<u64, Failure> {
    let mut connection = db::open_reader(copy).await?;
    if !files::has_contents(&mut connection).await? {
        return Ok(0);
    }
    let to = FileFolder::new(out, None);
    let copied = copy_contents(&mut connection, from, &to).await?;
    connection.close().await?;
    for fault in copied.faults {
        tell(&format!("{fault}, and not in the backup"));
    }
    Ok(copied.contents)
}

/// Moves the finished copy to `out`. It is linked where possible, because unlike renaming, linking fails if a file has
/// appeared at `out` meanwhile.
fn move_to(half: &Path, out: &Path) -> Result<(), Failure> {
    let linked = match fs::hard_link(half, out) {
        Ok(()) => fs::remove_file(half),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(there_already(out));
        }
        // Not every file system supports links.
        Err(_) => fs::rename(half, out),
    };
    let kept = linked.and_then(|()| copies::sync_folder(out));
    kept.map_err(|error| cannot_make(out, &error))
}

fn cannot_make(out: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot create {}: {error}", out.display()))
}

fn there_already(out: &Path) -> Failure {
    Failure::failed(format!(
        "{} already exists; a backup does not overwrite files",
        out.display()
    ))
}
