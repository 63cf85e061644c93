//! `/api/v1/rooms`: listing, creating and changing rooms.

use crate::{
    app::App,
    error::check_field,
    fault::Fault,
    model::{ids::EventId, room::RoomView},
    operations::{
        self,
        rooms::{RoomDraft, find_room},
    },
    store::room_list::{self, PAGE_MAX},
    web::{
        api::paging::PageQuery,
        error::Rejection,
        extract::{Path, Sent, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::sync::Arc;

/// A page of the list of rooms, and the head of the log before it was read: a stream that starts there misses nothing.
#[derive(Debug, Serialize)]
pub struct RoomList {
    rooms: Vec<RoomView>,
    head: EventId,
    log: String,
    next: Option<String>,
}

/// Returns the rooms that the caller may see: first those that the caller has joined, then the other open ones.
pub async fn list_rooms(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Json<RoomList>, Rejection> {
    let query = PageQuery::parse(query.as_deref(), PAGE_MAX)?;
    let head = app.log.find_visible_head(visitor.user_id()).await?;
    let mut connection = app.readers().acquire().await?;
    let (viewer, after) = (visitor.user_id(), query.after.as_deref());
    let page = room_list::list_rooms(&mut connection, viewer, after, query.limit).await?;
    let next = page.next().map(|last| query.next("/api/v1/rooms", last));
    Ok(Json(RoomList {
        rooms: page.rooms,
        head,
        log: app.log.name.clone(),
        next,
    }))
}

/// Returns one room.
pub async fn show_room(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Json<RoomView>, Rejection> {
    Ok(Json(find_room(&app, &visitor, &slug).await?))
}

/// Request body for creating a room.
#[derive(Debug, Default, Deserialize)]
pub struct CreateRoomRequest {
    /// Slug of the room; derived from the name if absent.
    pub slug: Option<String>,
    /// Display name of the room.
    #[serde(default)]
    pub name: String,
    /// Topic of the room.
    #[serde(default)]
    pub topic: String,
    /// `open` (default) or `closed`.
    pub kind: Option<String>,
}

/// Creates a room.
pub async fn create_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let draft = sent.fields::<CreateRoomRequest>()?.into();
    let slug = operations::rooms::create_room(&app, &visitor, draft).await?;
    let room = find_room(&app, &visitor, &slug).await?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, format!("/api/v1/rooms/{slug}"))],
        Json(room),
    ))
}

impl From<CreateRoomRequest> for RoomDraft {
    fn from(room: CreateRoomRequest) -> Self {
        let CreateRoomRequest {
            slug,
            name,
            topic,
            kind,
        } = room;
        Self {
            slug,
            name,
            topic,
            kind,
        }
    }
}

/// Request body for changing a room; absent fields keep their value.
#[derive(Debug, Deserialize)]
pub struct UpdateRoomRequest {
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
    let UpdateRoomRequest {
        name,
        topic,
        kind,
        slug: address,
    } = sent.fields()?;
    check_field("kind", kind.map(|_| Fault::CannotChange))?;
    check_field("slug", address.map(|_| Fault::CannotChange))?;
    operations::rooms::update_room(&app, &visitor, slug.clone(), name, topic).await?;
    Ok(Json(find_room(&app, &visitor, &slug).await?))
}
