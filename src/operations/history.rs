//! Reading the history of a room.

use super::rooms::visible_room;
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::Result,
    model::{
        calendar::Calendar,
        history::{HistoryPage, HistoryQuery},
        ids::EventId,
    },
    store::{messages, room_months},
};

/// The answer to a reader who may have the page already.
#[derive(Debug)]
pub enum History {
    /// The reader has the page as it is at this head of the room.
    Known(EventId),
    /// The page.
    Page(HistoryPage),
}

/// Returns a page of the history of a room that is visible to the viewer.
///
/// Nothing on a page changes without an event, so the head of the room identifies its content. If `is_known` returns
/// true for it, the page is not read.
pub async fn read_history(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    query: &HistoryQuery,
    is_known: impl FnOnce(EventId) -> bool,
) -> Result<History> {
    let room = visible_room(app, viewer, slug).await?;
    let head = app.log.find_room_head(&viewer.reader(), room).await?;
    if is_known(head) {
        return Ok(History::Known(head));
    }
    let mut connection = app.readers().acquire().await?;
    let history = (room, slug);
    let page = messages::read_history(&mut connection, history, viewer.sees_open, query).await?;
    Ok(History::Page(page))
}

/// Returns the calendar of a room that is visible to the viewer.
pub async fn read_calendar(app: &App, viewer: &Viewer, slug: &str) -> Result<Calendar> {
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    room_months::read_calendar(&mut connection, room).await
}
