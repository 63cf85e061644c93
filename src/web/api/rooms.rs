//! `/api/v1/rooms`: listing, creating and changing rooms.

use crate::{
    app::App,
    error::check_field,
    fault::Fault,
    model::{
        ids::EventId,
        json_schema::{NotGiven, list},
        room::{ROOM_LIST_MAX, RoomView, Topic},
        slug::Slug,
        user::DisplayName,
    },
    operations::{
        self,
        rooms::{RoomChanges, RoomDraft, find_room, list_rooms_with_head},
    },
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
use utoipa::ToSchema;

/// A page of the list of rooms, and the head of the log before it was read: a stream that starts there misses nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomList {
    #[schema(schema_with = list::<RoomView, ROOM_LIST_MAX>)]
    rooms: Vec<RoomView>,
    head: EventId,
    /// Name of the server's log.
    log: String,
    /// Address of the next page, if there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Returns the rooms that the caller may see: first those that the caller has joined, then the other open ones.
pub async fn list_rooms(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Json<RoomList>, Rejection> {
    let query = PageQuery::parse(query.as_deref(), ROOM_LIST_MAX)?;
    let after = query.after.as_deref();
    let (head, page) = list_rooms_with_head(&app, &visitor, after, query.limit).await?;
    let last = page.last_before_next();
    let next = last.map(|last| query.next(&app.base.join("/api/v1/rooms"), &last.info.slug));
    Ok(Json(RoomList {
        rooms: page.entries,
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
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct CreateRoomRequest {
    /// Slug of an open room; derived from the name if absent. The server chooses the slugs of closed rooms.
    #[schema(value_type = Option<Slug>)]
    pub slug: Option<String>,
    /// Display name of the room.
    #[serde(default)]
    #[schema(value_type = DisplayName, required)]
    pub name: String,
    /// Topic of the room.
    #[serde(default)]
    #[schema(value_type = Topic)]
    pub topic: String,
    /// `open` (default) or `closed`.
    #[schema(value_type = Option<NewRoomKind>)]
    pub kind: Option<String>,
}

/// Kind of a room that is created.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the values that the operation accepts")]
enum NewRoomKind {
    Open,
    Closed,
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
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateRoomRequest {
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    #[schema(value_type = Option<Topic>)]
    topic: Option<String>,
    /// An open room can become `closed`, and never the other way: what was written among few is not published.
    #[schema(value_type = Option<NewRoomKind>)]
    kind: Option<String>,
    /// Whether the room is archived: nothing can be added to it.
    archived: Option<bool>,
    /// Whether only managers post. All members react.
    announcements: Option<bool>,
    /// Whether new members of the server become members of the room. Only admins set it, and only for open rooms.
    auto_join: Option<bool>,
    /// Whether all members may mention everybody in the room by `@room`. Managers always may.
    room_mentions: Option<bool>,
    /// Cannot be changed, because links refer to it.
    #[schema(value_type = NotGiven, required = false)]
    slug: Option<IgnoredAny>,
}

/// Changes the properties of a room.
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
        archived,
        announcements,
        auto_join,
        room_mentions,
        slug: address,
    } = sent.fields()?;
    check_field("slug", address.map(|_| Fault::CannotChange))?;
    let changes = RoomChanges {
        name,
        topic,
        kind,
        archived,
        announcements,
        auto_join,
        room_mentions,
    };
    operations::rooms::update_room(&app, &visitor, slug.clone(), changes).await?;
    Ok(Json(find_room(&app, &visitor, &slug).await?))
}

/// Deletes a room.
pub async fn delete_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
) -> Result<StatusCode, Rejection> {
    operations::rooms::delete_room(&app, &visitor, slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request body for opening a direct room.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DirectRoomRequest {
    /// Handles of the other people.
    #[schema(max_items = 10)]
    pub handles: Vec<String>,
}

/// Finds or creates the direct room of the caller and other people.
pub async fn open_direct_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let DirectRoomRequest { handles } = sent.json_fields()?;
    let slug = operations::rooms::open_direct_room(&app, &visitor, handles).await?;
    let room = find_room(&app, &visitor, &slug).await?;
    Ok((
        [(header::LOCATION, format!("/api/v1/rooms/{slug}"))],
        Json(room),
    ))
}
