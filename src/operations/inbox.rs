//! Read marks, and the inbox: the messages by which others mean the viewer.

use super::messages::read_id;
use crate::{
    app::{App, now},
    auth::viewer::Viewer,
    chat::{actor::Actor, messages::find_message, policy::Verb},
    error::Result,
    model::{
        change::Action,
        ids::{EventId, MessageId},
        inbox::InboxItem,
        page::Page,
        pins::READERS_MAX,
        user::Person,
    },
    store::{inbox, read_marks},
};

/// Returns the newest items of the viewer's inbox before a message, newest first.
pub async fn list_inbox(
    app: &App,
    viewer: &Viewer,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Page<InboxItem>> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let before = before.unwrap_or(MessageId(EventId::LIMIT));
    inbox::list_inbox(&mut connection, user, before, limit).await
}

/// Marks the items of the viewer's inbox as read, up to an event.
pub async fn mark_inbox_read(app: &App, viewer: &Viewer, up_to: EventId) -> Result<()> {
    submit(app, viewer, Action::MarkInboxRead { up_to }).await
}

/// Moves the viewer's read marks in all rooms forward.
pub async fn mark_all_read(app: &App, viewer: &Viewer, up_to: EventId) -> Result<()> {
    submit(app, viewer, Action::MarkAllRead { up_to }).await
}

/// Moves the viewer's read mark in a room forward.
pub async fn mark_read(app: &App, viewer: &Viewer, room: String, up_to: EventId) -> Result<()> {
    submit(app, viewer, Action::MarkRead { room, up_to }).await
}

/// Moves the viewer's read mark in a room backward: the event `down_to` and what follows is unread.
pub async fn mark_unread(app: &App, viewer: &Viewer, room: String, down_to: EventId) -> Result<()> {
    let up_to = EventId(down_to.0.saturating_sub(1));
    submit(app, viewer, Action::MarkUnread { room, up_to }).await
}

/// Returns the first people other than the author who have read a message; `None` if the viewer hides what they have read
/// themselves.
pub async fn list_readers(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    id: &str,
) -> Result<Option<Page<Person>>> {
    let (id, user) = (read_id(id)?, viewer.signed_in()?.id);
    let actor = Actor {
        role: viewer.role(),
        ..Actor::new(now(), user)
    };
    let mut connection = app.readers().acquire().await?;
    let (room, _) = find_message(&mut connection, actor, Verb::Follow, slug, id).await?;
    if read_marks::hides_reading(&mut connection, user).await? {
        return Ok(None);
    }
    let message = (room.id, id);
    let readers = read_marks::list_readers(&mut connection, message, user, READERS_MAX).await?;
    Ok(Some(readers))
}

async fn submit(app: &App, viewer: &Viewer, action: Action) -> Result<()> {
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}
