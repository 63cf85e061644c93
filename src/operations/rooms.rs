//! Creating, changing, finding and listing rooms.

use crate::{
    app::{App, random_bytes},
    auth::viewer::Viewer,
    chat::policy::{Object, Verb, can},
    error::{Error, Result, parse_field},
    fault::Fault,
    model::{
        change::{Action, Principal, Requester},
        ids::{EventId, RoomId},
        page::Page,
        room::{
            FIRST_ROOM, FoldedRoomName, NewDirectRoom, NewRoom, RoomKind, RoomName, RoomUpdate,
            RoomView, Topic,
        },
        slug::Slug,
    },
    store::{
        room_lines::{self, RoomLine},
        room_list, rooms,
    },
};
use std::sync::Arc;

/// Returns a room that is visible to the viewer, with the viewer's state in it.
pub async fn find_room(app: &App, viewer: &Viewer, slug: &str) -> Result<RoomView> {
    let mut connection = app.readers().acquire().await?;
    rooms::find_room(&mut connection, viewer.user_id(), slug)
        .await?
        .ok_or(Error::NotFound)
}

/// Returns the id of a room that is visible to the viewer.
pub async fn visible_room(app: &App, viewer: &Viewer, slug: &str) -> Result<RoomId> {
    if viewer.sees_open
        && let Some(room) = app.log.find_open_room(slug).await?
    {
        return Ok(room);
    }
    let mut connection = app.readers().acquire().await?;
    let room = rooms::find_access(&mut connection, viewer.user_id(), slug).await?;
    let room = room.ok_or(Error::NotFound)?;
    can(viewer.identity(), Verb::See, Object::Room(&room))?;
    Ok(room.id)
}

/// Returns a page of the rooms that the viewer may see: first those that the viewer has joined, then the other open
/// ones.
///
/// # Errors
///
/// [`Error::Invalid`] if the viewer sees no room with the slug `after`.
pub async fn list_rooms(
    app: &App,
    viewer: &Viewer,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<RoomView>> {
    let mut connection = app.readers().acquire().await?;
    room_list::list_rooms(&mut connection, viewer.user_id(), after, limit).await
}

/// Returns the slug of the room that the viewer starts in: the first room of the server, or else the first one of the
/// list; `None` if the viewer sees no room.
pub async fn find_first_room(app: &App, viewer: &Viewer) -> Result<Option<String>> {
    match visible_room(app, viewer, FIRST_ROOM).await {
        Ok(_) => Ok(Some(FIRST_ROOM.to_owned())),
        Err(Error::NotFound) => {
            let rooms = list_rooms(app, viewer, None, 1).await?;
            Ok(rooms.entries.into_iter().next().map(|room| room.info.slug))
        }
        Err(error) => Err(error),
    }
}

/// Returns like [`list_rooms`], and with the head of the log before the page was read: a stream that starts there
/// misses nothing.
pub async fn list_rooms_with_head(
    app: &App,
    viewer: &Viewer,
    after: Option<&str>,
    limit: usize,
) -> Result<(EventId, Page<RoomView>)> {
    let head = app.log.find_visible_head(&viewer.reader()).await?;
    let rooms = list_rooms(app, viewer, after, limit).await?;
    Ok((head, rooms))
}

/// Returns all rooms, for the operator.
pub async fn list_all_rooms(app: &App) -> Result<Vec<RoomLine>> {
    let mut connection = app.readers().acquire().await?;
    room_lines::list_all(&mut connection).await
}

/// A room to be created, before validation.
#[derive(Clone, Debug, Default)]
pub struct RoomDraft {
    /// Slug of the room; derived from the name if absent.
    pub slug: Option<String>,
    /// Display name of the room.
    pub name: String,
    /// Topic of the room.
    pub topic: String,
    /// `open` (default) or `closed`.
    pub kind: Option<String>,
}

/// Creates a room and returns its slug.
pub async fn create_room(app: &App, viewer: &Viewer, draft: RoomDraft) -> Result<String> {
    app.rates.check_room(viewer.signed_in()?)?;
    create_room_for(app, viewer.requester()?, draft).await
}

/// Creates a room for a requester whose rate was checked, or for the operator, and returns its slug. A room of the
/// operator has no members.
pub async fn create_room_for(app: &App, requester: Requester, draft: RoomDraft) -> Result<String> {
    let name = parse_field("name", RoomName::parse(&draft.name))?;
    let topic = parse_field("topic", Topic::parse(&draft.topic))?;
    let kind = draft.kind.as_deref().map(parse_kind).transpose();
    let kind = parse_field("kind", kind)?.unwrap_or(RoomKind::Open);
    let is_slug_chosen = draft.slug.is_some();
    let slug = match (kind, draft.slug) {
        (RoomKind::Open, Some(slug)) => parse_field("slug", Slug::parse(slug))?,
        (RoomKind::Open, None) => Slug::of_name(name.as_str()),
        (_, Some(_)) => return Err(Error::invalid("slug", Fault::SlugNotChosen)),
        (_, None) => Slug::of_random(random_bytes()),
    };
    let room = NewRoom {
        slug,
        name: FoldedRoomName::new(name),
        topic,
        kind,
        auto_join: false,
    };
    let action = Action::CreateRoom {
        room,
        is_slug_chosen,
    };
    app.submit_from(requester, action).await?.into_room()
}

/// Changes of the properties of a room, before validation. `None` leaves a value unchanged.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct RoomChanges {
    pub name: Option<String>,
    pub topic: Option<String>,
    pub kind: Option<String>,
    pub archived: Option<bool>,
    pub announcements: Option<bool>,
    pub auto_join: Option<bool>,
    pub room_mentions: Option<bool>,
}

/// Changes the properties of a room.
pub async fn update_room(
    app: &App,
    viewer: &Viewer,
    room: String,
    changes: RoomChanges,
) -> Result<()> {
    app.rates.check_post(viewer.signed_in()?)?;
    update_room_for(app, viewer.requester()?, room, changes).await
}

/// Changes the properties of a room for a requester whose rate was checked, or for the operator.
pub async fn update_room_for(
    app: &App,
    requester: Requester,
    room: String,
    changes: RoomChanges,
) -> Result<()> {
    let name = changes.name.as_deref().map(RoomName::parse).transpose();
    let topic = changes.topic.as_deref().map(Topic::parse).transpose();
    let kind = changes.kind.as_deref().map(parse_kind).transpose();
    let update = RoomUpdate {
        name: parse_field("name", name)?.map(FoldedRoomName::new),
        topic: parse_field("topic", topic)?,
        kind: parse_field("kind", kind)?,
        archived: changes.archived,
        announcements: changes.announcements,
        auto_join: changes.auto_join,
        room_mentions: changes.room_mentions,
    };
    app.submit_from(requester, Action::UpdateRoom { room, update })
        .await?;
    Ok(())
}

/// Parses the kind of a room that is not direct.
fn parse_kind(kind: &str) -> Result<RoomKind, Fault> {
    match kind {
        "open" => Ok(RoomKind::Open),
        "closed" => Ok(RoomKind::Closed),
        _ => Err(Fault::UnknownValue {
            known: &["open", "closed"],
        }),
    }
}

/// Deletes a room. Its messages are erased in the background.
pub async fn delete_room(app: &Arc<App>, viewer: &Viewer, room: String) -> Result<()> {
    app.submit_from(viewer.requester()?, Action::DeleteRoom { room })
        .await?;
    tokio::spawn(erase_deleted_rooms(Arc::clone(app)));
    Ok(())
}

/// Deletes a room for the operator, with its messages.
pub async fn delete_room_for_operator(app: &App, room: String) -> Result<()> {
    app.submit_from(Requester::OPERATOR, Action::DeleteRoom { room })
        .await?;
    erase_rooms(app).await
}

/// Erases the messages of deleted rooms. If the server stops meanwhile, it goes on at its next start.
pub async fn erase_deleted_rooms(app: Arc<App>) {
    if let Err(error) = erase_rooms(&app).await {
        tracing::warn!(%error, "erasing deleted rooms failed; it goes on at the next start");
    }
}

/// Erases the messages of deleted rooms, in steps between which others can write.
async fn erase_rooms(app: &App) -> Result<()> {
    while app
        .submit(Principal::Server, Action::EraseRooms)
        .await?
        .into_has_more()?
    {}
    Ok(())
}

/// Finds or creates the direct room of the viewer and the people with these handles, and returns its slug.
pub async fn open_direct_room(app: &App, viewer: &Viewer, handles: Vec<String>) -> Result<String> {
    let by = app.rates.check_membership(viewer.signed_in()?)?;
    let slug = Slug::of_random(random_bytes());
    let room = NewDirectRoom { slug, handles };
    let action = Action::OpenDirectRoom { room };
    app.submit(Some(by), action).await?.into_room()
}
