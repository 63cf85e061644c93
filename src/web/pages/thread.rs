//! The thread beside the history of a room, `/rooms/{room}?thread=`, and its forms.

use super::{
    redirect_to,
    refused::{Refused, new_nonce},
};
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::Result,
    model::{
        history::{Anchor, HistoryPage, HistoryQuery},
        ids::MessageId,
    },
    operations::{
        messages::{find_message, read_id},
        snapshots::{ThreadSnapshot, read_thread},
        threads,
    },
    web::{
        api::history_query::{LIMIT_MAX, query_at},
        error::Rejection,
        extract::{Path, Sent},
        signed_in::SignedIn,
        views::thread::ThreadPanel,
    },
};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use std::sync::Arc;

/// Returns the thread that a query asks for with `thread`, and the page of it that `replies-before` or `replies-after`
/// selects.
pub async fn thread_query(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    query: Option<&str>,
) -> Result<Option<(MessageId, HistoryQuery)>> {
    let (mut thread, mut anchor) = (None, Anchor::Newest);
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "thread" => thread = Some(value.into_owned()),
            "replies-before" => anchor = Anchor::Before(read_id(&value)?),
            "replies-after" => anchor = Anchor::After(read_id(&value)?),
            _ => {}
        }
    }
    let Some(named) = thread else {
        return Ok(None);
    };
    let named = find_message(app, viewer, slug, &named).await?;
    Ok(Some((named.thread.unwrap_or(named.id), query_at(anchor))))
}

/// Returns the panel with a page of a thread, and the text of a reply that was refused.
pub async fn thread_panel(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    (root, query): (MessageId, HistoryQuery),
    refused: Refused,
) -> Result<ThreadPanel> {
    let query = HistoryQuery {
        limit: LIMIT_MAX,
        ..query
    };
    let thread = read_thread(app, viewer, slug, &query, root).await?;
    let ThreadSnapshot {
        root,
        history,
        followed,
    } = thread;
    let HistoryPage {
        mut messages,
        head,
        has_older,
        has_newer,
    } = history;
    let link = |name: &str, id: MessageId| format!("rooms/{slug}?thread={}&{name}={id}", root.id);
    let older = messages.first().filter(|_| has_older);
    let older = older.map(|first| link("replies-before", first.id));
    let newer = messages.last().filter(|_| has_newer);
    let newer = newer.map(|last| link("replies-after", last.id));
    messages.retain(|message| message.id != root.id);
    Ok(ThreadPanel {
        root,
        replies: messages,
        head,
        older,
        newer,
        followed,
        nonce: refused.nonce.unwrap_or_else(new_nonce),
        draft: refused.draft,
        also_in_room: refused.also_in_room,
        error: refused.error,
    })
}

/// Fields of the form that follows a thread.
#[derive(Debug, Deserialize)]
pub struct FollowForm {
    /// Absent: stop following it.
    follows: Option<String>,
}

/// Follows a thread, or ends that.
pub async fn follow(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let FollowForm { follows } = sent.fields()?;
    threads::follow_thread(&app, &visitor, slug.clone(), &id, follows.is_some()).await?;
    Ok(redirect_to(&format!("/rooms/{slug}?thread={id}")))
}

/// Returns the address of a reply in its thread.
#[must_use]
pub fn address(slug: &str, root: MessageId, reply: MessageId) -> String {
    format!("/rooms/{slug}?thread={root}#t{reply}")
}
