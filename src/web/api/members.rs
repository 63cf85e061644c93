//! `/api/v1/rooms/{room}/members`, the notification level and typing signals.

use crate::{
    app::App,
    error::Error,
    fault::Fault,
    model::{
        json_schema::list,
        member::RoomMember,
        room::{NotifyLevel, RoomRole},
    },
    operations::members,
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
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The greatest number of members on a page, and the default.
pub const PAGE_MAX: usize = 1000;

/// A page of the members of a room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Members)]
pub struct MemberList {
    #[schema(schema_with = list::<RoomMember, PAGE_MAX>)]
    members: Vec<RoomMember>,
    /// Number of all members, also of those on other pages.
    #[schema(minimum = 0)]
    count: i64,
    /// Address of the next page, if there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Returns a page of the members of a room, ordered by handle.
pub async fn list_members(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<MemberList>, Rejection> {
    let query = PageQuery::parse(query.as_deref(), PAGE_MAX)?;
    let after = query.after.as_deref();
    let (page, count) = members::list_members(&app, &visitor, &slug, after, query.limit).await?;
    let path = app.base.join(&format!("/api/v1/rooms/{slug}/members"));
    let last = page.last_before_next();
    let next = last.map(|last| query.next(&path, &last.person.handle));
    Ok(Json(MemberList {
        members: page.entries,
        count,
        next,
    }))
}

/// Request body for adding a member, or for naming a manager.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct JoinRoomRequest {
    /// What the member may do; absent: a member, or what an existing member may do already.
    #[schema(value_type = Option<RoomRole>)]
    role: Option<String>,
}

/// Adds a member to a room, or sets the role of one; the handle `me` is the caller's.
pub async fn join_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, handle)): Path<(String, String)>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let JoinRoomRequest { role } = sent.optional_fields()?;
    let role = role.as_deref().map(read_role).transpose()?;
    members::join_room(&app, &visitor, room, handle, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Parses the role of a member.
pub fn read_role(role: &str) -> Result<RoomRole, Error> {
    let known = &RoomRole::NAMES;
    RoomRole::parse(role).ok_or_else(|| Error::invalid("role", Fault::UnknownValue { known }))
}

/// Removes a member from a room; the handle `me` is the caller's.
pub async fn leave_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, handle)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    members::leave_room(&app, &visitor, room, handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request body for setting the notification level.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NotifyRequest {
    #[schema(value_type = NotifyLevel)]
    level: String,
}

/// Parses a notification level from a request body.
pub fn read_level(sent: Sent) -> Result<NotifyLevel, Rejection> {
    let NotifyRequest { level } = sent.fields()?;
    let mut levels = NotifyLevel::ALL.into_iter();
    levels.find(|known| known.name() == level).ok_or_else(|| {
        Error::invalid(
            "level",
            Fault::UnknownValue {
                known: &NotifyLevel::NAMES,
            },
        )
        .into()
    })
}

/// Sets the caller's notification level for a room.
pub async fn set_notify(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let level = read_level(sent)?;
    members::set_notify(&app, &visitor, room, level).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a room one of the caller's favourites; idempotent.
pub async fn add_favourite(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
) -> Result<StatusCode, Rejection> {
    members::set_favourite(&app, &visitor, room, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a room from the caller's favourites; idempotent.
pub async fn remove_favourite(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
) -> Result<StatusCode, Rejection> {
    members::set_favourite(&app, &visitor, room, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signals to the room's readers that the caller is typing.
pub async fn signal_typing(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
) -> Result<StatusCode, Rejection> {
    members::signal_typing(&app, &visitor, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
