//! `/rooms/{room}`: a snapshot of a room, and the cursor at which its stream starts.

use super::{
    page,
    refused::{Refused, new_nonce},
    rooms::layout_of,
    thread::{thread_panel, thread_query},
};
use crate::{
    app::App,
    error::Result,
    model::{
        history::{Anchor, HistoryQuery},
        ids::MessageId,
    },
    operations::{
        blocks::find_blocked,
        messages::find_message,
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
use std::sync::Arc;

/// What the page of a room shows beside its history.
#[derive(Debug, Default)]
pub struct Beside {
    /// The message that the permalink of the page refers to.
    pub marked: Option<MessageId>,
    /// The thread in the panel, and the page of it that is shown.
    pub thread: Option<(MessageId, HistoryQuery)>,
    /// The post that was refused: to the thread if there is one, or else to the room.
    pub refused: Refused,
}

/// Shows a room: the end of its history, or the page that the query selects.
pub async fn show_room(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let thread = thread_query(&app, &visitor, &slug, query.as_deref()).await?;
    let query = parse_query(query.as_deref())?;
    let beside = Beside {
        thread,
        ..Beside::default()
    };
    let mut shown = room_page(&app, &visitor, &slug, &query, beside, &uri).await?;
    if let Anchor::At(time) = query.anchor {
        shown.marked = shown
            .messages
            .iter()
            .find(|message| message.at >= time)
            .map(|message| message.id);
    }
    page(StatusCode::OK, &shown)
}

/// Shows a message, marked, among its neighbours: in its room or, if the room does not show it, in its thread.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let message = find_message(&app, &visitor, &slug, &id).await?;
    let query = query_at(Anchor::Around(message.id));
    let root = message.thread.filter(|_| !message.is_in_room());
    let beside = Beside {
        marked: Some(message.id),
        thread: root.map(|root| (root, query.clone())),
        ..Beside::default()
    };
    let shown = room_page(&app, &visitor, &slug, &query, beside, &uri).await?;
    page(StatusCode::OK, &shown)
}

/// Renders the page of a room.
pub async fn room_page(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    query: &HistoryQuery,
    beside: Beside,
    here: &Uri,
) -> Result<RoomPage> {
    let Beside {
        marked,
        thread,
        refused,
    } = beside;
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
    let (refused, thread) = match thread {
        Some(thread) => {
            let panel = thread_panel(app, visitor, slug, thread, refused).await?;
            (Refused::default(), Some(panel))
        }
        None => (refused, None),
    };
    let nonce = refused.nonce.unwrap_or_else(new_nonce);
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
        thread,
        nonce,
        members,
        member_count,
        blocked: find_blocked(app, visitor).await?,
        draft: refused.draft,
        error: refused.error,
    })
}
