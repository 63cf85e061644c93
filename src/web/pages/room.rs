//! `/rooms/{room}`: a room at one moment, and the cursor from which a stream goes on.

use super::{page, rooms::layout_of};
use crate::{
    app::{App, random_bytes},
    error::{Error, Result},
    model::{ids::MessageId, message::HistoryPage},
    operations::{messages::read_id, rooms::visible_room},
    store::{
        messages::{Anchor, Filter, read_history},
        rooms,
    },
    web::{
        api::history::{HistoryQuery, Links},
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

/// Members that are shown beside a room.
const MEMBERS_SHOWN: i64 = 100;

/// What a post was refused for, and what it said.
#[derive(Debug, Default)]
pub struct Refused {
    /// Why.
    pub error: Option<String>,
    /// Its text.
    pub draft: String,
    /// Its name: the next try is the same message.
    pub nonce: Option<String>,
}

/// A room: its end, or the part of its history that the query names.
pub async fn show_room(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = HistoryQuery::parse(query.as_deref().unwrap_or_default())?;
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

/// A message in its surroundings, marked.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let id = read_id(&id)?;
    let query = HistoryQuery {
        anchor: Anchor::Around(id),
        ..HistoryQuery::parse("")?
    };
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

/// The page of a room.
pub async fn room_page(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    query: &HistoryQuery,
    marked: Option<MessageId>,
    refused: Refused,
    here: &Uri,
) -> Result<RoomPage> {
    let id = visible_room(app, visitor, slug).await?;
    let mut connection = app.readers().acquire().await?;
    let history: HistoryPage = read_history(
        &mut connection,
        (id, slug),
        query.anchor,
        query.limit,
        &query.filter,
    )
    .await?;
    // Everything else is read later: what it has beyond the page's cursor, the stream says once more.
    let (rooms, members, member_count) =
        rooms::list_rooms_and_members(&mut connection, visitor.reader().user, id, MEMBERS_SHOWN)
            .await?;
    drop(connection);
    let room = rooms.iter().find(|room| room.id == id).cloned();
    let room = room.ok_or(Error::NotFound)?;
    let layout = layout_of(visitor, rooms, Some(slug), here);
    let Links { older, newer } = Links::of(&history, &format!("/rooms/{slug}"), query);
    let mut members = app.log.presence.mark(members);
    // Whoever looks at the page is here, although its stream is yet to open.
    for member in &mut members {
        member.here |= layout.is_viewer(&member.person);
    }
    let nonce = refused
        .nonce
        .unwrap_or_else(|| URL_SAFE_NO_PAD.encode(random_bytes::<16>()));
    Ok(RoomPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout,
        room,
        head: history.head,
        log: app.log.name.clone(),
        older,
        newer,
        // A page of some messages only cannot take in whatever comes.
        live: !history.has_newer && query.filter == Filter::default(),
        messages: history.messages,
        marked,
        nonce,
        members,
        member_count,
        draft: refused.draft,
        error: refused.error,
    })
}
