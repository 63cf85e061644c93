//! Files of messages, and clearing the folder of what nobody needs any more.

use super::rooms::visible_room;
pub use crate::store::files::{StoredFile, StoredPreview};
use crate::{
    app::{App, now},
    auth::viewer::Viewer,
    error::{Error, Result},
    files::folder::PARTS,
    model::{
        change::{Action, Principal},
        file::{ATTACHMENTS_MAX, FileAction, FileId, RoomFile, UPLOAD_KEPT},
        ids::{EventId, MessageId},
        page::Page,
    },
    store::files,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Interval at which the folder is cleared.
const COLLECT_EVERY: Duration = Duration::from_secs(30);

/// Returns a file of a message that is visible to the viewer.
pub async fn find_file(app: &App, viewer: &Viewer, id: &str) -> Result<StoredFile> {
    let id = FileId::parse(id).ok_or(Error::NotFound)?;
    let mut connection = app.readers().acquire().await?;
    let found = files::find_file(&mut connection, &id).await?;
    drop(connection);
    let found = found.ok_or(Error::NotFound)?;
    if !viewer.grant.includes(&found.room) {
        return Err(Error::NotFound);
    }
    visible_room(app, viewer, &found.room).await?;
    Ok(found)
}

/// Number of files on a page of those of a room, besides further ones of the last message.
const PAGE: usize = 50;

/// Returns files of messages of a room before a message, the newest first. A page has all files of each of its messages.
pub async fn list_files(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    before: Option<MessageId>,
) -> Result<Page<RoomFile>> {
    let room = visible_room(app, viewer, slug).await?;
    let before = before.unwrap_or(MessageId(EventId::LIMIT));
    let most = PAGE + ATTACHMENTS_MAX;
    let mut connection = app.readers().acquire().await?;
    let mut files = files::list_files_of_room(&mut connection, room, before, most + 1).await?;
    let last = files.get(PAGE - 1).map(|file| file.message);
    let found = files.len();
    files.retain(|file| last.is_none_or(|last| file.message >= last));
    Ok(Page {
        has_more: files.len() < found,
        entries: files,
    })
}

/// Files of the folder to which nothing refers are removed when they are this old: an upload may be about to refer to them.
const STRAY_AFTER: Duration = Duration::from_hours(1);

/// Clears the folder of what nobody needs any more, until the server stops.
pub async fn collect_files(app: Arc<App>, stop: CancellationToken) {
    if let Err(error) = clear_strays(&app, &stop).await {
        tracing::warn!(%error, "clearing the folder of files failed; it goes on at the next start");
    }
    let mut ticks = interval(COLLECT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = collect(&app).await {
            tracing::warn!(%error, "clearing the folder of files failed; it goes on later");
        }
    }
}

/// Deletes uploads that were not posted in time, and contents to which nothing refers, in steps between which others can
/// write.
async fn collect(app: &App) -> Result<()> {
    while has_unneeded(app).await? {
        let guard = app.files.lock().await;
        let action = Action::File(FileAction::Collect);
        let submitted = app.submit(Principal::Server, action).await?;
        let collected = submitted.into_collected()?;
        for upload in &collected.uploads {
            app.files.remove_part(upload).await?;
        }
        for hash in &collected.contents {
            app.files.remove_content(hash).await?;
        }
        drop(guard);
    }
    Ok(())
}

async fn has_unneeded(app: &App) -> Result<bool> {
    let mut connection = app.readers().acquire().await?;
    files::has_unneeded(&mut connection, now().before(UPLOAD_KEPT)).await
}

/// Removes from the folder what a crash has left there: files that the database does not refer to. Looks at a small part of
/// the folder at once, so that uploads wait for a short time only.
async fn clear_strays(app: &App, stop: &CancellationToken) -> Result<()> {
    if !tokio::fs::try_exists(app.files.root()).await? {
        return Ok(());
    }
    let before = now().before(STRAY_AFTER);
    let starts = (0..=u8::MAX).map(|start| format!("{start:02x}"));
    for folder in starts.chain([PARTS.to_owned()]) {
        if stop.is_cancelled() {
            return Ok(());
        }
        let _guard = app.files.lock().await;
        let names = app.files.list_old(&folder, before).await?;
        if names.is_empty() {
            continue;
        }
        let mut connection = app.readers().acquire().await?;
        let known = if folder == PARTS {
            files::retain_uploads(&mut connection, &names).await?
        } else {
            files::retain_contents(&mut connection, &names).await?
        };
        drop(connection);
        for name in names.iter().filter(|name| !known.contains(name)) {
            app.files.remove_from(&folder, name).await?;
        }
    }
    Ok(())
}
