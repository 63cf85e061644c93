//! `restore`: replaces the database with a backup, and starts a new era of ids.

use super::{Database, Failure, Files, failure::tell, print};
use crate::{
    app::{ChangeMaker, now},
    cache::Cache,
    chat::apply::apply,
    config::Storage,
    error::Error,
    files::{copies::copy_contents, folder::FileFolder},
    model::{
        change::{Action, Principal},
        ids::EventId,
    },
    store::{
        check, copies,
        database_path::{DatabasePath, beside},
        db::{self, Connection},
        eras,
        lock::FileLock,
        schema::Owner,
    },
};
use clap::Args;
use sqlx::Connection as _;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Source and target of a restore.
#[derive(Args, Debug)]
pub(super) struct Restore {
    /// The backup
    backup: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    files: Files,
}

/// Number of eras skipped if the replaced database cannot be read, since it may have been restored that often.
const ERAS_SKIPPED: i64 = 100;

pub(super) async fn run(restore: Restore) -> Result<(), Failure> {
    // If the path of the database is a symbolic link, its target is replaced.
    let file = &DatabasePath::resolve(&restore.database.db)?;
    let backup = &DatabasePath::resolve_existing(&restore.backup)?;
    if backup == file {
        return Err(Failure::failed(format!(
            "{} is the database itself, not a backup",
            backup.display()
        )));
    }
    let mut source = open_sound(backup).await?;
    let _lock = FileLock::take(file)?;
    let used = eras::last_used_id(&mut source)
        .await?
        .max(last_used_id(file).await?);
    let new = DatabasePath::resolve(&beside(file, ".restoring"))?;
    copies::remove_database(&new).map_err(|error| cannot_replace(file, &error))?;
    let folders = (FileFolder::new(backup, None), restore.files.of(file));
    let placed = replace(&mut source, &new, file, used, &folders).await;
    if placed.is_err() {
        let _ = copies::remove_database(&new);
    }
    let (next_id, kept) = placed?;
    let kept = kept
        .map(|kept| format!("The previous database is now {}.\n", kept.display()))
        .unwrap_or_default();
    print(&format!(
        "{} was restored from {}. The next id is {next_id}; readers with later cursors are reset.\n{kept}",
        file.display(),
        backup.display()
    ))
}

async fn replace(
    source: &mut Connection,
    new: &DatabasePath,
    file: &DatabasePath,
    used: i64,
    folders: &(FileFolder, FileFolder),
) -> Result<(EventId, Option<PathBuf>), Failure> {
    let next_id = prepare(source, new, used).await?;
    copy_files(source, folders).await?;
    Ok((next_id, put_in_place(new, file).await?))
}

/// Copies the files of the backup. Those that are in the folder already stay.
async fn copy_files(
    source: &mut Connection,
    (from, to): &(FileFolder, FileFolder),
) -> Result<(), Failure> {
    let copied = copy_contents(source, from, to).await?;
    for fault in copied.faults {
        tell(&format!("in the backup, {fault}"));
    }
    Ok(())
}

/// Opens a backup, and checks that it is an undamaged database of this program.
async fn open_sound(backup: &DatabasePath) -> Result<Connection, Failure> {
    let unfit = |reason: String| {
        Failure::fault(format!("{} cannot be restored: {reason}", backup.display()))
    };
    let opened = db::open_reader(backup).await;
    let mut source = opened.map_err(|error| unfit(error.to_string()))?;
    let damage = check::find_damage(&mut source)
        .await
        .map_err(|error| unfit(error.to_string()))?;
    if let Some(fault) = damage.first() {
        return Err(unfit(fault.clone()));
    }
    Ok(source)
}

/// Returns the last id used by the database to be replaced; 0 if there is none.
///
/// A database of another program is refused. One of a newer version, or a damaged one, may be replaced.
async fn last_used_id(file: &DatabasePath) -> Result<i64, Failure> {
    if !file.exists() {
        return Ok(0);
    }
    let read = async {
        let mut connection = db::connect_reader(file).await?;
        if Owner::read(&mut connection).await? == Owner::Other {
            return Ok(None);
        }
        let used = eras::last_used_id(&mut connection).await?;
        connection.close().await?;
        Ok::<_, Error>(Some(used))
    };
    match read.await {
        Ok(Some(used)) => Ok(used),
        Ok(None) => Err(Failure::failed(format!(
            "{} is the database of another program and is not replaced",
            file.display()
        ))),
        Err(error) => {
            tell(&format!(
                "{} cannot be read ({error}); skipping all ids that it may have used",
                file.display()
            ));
            Ok(ERAS_SKIPPED * eras::ERA)
        }
    }
}

/// Writes the new database: a copy of the backup with a new era, without a write-ahead log, synced to disk.
async fn prepare(
    source: &mut Connection,
    new: &DatabasePath,
    used: i64,
) -> Result<EventId, Failure> {
    copies::copy_database(source, new).await?;
    let mut connection = db::open_writer(new, Storage::default()).await?;
    let mut tx = connection.begin_with("begin immediate").await?;
    let change = ChangeMaker::new().make(Principal::Operator, Action::BeginEra { used });
    for verdict in apply(&mut tx, &Cache::default(), &[change]).await?.verdicts {
        verdict?;
    }
    let next_id = eras::find_latest(&mut tx).await?;
    tx.commit().await?;
    connection.close().await?;
    copies::empty_wal(new).await?;
    let on_disk = fs::File::open(new).and_then(|file| file.sync_all());
    on_disk.map_err(|error| cannot_replace(new, &error))?;
    Ok(next_id)
}

/// Renames the replaced database to keep it, and moves the new one to its path.
async fn put_in_place(new: &DatabasePath, file: &DatabasePath) -> Result<Option<PathBuf>, Failure> {
    let cannot = |error: io::Error| cannot_replace(file, &error);
    let was_there = file.symlink_metadata().is_ok();
    let kept = beside(
        file,
        &format!(".replaced-{}", now().to_utc().format("%Y%m%dT%H%M%S%3fZ")),
    );
    if was_there {
        // If the write-ahead log cannot be moved into a damaged database, it is kept beside it under the same new name.
        let _ = copies::empty_wal(file).await;
        fs::hard_link(file, &kept)
            .or_else(|_| fs::copy(file, &kept).map(drop))
            .map_err(cannot)?;
        let permissions = fs::metadata(file).map_err(cannot)?.permissions();
        fs::set_permissions(new, permissions).map_err(cannot)?;
    }
    let _ = fs::rename(beside(file, "-wal"), beside(&kept, "-wal"));
    // SQLite would apply an old write-ahead log to the new database.
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(beside(file, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot(error)),
            _ => {}
        }
    }
    fs::rename(new, file)
        .and_then(|()| copies::sync_folder(file))
        .map_err(cannot)?;
    Ok(was_there.then_some(kept))
}

fn cannot_replace(file: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot replace {}: {error}", file.display()))
}
