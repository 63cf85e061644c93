//! `/api/v1/rooms/{room}/members`, and the read mark.

use crate::{
    app::App,
    error::Error,
    model::{ids::EventId, room::NotifyLevel, user::RoomMember},
    operations::{members, rooms::visible_room},
    store::memberships,
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor, read_id},
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Members that are listed. A room may have more: they are counted.
const LISTED_MAX: i64 = 1000;

/// Who is in a room.
#[derive(Debug, Serialize)]
pub struct Members {
    members: Vec<RoomMember>,
    count: i64,
}

/// The members of a room, by handle.
pub async fn list_members(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Json<Members>, Rejection> {
    let room = visible_room(&app, &visitor, &slug).await?;
    let mut connection = app.readers().acquire().await?;
    let (members, count) = memberships::list_members(&mut connection, room, LISTED_MAX).await?;
    Ok(Json(Members {
        members: app.log.presence.mark(members),
        count,
    }))
}

/// Makes somebody a member; `me` is the caller.
pub async fn join_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, handle)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    members::join_room(&app, &visitor, room, handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a membership; `me` is the caller.
pub async fn leave_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, handle)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    members::leave_room(&app, &visitor, room, handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far somebody has read.
#[derive(Debug, Deserialize)]
pub struct Read {
    #[serde(deserialize_with = "read_id")]
    up_to: i64,
}

/// Moves the caller's read mark forward.
pub async fn mark_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let Read { up_to } = sent.fields()?;
    let up_to = EventId(up_to);
    members::mark_read(&app, &visitor, room, up_to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody wants to be told of.
#[derive(Debug, Deserialize)]
struct Notify {
    level: String,
}

/// What somebody wants to be told of, out of what they sent.
pub fn read_level(sent: Sent) -> Result<NotifyLevel, Rejection> {
    let Notify { level } = sent.fields()?;
    let mut levels = NotifyLevel::ALL.into_iter();
    levels
        .find(|known| known.name() == level)
        .ok_or_else(|| Error::invalid("level", "everything, mentions or nothing").into())
}

/// Sets what the caller wants to be told of in a room.
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

/// Tells the room's readers that the caller is writing.
pub async fn signal_typing(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
) -> Result<StatusCode, Rejection> {
    members::signal_typing(&app, &visitor, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
