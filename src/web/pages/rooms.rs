//! `/rooms` and `/rooms/new`, and the forms for membership and notifications.

use super::{explain, page, parameter, redirect_to};
use crate::{
    app::App,
    error::{Error, Result},
    model::{
        ids::EventId,
        page::Page,
        role::Role,
        room::{ROOM_LIST_MAX, RoomView},
        user::User,
    },
    operations::{
        self, members,
        rooms::{find_room, list_rooms, list_rooms_with_head},
        server::find_server,
    },
    web::{
        api::{members::read_level, paging::PageQuery, rooms::CreateRoomRequest},
        error::Rejection,
        extract::{Path, Sent, Visitor},
        preferences::Preferences,
        signed_in::SignedIn,
        views::{
            layout::Layout,
            rooms::{NewRoomErrors, NewRoomPage, RoomsPage},
        },
    },
};
use alphanumeric_sort::compare_str;
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use std::sync::Arc;

/// Returns the frame around a page for a visitor whose current path is `here`.
pub async fn layout(
    app: &App,
    visitor: &Visitor,
    current: Option<&str>,
    here: &Uri,
) -> Result<Layout> {
    let rooms = list_rooms_with_head(app, visitor, None, ROOM_LIST_MAX).await?;
    layout_of(app, visitor, rooms, current, here).await
}

/// Returns the frame around a page with rooms that were already read, and the head of the log before that.
pub async fn layout_of(
    app: &App,
    visitor: &Visitor,
    (head, rooms): (EventId, Page<RoomView>),
    current: Option<&str>,
    here: &Uri,
) -> Result<Layout> {
    let viewer = visitor.user.as_ref().map(User::person);
    let people = rooms.entries.iter().flat_map(|room| &room.people);
    let people = people.filter(|person| app.log.presence.is_here(&person.handle));
    let people = people.map(|person| person.handle.clone()).collect();
    let here = here.path_and_query().map_or("/", |here| here.as_str());
    Ok(Layout {
        is_admin: visitor.is_admin(),
        online: people,
        server: find_server(app).await?.name,
        viewer,
        rooms: in_natural_order(rooms.entries),
        head,
        log: app.log.name.clone(),
        current: current.map(str::to_owned),
        here: here.to_owned(),
    })
}

/// Sorts the rooms of a page: first those that the viewer has joined, each part by name without regard to case, and with
/// numbers by their value. Pages follow each other in the order of names.
fn in_natural_order(rooms: Vec<RoomView>) -> Vec<RoomView> {
    let named = rooms
        .into_iter()
        .map(|room| (room.info.name.to_lowercase(), room));
    let mut named: Vec<_> = named.collect();
    named.sort_by(|(name, room), (other_name, other)| {
        let by_name = || compare_str(name, other_name);
        other.joined.cmp(&room.joined).then_with(by_name)
    });
    named.into_iter().map(|(_, room)| room).collect()
}

/// Shows a page of the list of rooms.
pub async fn show_rooms(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = PageQuery::parse(query.as_deref(), ROOM_LIST_MAX)?;
    let first = list_rooms_with_head(&app, &visitor, None, ROOM_LIST_MAX).await?;
    let shown = if query.is_default() {
        first.1.clone()
    } else {
        list_rooms(&app, &visitor, query.after.as_deref(), query.limit).await?
    };
    let layout = layout_of(&app, &visitor, first, None, &uri).await?;
    let last = shown.last_before_next();
    let next = last.map(|last| query.next("rooms", &last.info.slug));
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        StatusCode::OK,
        &RoomsPage {
            locale,
            scheme,
            layout,
            rooms: in_natural_order(shown.entries),
            shows_people: visitor.role().is_some_and(|role| role != Role::Guest),
            next,
        },
    )
}

/// Shows the form for creating a room.
pub async fn show_new_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let layout = layout(&app, &visitor, None, &uri).await?;
    let name = parameter(query.as_deref(), "name");
    let (topic, slug) = Default::default();
    page(
        StatusCode::OK,
        &NewRoomPage {
            locale: visitor.preferences.locale,
            scheme: visitor.preferences.scheme,
            layout,
            name,
            topic,
            slug,
            is_closed: false,
            errors: NewRoomErrors::default(),
        },
    )
}

/// Creates a room.
pub async fn create_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let room: CreateRoomRequest = sent.fields()?;
    let (name, topic, slug) = (
        room.name.clone(),
        room.topic.clone(),
        room.slug.clone().unwrap_or_default(),
    );
    let is_closed = room.kind.as_deref() == Some("closed");
    let error = match operations::rooms::create_room(&app, &visitor, room.into()).await {
        Ok(slug) => return Ok(redirect_to(&format!("/rooms/{slug}"))),
        Err(error) => error,
    };
    let field = match &error {
        Error::Invalid { field, .. } => field.clone(),
        _ => "name".into(),
    };
    let Preferences { locale, scheme } = visitor.preferences;
    let (status, why) = explain(locale, error)?;
    let at = |name| (field == name).then(|| why.clone());
    let errors = NewRoomErrors {
        name: at("name"),
        topic: at("topic"),
        slug: at("slug"),
    };
    let layout = layout(&app, &visitor, None, &uri).await?;
    page(
        status,
        &NewRoomPage {
            locale,
            scheme,
            layout,
            name,
            topic,
            slug,
            is_closed,
            errors,
        },
    )
}

/// Joins a room.
pub async fn join_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
) -> Result<Response, Rejection> {
    let back = format!("/rooms/{room}");
    members::join_room(&app, &visitor, room, "me".into(), None).await?;
    Ok(redirect_to(&back))
}

/// Leaves a room.
pub async fn leave_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
) -> Result<Response, Rejection> {
    members::leave_room(&app, &visitor, room.clone(), "me".into()).await?;
    // A room that is not open is gone, or hidden, and so not shown again.
    match find_room(&app, &visitor, &room).await {
        Ok(left) if !left.joined => Ok(redirect_to(&format!("/rooms/{room}"))),
        _ => Ok(redirect_to("/rooms")),
    }
}

/// Sets the visitor's notification level for a room.
pub async fn set_notify(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let back = format!("/rooms/{room}");
    let level = read_level(sent)?;
    members::set_notify(&app, &visitor, room, level).await?;
    Ok(redirect_to(&back))
}
