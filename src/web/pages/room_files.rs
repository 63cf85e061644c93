//! `/rooms/{room}/files`: the files of a room, the newest first.

use super::{page, rooms::layout};
use crate::{
    app::App,
    error::Error,
    fault::Fault,
    model::ids::{MessageId, parse_id},
    operations::{files::list_files, rooms::find_room},
    web::{
        error::Rejection,
        extract::{Path, Visitor},
        views::room_files::RoomFilesPage,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use std::sync::Arc;

/// Shows a page of the files of a room: those of messages before `?before=`.
pub async fn show_files(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let before = parse_before(query.as_deref())?;
    let files = list_files(&app, &visitor, &slug, before).await?;
    let room = find_room(&app, &visitor, &slug).await?;
    let layout = layout(&app, &visitor, Some(&slug), &uri).await?;
    let last = files.entries.last().filter(|_| files.has_more);
    let older = last.map(|file| format!("rooms/{slug}/files?before={}", file.message));
    let shown = RoomFilesPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout,
        room,
        files: files.entries,
        older,
    };
    page(StatusCode::OK, &shown)
}

fn parse_before(query: Option<&str>) -> Result<Option<MessageId>, Error> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let before = pairs.find(|(name, _)| name == "before");
    let not_an_id = || Error::invalid("before", Fault::NotAnId);
    before
        .map(|(_, id)| parse_id(&id).map(MessageId).ok_or_else(not_an_id))
        .transpose()
}
