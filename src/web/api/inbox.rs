//! `/api/v1/inbox`, and the read mark of a room.

use crate::{
    app::App,
    error::{Error, Result},
    fault::Fault,
    model::{
        ids::{EventId, MessageId, parse_id},
        inbox::{INBOX_DEFAULT, INBOX_MAX, InboxItem},
        json_schema::{SentId, list},
        pins::READERS_MAX,
        user::Person,
    },
    operations::inbox,
    web::{
        api::paging::read_limit,
        encode::message::JsonWriter,
        error::Rejection,
        extract::{Path, Sent, read_id, read_optional_id},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of the inbox, the newest item first.
#[derive(Debug, ToSchema)]
#[schema(as = Inbox)]
#[expect(
    dead_code,
    reason = "describes what `list_inbox` writes, for the description of the API"
)]
pub struct SentInbox {
    #[schema(schema_with = list::<InboxItem, INBOX_MAX>)]
    items: Vec<InboxItem>,
    /// Address of the page of older items, if there is one.
    #[schema(required)]
    older: Option<String>,
}

/// The query of a page of the inbox.
#[derive(Clone, Copy, Debug)]
pub struct InboxQuery {
    /// The message before which the page ends; `None` for the newest page.
    pub before: Option<MessageId>,
    /// The greatest number of items.
    pub limit: usize,
}

impl InboxQuery {
    /// Parses a query. Of a parameter that occurs more than once, the last one counts.
    pub fn parse(query: Option<&str>) -> Result<Self> {
        let (mut before, mut limit) = (None, INBOX_DEFAULT);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "before" => {
                    let id = parse_id(&value).map(MessageId);
                    before = Some(id.ok_or_else(|| Error::invalid("before", Fault::NotAnId))?);
                }
                "limit" => limit = read_limit(&value, INBOX_MAX)?,
                _ => {}
            }
        }
        Ok(Self { before, limit })
    }

    /// Returns the address, below `path`, of the page before a message.
    #[must_use]
    pub fn older(&self, path: &str, before: MessageId) -> String {
        let limit = (self.limit != INBOX_DEFAULT).then(|| format!("&limit={}", self.limit));
        format!("{path}?before={before}{}", limit.unwrap_or_default())
    }
}

/// Returns a page of the caller's inbox.
pub async fn list_inbox(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = InboxQuery::parse(query.as_deref())?;
    let page = inbox::list_inbox(&app, &visitor, query.before, query.limit).await?;
    let last = page.last_before_next();
    let path = app.base.join("/api/v1/inbox");
    let older = last.map(|last| query.older(&path, last.message.id));
    let mut json = Vec::with_capacity(4096);
    let mut out = JsonWriter(&mut json);
    out.raw(r#"{"items":["#);
    for (number, item) in page.entries.iter().enumerate() {
        out.raw(if number == 0 { "" } else { "," });
        out.raw(r#"{"kind":"#).text(item.kind.name());
        out.raw(r#","read":"#)
            .raw(if item.read { "true" } else { "false" });
        out.raw(r#","message":"#).message(&item.message, None);
        out.raw("}");
    }
    out.raw(r#"],"older":"#);
    match &older {
        Some(older) => out.text(older),
        None => out.raw("null"),
    };
    out.raw("}");
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Request body for marking all of the inbox, of the rooms or of a thread as read.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MarkAllRequest {
    /// Id of the last event that is read.
    #[serde(deserialize_with = "read_id")]
    #[schema(value_type = SentId)]
    pub up_to: i64,
}

/// Marks the items of the caller's inbox as read.
pub async fn mark_inbox_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    inbox::mark_inbox_read(&app, &visitor, read_up_to(sent)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves the caller's read marks in all rooms forward.
pub async fn mark_all_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    inbox::mark_all_read(&app, &visitor, read_up_to(sent)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Parses the id of the last event that is read.
pub fn read_up_to(sent: Sent) -> Result<EventId, Rejection> {
    let MarkAllRequest { up_to } = sent.fields()?;
    Ok(EventId(up_to))
}

/// Request body for moving the read mark: either of the two ids.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MarkReadRequest {
    /// Id of the last event that was read: the mark moves forward.
    #[serde(default, deserialize_with = "read_optional_id")]
    #[schema(value_type = Option<SentId>)]
    up_to: Option<i64>,
    /// Id of the first event that is unread: the mark moves backward.
    #[serde(default, deserialize_with = "read_optional_id")]
    #[schema(value_type = Option<SentId>)]
    down_to: Option<i64>,
}

/// Moves the caller's read mark in a room.
pub async fn mark_read(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    match sent.fields()? {
        MarkReadRequest {
            up_to: Some(up_to),
            down_to: None,
        } => inbox::mark_read(&app, &visitor, room, EventId(up_to)).await?,
        MarkReadRequest {
            up_to: None,
            down_to: Some(down_to),
        } => inbox::mark_unread(&app, &visitor, room, EventId(down_to)).await?,
        MarkReadRequest { up_to: None, .. } => {
            return Err(Error::invalid("up_to", Fault::Required).into());
        }
        MarkReadRequest { .. } => {
            return Err(Error::invalid("down_to", Fault::Repeated).into());
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Those who have read a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Readers)]
pub struct ReaderList {
    #[schema(schema_with = list::<Person, READERS_MAX>)]
    readers: Vec<Person>,
    /// Whether there are more.
    has_more: bool,
    /// Whether the caller hides what they have read, and is told of nobody.
    hidden: bool,
}

/// Returns those who have read a message.
pub async fn list_readers(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<Json<ReaderList>, Rejection> {
    let readers = inbox::list_readers(&app, &visitor, &room, &id).await?;
    let hidden = readers.is_none();
    let (readers, has_more) = readers.map_or_else(Default::default, |page| {
        let has_more = page.has_more;
        (page.entries, has_more)
    });
    Ok(Json(ReaderList {
        readers,
        has_more,
        hidden,
    }))
}
