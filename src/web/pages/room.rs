//! `/rooms/{room}`: a snapshot of a room, and the cursor at which its stream starts.

use super::{page, rooms::layout_of};
use crate::{
    app::{App, random_bytes},
    error::{Error, Result},
    model::{
        history::{Anchor, HistoryQuery},
        ids::MessageId,
    },
    operations::{
        blocks::find_blocked,
        messages::read_id,
        snapshots::{RoomSnapshot, read_room},
    },
    web::{
        api::history_query::{Links, parse_query, query_at},
        error::Rejection,
        extract::{Path, Visitor},
        views::room::RoomPage,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::sync::Arc;

/// A post that was refused, for showing the form again.
#[derive(Debug, Default)]
pub struct Refused {
    /// The reason for the refusal.
    pub error: Option<String>,
    /// The text of the post.
    pub draft: String,
    /// Nonce of the post; a retry reuses it.
    pub nonce: Option<String>,
}

/// Shows a room: the end of its history, or the page that the query selects.
pub async fn show_room(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = parse_query(query.as_deref())?;
    let mut shown = room_page(
        &app,
        &visitor,
        &slug,
        &query,
        None,
        Refused::default(),
        &uri,
    )
    .await?;
    if let Anchor::At(time) = query.anchor {
        shown.marked = shown
            .messages
            .iter()
            .find(|message| message.at >= time)
            .map(|message| message.id);
    }
    page(StatusCode::OK, &shown)
}

/// Shows a message, marked, among its neighbours.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let id = read_id(&id)?;
    let query = query_at(Anchor::Around(id));
    let shown = room_page(
        &app,
        &visitor,
        &slug,
        &query,
        Some(id),
        Refused::default(),
        &uri,
    )
    .await?;
    if !shown.messages.iter().any(|message| message.id == id) {
        return Err(Error::NotFound.into());
    }
    page(StatusCode::OK, &shown)
}

/// Renders the page of a room.
pub async fn room_page(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    query: &HistoryQuery,
    marked: Option<MessageId>,
    refused: Refused,
    here: &Uri,
) -> Result<RoomPage> {
    let RoomSnapshot {
        room,
        history,
        head,
        rooms,
        members,
        member_count,
    } = read_room(app, visitor, slug, query).await?;
    let layout = layout_of(app, visitor, (head, rooms), Some(slug), here).await?;
    let Links { older, newer } = Links::of(&history, &format!("rooms/{slug}"), query);
    let nonce = refused
        .nonce
        .unwrap_or_else(|| URL_SAFE_NO_PAD.encode(random_bytes::<16>()));
    Ok(RoomPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout,
        room,
        older,
        newer,
        // A filtered page cannot show every new message.
        live: !history.has_newer && query.filter.is_empty(),
        messages: history.messages,
        marked,
        nonce,
        members,
        member_count,
        blocked: find_blocked(app, visitor).await?,
        draft: refused.draft,
        error: refused.error,
    })
}
