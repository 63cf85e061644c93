//! `GET /api/v1/rooms/{room}/messages`: pages of history, as JSON or as plain text.

use crate::{
    app::App,
    error::{Error, Result},
    fault::Fault,
    model::{
        ids::{EventId, MessageId, parse_id},
        json_schema::list,
        message::{HistoryPage, Message},
        time::Timestamp,
    },
    operations::rooms::visible_room,
    store::messages::{Anchor, Filter, read_history},
    web::{
        encode::message::JsonWriter,
        error::Rejection,
        extract::{Path, Visitor},
        negotiation::{is_known, preferred_type},
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;
use mediatype::{MediaType, Name, names};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc};
use utoipa::ToSchema;

/// The number of messages on a page without `limit`.
pub const LIMIT_DEFAULT: usize = 50;
/// The greatest number of messages on a page.
pub const LIMIT_MAX: usize = 200;
const NDJSON: Name<'static> = Name::new_unchecked("x-ndjson");

/// A page of history.
#[derive(Debug, ToSchema)]
#[schema(as = HistoryPage)]
#[expect(
    dead_code,
    reason = "describes what `json` writes, for the description of the API"
)]
pub struct SentPage {
    #[schema(schema_with = list::<Message, LIMIT_MAX>)]
    messages: Vec<Message>,
    #[serde(flatten)]
    #[schema(inline)]
    surroundings: Surroundings<'static>,
}

/// Members of a JSON page other than its messages.
#[derive(Debug, Serialize, ToSchema)]
struct Surroundings<'a> {
    /// Id of the last event in the same snapshot.
    head: EventId,
    /// Name of the server's log.
    log: &'a str,
    has_older: bool,
    has_newer: bool,
    /// Address of the page with older messages, if there are any.
    #[schema(required)]
    older: Option<&'a str>,
    /// Address of the page with newer messages, if there are any.
    #[schema(required)]
    newer: Option<&'a str>,
}

/// Returns a page of a room's history, oldest message first.
pub async fn show_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let query = HistoryQuery::parse(query.as_deref().unwrap_or_default())?;
    let format = preferred_type(&headers, &Format::OFFERS).ok_or(Rejection::NotAcceptable)?;
    let room = visible_room(&app, &visitor, &slug).await?;
    // Nothing on a page changes without an event, so the head identifies its content.
    let tag_at = |head| etag(&app, &uri, &headers, format, head);
    let tag = tag_at(app.log.find_room_head(room).await?);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, cache_fields(&tag)).into_response());
    }
    let mut connection = app.readers().acquire().await?;
    let page = read_history(
        &mut connection,
        (room, &slug),
        query.anchor,
        query.limit,
        &query.filter,
    )
    .await?;
    drop(connection);
    let links = Links::of(&page, &format!("/api/v1/rooms/{slug}/messages"), &query);
    let tag = tag_at(page.head);
    let body = match format {
        Format::Json => json(&page, &links, &app.log.name)?,
        Format::Ndjson => ndjson(&page.messages),
        Format::Text => text(&page.messages).into_bytes(),
    };
    let mut response = ([(header::CONTENT_TYPE, format.content_type())], body).into_response();
    let fields = response.headers_mut();
    fields.extend(cache_fields(&tag));
    fields.extend(
        links
            .header()
            .and_then(|link| HeaderValue::from_str(&link).ok())
            .map(|link| (header::LINK, link)),
    );
    Ok(response)
}

/// Returns the caching headers: only the client may store the page, and it revalidates the page before each use.
fn cache_fields(tag: &str) -> HeaderMap {
    let fields = [
        (header::CACHE_CONTROL, "private, no-cache"),
        (
            header::VARY,
            "accept, accept-encoding, authorization, cookie",
        ),
        (header::ETAG, tag),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value).ok()?)));
    fields.collect()
}

/// Query parameters of a page of history.
#[derive(Debug)]
pub struct HistoryQuery {
    /// Position of the page.
    pub anchor: Anchor,
    /// The greatest number of messages, 1 to 200.
    pub limit: usize,
    /// Which messages are on the page.
    pub filter: Filter,
}

impl HistoryQuery {
    /// Parses a query string. Unknown parameters are ignored; a known one with an invalid value is an error.
    pub fn parse(query: &str) -> Result<Self> {
        let mut parsed = Self {
            anchor: Anchor::Newest,
            limit: LIMIT_DEFAULT,
            filter: Filter::default(),
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "before" => parsed.set_anchor(Anchor::Before(read_id("before", &value)?))?,
                "after" => parsed.set_anchor(Anchor::After(read_id("after", &value)?))?,
                "around" => parsed.set_anchor(Anchor::Around(read_id("around", &value)?))?,
                "at" => parsed.set_anchor(Anchor::At(read_time("at", &value)?))?,
                "limit" => parsed.limit = read_limit(&value, LIMIT_MAX)?,
                "author" => parsed.filter.author = Some(value.into_owned()),
                "since" => parsed.filter.since = Some(read_time("since", &value)?),
                "until" => parsed.filter.until = Some(read_time("until", &value)?),
                _ => {}
            }
        }
        Ok(parsed)
    }

    fn set_anchor(&mut self, anchor: Anchor) -> Result<()> {
        if self.anchor != Anchor::Newest {
            return Err(Error::invalid("anchor", Fault::AnchorAmbiguous));
        }
        self.anchor = anchor;
        Ok(())
    }

    /// Returns the query of a neighbouring page, which differs in its anchor.
    fn with_anchor(&self, anchor: &str, id: MessageId) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair(anchor, &id.to_string());
        if self.limit != LIMIT_DEFAULT {
            query.append_pair("limit", &self.limit.to_string());
        }
        let Filter {
            author,
            since,
            until,
        } = &self.filter;
        query.extend_pairs(author.iter().map(|author| ("author", author)));
        query.extend_pairs(since.iter().map(|time| ("since", time.to_string())));
        query.extend_pairs(until.iter().map(|time| ("until", time.to_string())));
        query.finish()
    }
}

fn read_id(field: &'static str, text: &str) -> Result<MessageId> {
    parse_id(text)
        .map(MessageId)
        .ok_or_else(|| Error::invalid(field, Fault::NotAnId))
}

/// Parses a time, or a date, which begins at midnight UTC. A time outside of the years that a message can have is
/// clamped: "until the year 10000" matches everything, "since the year 10000" nothing.
fn read_time(field: &'static str, text: &str) -> Result<Timestamp> {
    let time = Timestamp::parse_clamped(text)
        .or_else(|| Timestamp::parse_clamped(&format!("{text}T00:00:00Z")));
    time.ok_or_else(|| Error::invalid(field, Fault::NotATime))
}

/// Parses the greatest number of entries on a page, from 1 to `max`.
pub(crate) fn read_limit(text: &str, max: usize) -> Result<usize> {
    let limit = text.parse().ok().filter(|limit| (1..=max).contains(limit));
    let (min, max) = (1, max as u64);
    limit.ok_or_else(|| Error::invalid("limit", Fault::OutOfRange { min, max }))
}

/// Addresses of the neighbouring pages.
#[derive(Debug)]
pub struct Links {
    /// The page with older messages, if there are any.
    pub older: Option<String>,
    /// The page with newer messages, if there are any.
    pub newer: Option<String>,
}

impl Links {
    /// Returns the addresses of the neighbours of a page at `path`. The neighbours of an empty page start at its
    /// anchor.
    #[must_use]
    pub fn of(page: &HistoryPage, path: &str, query: &HistoryQuery) -> Self {
        let link = |anchor, id| format!("{path}?{}", query.with_anchor(anchor, id));
        let (before, after) = match query.anchor {
            Anchor::After(id) => (Some(MessageId(id.0 + 1)), None),
            Anchor::Before(id) => (None, Some(MessageId((id.0 - 1).max(0)))),
            _ => (None, None),
        };
        let before = page
            .messages
            .first()
            .map(|first| first.id)
            .or(before)
            .filter(|_| page.has_older);
        let after = page
            .messages
            .last()
            .map(|last| last.id)
            .or(after)
            .filter(|_| page.has_newer);
        Self {
            older: before.map(|id| link("before", id)),
            newer: after.map(|id| link("after", id)),
        }
    }

    /// Returns the value of the `Link` header (RFC 8288).
    fn header(&self) -> Option<String> {
        let older = self
            .older
            .iter()
            .map(|link| format!("<{link}>; rel=\"prev\""));
        let newer = self
            .newer
            .iter()
            .map(|link| format!("<{link}>; rel=\"next\""));
        let all: Vec<String> = older.chain(newer).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// The representation of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Ndjson,
    Text,
}

impl Format {
    const OFFERS: [(MediaType<'static>, Self); 3] = [
        (MediaType::new(names::APPLICATION, names::JSON), Self::Json),
        (MediaType::new(names::APPLICATION, NDJSON), Self::Ndjson),
        (MediaType::new(names::TEXT, names::PLAIN), Self::Text),
    ];

    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

fn json(page: &HistoryPage, links: &Links, log: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(512 * (page.messages.len() + 1));
    let mut json = JsonWriter(&mut out);
    json.raw(r#"{"messages":["#);
    for (place, message) in page.messages.iter().enumerate() {
        if place > 0 {
            json.raw(",");
        }
        json.message(message, None);
    }
    let surroundings = Surroundings {
        head: page.head,
        log,
        has_older: page.has_older,
        has_newer: page.has_newer,
        older: links.older.as_deref(),
        newer: links.newer.as_deref(),
    };
    let surroundings = serde_json::to_string(&surroundings).map_err(std::io::Error::from)?;
    json.raw("],").raw(&surroundings[1..]);
    Ok(out)
}

fn ndjson(messages: &[Message]) -> Vec<u8> {
    let mut out = Vec::with_capacity(512 * messages.len());
    for message in messages {
        JsonWriter(&mut out).message(message, None);
        out.push(b'\n');
    }
    out
}

/// Formats messages as `2026-11-22T05:41:03Z <ann> hello`; further lines of a message are indented.
fn text(messages: &[Message]) -> String {
    let mut out = String::new();
    for message in messages {
        let body = message
            .body
            .as_deref()
            .unwrap_or("(deleted)")
            .replace('\n', "\n    ");
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "{} <{}> {body}",
            message.at.to_seconds(),
            message.author.handle
        );
    }
    out
}

/// Returns the entity tag. Equal address, format, accepted codings and head imply equal bytes.
fn etag(app: &App, uri: &Uri, headers: &HeaderMap, format: Format, head: EventId) -> String {
    let codings: Vec<_> = headers.get_all(header::ACCEPT_ENCODING).iter().collect();
    let address = Sha256::digest(format!(
        "{uri} {format:?} {codings:?} {} {}",
        app.log.name,
        env!("CARGO_PKG_VERSION")
    ));
    let address = address
        .iter()
        .take(6)
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("\"{head}-{address}\"")
}
