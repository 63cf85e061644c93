//! `GET /api/v1/rooms/{room}/messages`: pages of history, as JSON or as plain text.

use crate::{
    app::App,
    error::Result,
    model::{
        history::{HistoryPage, HistoryQuery},
        ids::EventId,
        json_schema::list,
        message::Message,
    },
    operations::history::{History, read_history},
    web::{
        api::history_query::{LIMIT_MAX, Links, parse_query},
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
use mediatype::{MediaType, Name, names};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc};
use utoipa::ToSchema;

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
    let query = parse_query(query.as_deref())?;
    let path = format!("/api/v1/rooms/{slug}/messages");
    answer(&app, &visitor, (&slug, &path), &query, (&uri, &headers)).await
}

/// Answers with a page of a history of the room `slug`, whose address is `path`.
pub(super) async fn answer(
    app: &App,
    visitor: &Visitor,
    (slug, path): (&str, &str),
    query: &HistoryQuery,
    (uri, headers): (&Uri, &HeaderMap),
) -> Result<Response, Rejection> {
    let format = preferred_type(headers, &Format::OFFERS).ok_or(Rejection::NotAcceptable)?;
    let tag_at = |head| etag(app, uri, headers, format, head);
    let is_known = |head| is_known(headers, &tag_at(head));
    let page = match read_history(app, visitor, slug, query, is_known).await? {
        History::Page(page) => page,
        History::Known(head) => {
            let fields = cache_fields(&tag_at(head));
            return Ok((StatusCode::NOT_MODIFIED, fields).into_response());
        }
    };
    let links = Links::of(&page, &app.base.join(path), query);
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
