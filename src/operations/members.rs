//! Members of rooms: joining, leaving and listing, notification levels and typing.

use super::rooms::visible_room;
use crate::{
    app::{App, now},
    auth::{scopes::check_moderation, viewer::Viewer},
    chat::policy::{Object, Verb, can},
    error::{Error, Result},
    model::{
        change::{Action, Requester},
        member::RoomMember,
        page::{Page, one_more},
        room::{NotifyLevel, RoomRole},
    },
    store::{memberships, rooms},
};

/// Returns the page of at most `limit` members of a room, ordered by handle, that begins after the handle `after`; and
/// the number of all members.
pub async fn list_members(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<(Page<RoomMember>, i64)> {
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    let after = after.unwrap_or_default();
    let (members, count) =
        memberships::list_members(&mut connection, room, after, one_more(limit)).await?;
    let members = app.log.presence.mark(members);
    Ok((Page::of(members, limit), count))
}

/// Returns the slugs of the rooms that the viewer is a member of, by the rooms' names. Of a token for certain rooms,
/// only these.
pub async fn list_joined_rooms(app: &App, viewer: &Viewer) -> Result<Vec<String>> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let mut rooms = memberships::list_slugs_of(&mut connection, user).await?;
    rooms.retain(|room| viewer.grant.includes(room));
    Ok(rooms)
}

/// Adds a user to a room, or sets the role of a member; the handle `me` is the viewer's.
pub async fn join_room(
    app: &App,
    viewer: &Viewer,
    room: String,
    handle: String,
    role: Option<RoomRole>,
) -> Result<()> {
    let handle = resolve(viewer, handle)?;
    if role.is_some() || is_other(viewer, &handle)? {
        check_moderation(&viewer.grant)?;
    }
    app.rates.check_membership(viewer.signed_in()?)?;
    submit(app, viewer, Action::JoinRoom { room, handle, role }).await
}

/// Removes a user from a room; the handle `me` is the viewer's.
pub async fn leave_room(app: &App, viewer: &Viewer, room: String, handle: String) -> Result<()> {
    let handle = resolve(viewer, handle)?;
    if is_other(viewer, &handle)? {
        check_moderation(&viewer.grant)?;
    }
    app.rates.check_membership(viewer.signed_in()?)?;
    submit(app, viewer, Action::LeaveRoom { room, handle }).await
}

/// Adds a user to a room for the operator, or sets the role of a member.
pub async fn add_member_for_operator(
    app: &App,
    room: String,
    handle: String,
    role: Option<RoomRole>,
) -> Result<()> {
    let action = Action::JoinRoom { room, handle, role };
    app.submit_from(Requester::OPERATOR, action).await?;
    Ok(())
}

/// Removes a user from a room for the operator.
pub async fn remove_member_for_operator(app: &App, room: String, handle: String) -> Result<()> {
    let action = Action::LeaveRoom { room, handle };
    app.submit_from(Requester::OPERATOR, action).await?;
    Ok(())
}

/// Sets which messages of a room notify the viewer.
pub async fn set_notify(
    app: &App,
    viewer: &Viewer,
    room: String,
    level: NotifyLevel,
) -> Result<()> {
    submit(app, viewer, Action::SetNotify { room, level }).await
}

/// Makes a room one of the viewer's favourites, or ends that.
pub async fn set_favourite(
    app: &App,
    viewer: &Viewer,
    room: String,
    favourite: bool,
) -> Result<()> {
    submit(app, viewer, Action::SetFavourite { room, favourite }).await
}

/// Signals to the readers of a room that the viewer, who may post there, is typing.
pub async fn signal_typing(app: &App, viewer: &Viewer, slug: &str) -> Result<()> {
    let by = viewer.signed_in()?;
    let mut connection = app.readers().acquire().await?;
    let room = rooms::find_access(&mut connection, viewer.user_id(), slug).await?;
    drop(connection);
    let room = room.ok_or(Error::NotFound)?;
    can(viewer.identity(), Verb::Post, Object::Room(&room))?;
    let is_open = app.log.find_open_room(slug).await?.is_some();
    let (signals, subscribers) = (&app.log.signals, &app.log.subscribers);
    signals.signal_typing(subscribers, (room.id, slug, is_open), by, now());
    Ok(())
}

async fn submit(app: &App, viewer: &Viewer, action: Action) -> Result<()> {
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}

fn is_other(viewer: &Viewer, handle: &str) -> Result<bool> {
    Ok(viewer.signed_in()?.handle != handle)
}

fn resolve(viewer: &Viewer, handle: String) -> Result<String> {
    let user = viewer.signed_in()?;
    Ok(if handle == "me" {
        user.handle.clone()
    } else {
        handle
    })
}
