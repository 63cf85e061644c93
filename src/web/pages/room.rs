//! `/rooms/{room}`: a snapshot of a room, and the cursor at which its stream starts.

use super::{page, rooms::layout_of};
use crate::{
    app::{App, random_bytes},
    error::{Error, Result},
    model::{ids::MessageId, message::HistoryPage},
    operations::{messages::read_id, rooms::visible_room},
    store::{
        messages::{Anchor, Filter, read_history},
        room_list::list_rooms_and_members,
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

/// Greatest number of members shown beside a room.
const MEMBERS_SHOWN: i64 = 100;

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

/// Shows a message, marked, among its neighbours.
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
    let id = visible_room(app, visitor, slug).await?;
    // The stream of a page is of all rooms, so its cursor is the last event in any of them. It must not be later than
    // what the sidebar shows, which is read last, nor earlier than what the history shows.
    let head = app.log.find_visible_head(visitor.user_id()).await?;
    let mut connection = app.readers().acquire().await?;
    let history: HistoryPage = read_history(
        &mut connection,
        (id, slug),
        query.anchor,
        query.limit,
        &query.filter,
    )
    .await?;
    let viewer = visitor.user_id();
    let (mut rooms, members, member_count) =
        list_rooms_and_members(&mut connection, viewer, id, MEMBERS_SHOWN).await?;
    if !rooms.rooms.iter().any(|room| room.id == id) {
        // Beyond the rooms that the sidebar shows: there it is the first one.
        let room = rooms::find_room(&mut connection, viewer, slug).await?;
        rooms.rooms.splice(0..0, room);
    }
    let room = rooms.rooms.iter().find(|room| room.id == id).cloned();
    let room = room.ok_or(Error::NotFound)?;
    drop(connection);
    let layout = layout_of(visitor, rooms, Some(slug), here);
    let Links { older, newer } = Links::of(&history, &format!("/rooms/{slug}"), query);
    let mut members = app.log.presence.mark(members);
    // The viewer counts as present, although the stream of the page is not open yet.
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
        head: head.max(history.head),
        log: app.log.name.clone(),
        older,
        newer,
        // A filtered page cannot show every new message.
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
