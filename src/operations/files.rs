//! Files of messages, and clearing the folder of what nobody needs any more.

use super::rooms::visible_room;
pub use crate::store::files::{StoredFile, StoredPreview};
use crate::{
    app::{App, now},
    auth::viewer::Viewer,
    error::{Error, Result},
    model::{
        change::{Action, Principal},
        file::{FileAction, FileId, UPLOAD_KEPT},
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

/// Clears the folder of what nobody needs any more, until the server stops.
pub async fn collect_files(app: Arc<App>, stop: CancellationToken) {
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
