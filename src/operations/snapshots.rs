//! Snapshots of rooms: what the page of a room shows.

use super::rooms::visible_room;
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result},
    model::{
        history::{HistoryPage, HistoryQuery, Scope},
        ids::{EventId, MessageId},
        member::RoomMember,
        message::Message,
        page::Page,
        room::RoomView,
        thread::FollowedThread,
    },
    store::{
        messages::{find_message, read_history},
        room_list::list_rooms_and_members,
        rooms, threads,
    },
};

/// Greatest number of members in a snapshot.
const MEMBERS_MAX: i64 = 100;

/// A room with a page of its history, and the rooms and members that are shown beside it.
#[derive(Debug)]
pub struct RoomSnapshot {
    /// The room.
    pub room: RoomView,
    /// The page of its history.
    pub history: HistoryPage,
    /// The last event that the viewer may see anywhere. A stream that starts after it misses nothing.
    pub head: EventId,
    /// The first rooms of the list, with this room.
    pub rooms: Page<RoomView>,
    /// The first members of the room.
    pub members: Vec<RoomMember>,
    /// Number of all members of the room.
    pub member_count: i64,
}

/// A thread with a page of its history.
#[derive(Debug)]
pub struct ThreadSnapshot {
    /// The message that the thread belongs to.
    pub root: Message,
    /// The page of its history, which may have the root as its first message.
    pub history: HistoryPage,
    /// The thread as the viewer sees it; `None` for a visitor who is not signed in.
    pub followed: Option<FollowedThread>,
}

/// Returns a page of the thread of a message in a room that is visible to the viewer.
pub async fn read_thread(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    query: &HistoryQuery,
    root: MessageId,
) -> Result<ThreadSnapshot> {
    let room = visible_room(app, viewer, slug).await?;
    let query = HistoryQuery {
        scope: Scope::Thread(root),
        ..query.clone()
    };
    let mut connection = app.readers().acquire().await?;
    let history = read_history(&mut connection, (room, slug), viewer.sees_open, &query).await?;
    let root_message = find_message(&mut connection, room, root).await?;
    let followed = match viewer.user_id() {
        Some(user) => Some(threads::find_thread(&mut connection, user, (room, root)).await?),
        None => None,
    };
    Ok(ThreadSnapshot {
        root: root_message.ok_or(Error::NotFound)?,
        history,
        followed,
    })
}

/// Returns a snapshot of a room that is visible to the viewer.
pub async fn read_room(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    query: &HistoryQuery,
) -> Result<RoomSnapshot> {
    let id = visible_room(app, viewer, slug).await?;
    let user = viewer.user_id();
    // The stream of a page is of all rooms, so its cursor is the last event in any of them. It must not be later than
    // the list of rooms, which is read last, nor earlier than the history.
    let head = app.log.find_visible_head(&viewer.reader()).await?;
    let mut connection = app.readers().acquire().await?;
    let history = read_history(&mut connection, (id, slug), viewer.sees_open, query).await?;
    let (mut rooms, members, member_count) =
        list_rooms_and_members(&mut connection, user, id, MEMBERS_MAX).await?;
    if !rooms.entries.iter().any(|room| room.id == id) {
        // The room is not among the first ones of the list, and is shown before them.
        let room = rooms::find_room(&mut connection, user, slug).await?;
        rooms.entries.splice(0..0, room);
    }
    drop(connection);
    let room = rooms.entries.iter().find(|room| room.id == id).cloned();
    let mut members = app.log.presence.mark(members);
    // The viewer counts as present, although the stream of the page is not open yet.
    for member in &mut members {
        let viewer = viewer.user.as_ref();
        member.here |= viewer.is_some_and(|viewer| viewer.handle == member.person.handle);
    }
    Ok(RoomSnapshot {
        room: room.ok_or(Error::NotFound)?,
        head: head.max(history.head),
        history,
        rooms,
        members,
        member_count,
    })
}
