//! `/api/v1/rooms/{room}/messages/{id}/thread`, `follow` and `read`: the replies to a message, and one's own state in them.

use crate::{
    app::App,
    model::{
        ids::EventId,
        json_schema::list,
        thread::{FOLLOWED_MAX, FollowedThread},
    },
    operations::threads,
    web::{
        api::{history, history_query::parse_query, inbox::MarkAllRequest},
        error::Rejection,
        extract::{Path, Sent, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The threads of a room that the caller follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowedThreads {
    #[schema(schema_with = list::<FollowedThread, FOLLOWED_MAX>)]
    threads: Vec<FollowedThread>,
}

/// Returns a page of the thread of a message, the root first.
pub async fn show_thread(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let query = parse_query(query.as_deref())?;
    let query = threads::query_of_thread(&app, &visitor, (&slug, &id), query).await?;
    let path = format!("/api/v1/rooms/{slug}/messages/{id}/thread");
    history::answer(&app, &visitor, (&slug, &path), &query, (&uri, &headers)).await
}

/// Returns the threads of a room that the caller follows.
pub async fn list_followed(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
) -> Result<Json<FollowedThreads>, Rejection> {
    let threads = threads::list_followed(&app, &visitor, &slug).await?;
    Ok(Json(FollowedThreads { threads }))
}

/// Returns whether the caller follows the thread of a message, and what is unread in it.
pub async fn show_follow(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<FollowedThread>, Rejection> {
    let thread = threads::find_thread(&app, &visitor, &slug, &id).await?;
    Ok(Json(thread))
}

/// Follows the thread of a message.
pub async fn follow(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    threads::follow_thread(&app, &visitor, slug, &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops following the thread of a message.
pub async fn unfollow(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    threads::follow_thread(&app, &visitor, slug, &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves the caller's read mark in the thread of a message forward.
pub async fn mark_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let MarkAllRequest { up_to } = sent.fields()?;
    threads::mark_thread_read(&app, &visitor, slug, &id, EventId(up_to)).await?;
    Ok(StatusCode::NO_CONTENT)
}
