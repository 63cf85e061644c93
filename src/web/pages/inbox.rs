//! `/inbox`: the messages by which others mean the visitor, and the forms that mark them as read.

use super::{page, redirect_to, rooms::layout};
use crate::{
    app::App,
    operations::inbox,
    web::{
        api::inbox::{InboxQuery, read_up_to},
        error::Rejection,
        extract::Sent,
        preferences::Preferences,
        signed_in::SignedIn,
        views::inbox::InboxPage,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use std::sync::Arc;

/// Shows a page of the inbox.
pub async fn show_inbox(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = InboxQuery::parse(query.as_deref())?;
    // The stream of the page starts at the head of the frame, which must not be later than the items.
    let layout = layout(&app, &visitor, None, &uri).await?;
    let shown = inbox::list_inbox(&app, &visitor, query.before, query.limit).await?;
    let last = shown.last_before_next();
    let older = last.map(|last| query.older("inbox", last.message.id));
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        StatusCode::OK,
        &InboxPage {
            locale,
            scheme,
            layout,
            items: shown.entries,
            is_newest: query.before.is_none(),
            older,
        },
    )
}

/// Marks the items of the inbox as read.
pub async fn mark_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<Response, Rejection> {
    inbox::mark_inbox_read(&app, &visitor, read_up_to(sent)?).await?;
    Ok(redirect_to("/inbox"))
}

/// Marks all rooms as read.
pub async fn mark_all_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<Response, Rejection> {
    inbox::mark_all_read(&app, &visitor, read_up_to(sent)?).await?;
    Ok(redirect_to("/rooms"))
}
