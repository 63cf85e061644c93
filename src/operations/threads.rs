//! Reading and following threads.

use super::{
    messages::{find_message, read_id},
    rooms::visible_room,
};
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::Result,
    model::{
        change::Action,
        history::{HistoryQuery, Scope},
        ids::{EventId, MessageId},
        thread::FollowedThread,
    },
    store::threads,
};

/// Returns the root of the thread that a message belongs to: the message itself, unless it is a reply in one.
pub async fn find_root(app: &App, viewer: &Viewer, slug: &str, id: &str) -> Result<MessageId> {
    let message = find_message(app, viewer, slug, id).await?;
    Ok(message.thread.unwrap_or(message.id))
}

/// Returns the query of the same page of the thread of a message.
pub async fn query_of_thread(
    app: &App,
    viewer: &Viewer,
    (slug, id): (&str, &str),
    query: HistoryQuery,
) -> Result<HistoryQuery> {
    let scope = Scope::Thread(find_root(app, viewer, slug, id).await?);
    Ok(HistoryQuery { scope, ..query })
}

/// Returns the thread of a message as the viewer sees it.
pub async fn find_thread(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    id: &str,
) -> Result<FollowedThread> {
    let user = viewer.signed_in()?.id;
    let root = find_root(app, viewer, slug, id).await?;
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    threads::find_thread(&mut connection, user, (room, root)).await
}

/// Returns the threads of a room that the viewer follows, those with the newest roots first.
pub async fn list_followed(app: &App, viewer: &Viewer, slug: &str) -> Result<Vec<FollowedThread>> {
    let user = viewer.signed_in()?.id;
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    threads::list_followed(&mut connection, user, room).await
}

/// Makes the viewer follow the thread of a message, or ends that.
pub async fn follow_thread(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    follows: bool,
) -> Result<()> {
    let message = read_id(id)?;
    let action = Action::FollowThread {
        room,
        message,
        follows,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}

/// Moves the viewer's read mark in the thread of a message forward.
pub async fn mark_thread_read(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    up_to: EventId,
) -> Result<()> {
    let message = read_id(id)?;
    let action = Action::MarkThreadRead {
        room,
        message,
        up_to,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}
