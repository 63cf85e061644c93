//! Creating, changing, finding and listing rooms.

use crate::{
    app::App,
    auth::viewer::Viewer,
    chat::policy::{Object, Verb, can},
    error::{Error, Result, parse_field},
    fault::Fault,
    model::{
        change::Action,
        ids::{EventId, RoomId},
        page::Page,
        room::{NewRoom, RoomKind, RoomName, RoomView, Slug, Topic},
    },
    store::{room_list, rooms},
};

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
    let by = app.rates.check_room(viewer.signed_in()?)?;
    let name = parse_field("name", RoomName::parse(&draft.name))?;
    let topic = parse_field("topic", Topic::parse(&draft.topic))?;
    let kind = match draft.kind.as_deref() {
        None | Some("open") => RoomKind::Open,
        Some("closed") => RoomKind::Closed,
        Some(_) => {
            let known = &["open", "closed"];
            return Err(Error::invalid("kind", Fault::UnknownValue { known }));
        }
    };
    let is_slug_chosen = draft.slug.is_some();
    let slug = match draft.slug {
        Some(slug) => parse_field("slug", Slug::parse(slug))?,
        None => Slug::of_name(name.as_str()),
    };
    let room = NewRoom {
        slug,
        name,
        topic,
        kind,
    };
    let action = Action::CreateRoom {
        room,
        is_slug_chosen,
    };
    app.submit(Some(by), action).await?.into_room()
}

/// Changes the name or topic of a room; `None` keeps the current value.
pub async fn update_room(
    app: &App,
    viewer: &Viewer,
    room: String,
    name: Option<String>,
    topic: Option<String>,
) -> Result<()> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let name = parse_field("name", name.as_deref().map(RoomName::parse).transpose())?;
    let topic = parse_field("topic", topic.as_deref().map(Topic::parse).transpose())?;
    app.submit(Some(by), Action::UpdateRoom { room, name, topic })
        .await?;
    Ok(())
}
