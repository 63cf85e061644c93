//! `/api/v1/rooms`: listing, making and changing rooms.

use crate::{
    app::App,
    error::{Error, Result, check_field},
    model::{
        change::Action,
        ids::{EventId, RoomId, UserId},
        room::{RoomInfo, RoomKind, RoomView, slug_fault, slug_of, topic_fault},
        user::name_fault,
    },
    store::rooms,
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::sync::Arc;

/// Rooms, and where the log stood before they were looked up: a stream from there misses nothing.
#[derive(Debug, Serialize)]
pub struct RoomList {
    rooms: Vec<RoomView>,
    head: EventId,
    log: String,
}

/// The rooms that the caller may see.
pub async fn list_rooms(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Json<RoomList>, Rejection> {
    let head = app.log.head();
    let mut connection = app.readers().acquire().await?;
    let rooms = rooms::list_rooms(&mut connection, visitor.reader().user).await?;
    Ok(Json(RoomList {
        rooms,
        head,
        log: app.log.name.clone(),
    }))
}

/// One of them.
pub async fn show_room(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Json<RoomView>, Rejection> {
    Ok(Json(find_room(&app, &visitor, &slug).await?))
}

/// A room that a visitor may see.
pub async fn find_room(app: &App, visitor: &Visitor, slug: &str) -> Result<RoomView> {
    let mut connection = app.readers().acquire().await?;
    rooms::find_room(&mut connection, visitor.reader().user, slug)
        .await?
        .ok_or(Error::NotFound)
}

/// The id of a room that a visitor may see.
pub async fn visible_room(app: &App, visitor: &Visitor, slug: &str) -> Result<RoomId> {
    if let Some(room) = app.log.known.open_room(slug).await? {
        return Ok(room);
    }
    let mut connection = app.readers().acquire().await?;
    let room = rooms::find_access(&mut connection, visitor.reader().user, slug).await?;
    let room = room.filter(|room| room.is_open || room.is_member());
    room.map(|room| room.id).ok_or(Error::NotFound)
}

/// A room to be made.
#[derive(Debug, Default, Deserialize)]
pub struct NewRoom {
    /// Its address; made from the name where none is given.
    pub slug: Option<String>,
    /// For display.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub topic: String,
    /// `open`, unless it is `closed`.
    pub kind: Option<String>,
}

/// Makes a room.
pub async fn create_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let by = visitor.id;
    let slug = make_room(&app, by, sent.fields()?).await?;
    let room = find_room(&app, &visitor, &slug).await?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, format!("/api/v1/rooms/{slug}"))],
        Json(room),
    ))
}

/// Makes a room and returns its address. One made from a name gets a number where the address is taken.
pub async fn make_room(app: &App, by: UserId, room: NewRoom) -> Result<String> {
    let NewRoom {
        slug,
        name,
        topic,
        kind,
    } = room;
    let (name, topic) = (name.trim(), topic.trim());
    check_field("name", name_fault(name))?;
    check_field("topic", topic_fault(topic))?;
    let kind = match kind.as_deref() {
        None | Some("open") => RoomKind::Open,
        Some("closed") => RoomKind::Closed,
        Some(_) => return Err(Error::invalid("kind", "open or closed")),
    };
    let chosen = slug.is_some();
    let base = slug.unwrap_or_else(|| slug_of(name));
    check_field("slug", slug_fault(&base))?;
    for attempt in 1.. {
        let slug = if attempt == 1 {
            base.clone()
        } else {
            slug_of(&format!("{base:.59}-{attempt}"))
        };
        let room = RoomInfo {
            slug: slug.clone(),
            name: name.into(),
            topic: topic.into(),
            kind,
        };
        match app.submit(Action::CreateRoom { by, room }).await {
            Err(Error::Conflict { .. }) if !chosen && attempt < 100 => {}
            result => return result.map(|_| slug),
        }
    }
    Err(Error::NotFound)
}

/// What shall be changed.
#[derive(Debug, Deserialize)]
pub struct RoomChange {
    name: Option<String>,
    topic: Option<String>,
    kind: Option<IgnoredAny>,
    slug: Option<IgnoredAny>,
}

/// Changes a room's name or topic.
pub async fn update_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Json<RoomView>, Rejection> {
    let by = visitor.id;
    let RoomChange {
        name,
        topic,
        kind,
        slug: address,
    } = sent.fields()?;
    check_field("kind", kind.map(|_| "its people agreed to it: it stays"))?;
    check_field("slug", address.map(|_| "links lead to it: it stays"))?;
    let (name, topic) = (
        name.map(|name| name.trim().to_owned()),
        topic.map(|topic| topic.trim().to_owned()),
    );
    check_field("name", name.as_deref().and_then(name_fault))?;
    check_field("topic", topic.as_deref().and_then(topic_fault))?;
    app.submit(Action::UpdateRoom {
        by,
        room: slug.clone(),
        name,
        topic,
    })
    .await?;
    Ok(Json(find_room(&app, &visitor, &slug).await?))
}
