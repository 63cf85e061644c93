//! `GET /api/v1/rooms/{room}/messages`: history in pages, for programs and for people with curl.

use crate::{
    app::App,
    error::{Error, Result},
    model::{
        ids::{EventId, MessageId, parse_id},
        message::{HistoryPage, Message},
        message_json::JsonWriter,
        time::Timestamp,
    },
    store::messages::{Anchor, Filter, read_history},
    web::{
        api::rooms::visible_room,
        error::Rejection,
        extract::{Path, Visitor},
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// What a page as JSON holds beside its messages.
#[derive(Debug, Serialize)]
struct Surroundings<'a> {
    head: EventId,
    log: &'a str,
    has_older: bool,
    has_newer: bool,
    older: Option<&'a str>,
    newer: Option<&'a str>,
}

/// A page of a room's history, oldest message first.
pub async fn show_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let wish = Wish::read(query.as_deref().unwrap_or_default())?;
    let taste = Taste::of(&headers);
    let room = visible_room(&app, &visitor, &slug).await?;
    // Nothing that a page shows changes without an event, so the head stands for its content.
    let tag = etag(&app, &uri, taste, app.log.head());
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, cache_fields(&tag)).into_response());
    }
    let mut connection = app.readers().acquire().await?;
    let page = read_history(
        &mut connection,
        (room, &slug),
        wish.anchor,
        wish.limit,
        &wish.filter,
    )
    .await?;
    drop(connection);
    let links = Links::of(&page, &format!("/api/v1/rooms/{slug}/messages"), &wish);
    let tag = etag(&app, &uri, taste, page.head);
    let mut response = match taste {
        Taste::Json => (
            [(header::CONTENT_TYPE, "application/json")],
            json(&page, &links, &app.log.name)?,
        )
            .into_response(),
        Taste::Ndjson => (
            [(header::CONTENT_TYPE, "application/x-ndjson")],
            ndjson(&page.messages),
        )
            .into_response(),
        Taste::Text => (
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            text(&page.messages),
        )
            .into_response(),
    };
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

/// A page is kept by whoever asked for it, and asked for again each time.
fn cache_fields(tag: &str) -> HeaderMap {
    let fields = [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "accept, authorization, cookie"),
        (header::ETAG, tag),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value).ok()?)));
    fields.collect()
}

/// What a page shall hold.
#[derive(Debug)]
pub struct Wish {
    /// Where it lies.
    pub anchor: Anchor,
    /// Messages at most.
    pub limit: usize,
    /// Which of them.
    pub filter: Filter,
}

impl Wish {
    /// Reads a query. What is not understood is left out, what is understood and wrong is an error.
    pub fn read(query: &str) -> Result<Self> {
        let mut wish = Self {
            anchor: Anchor::Newest,
            limit: LIMIT_DEFAULT,
            filter: Filter::default(),
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "before" => wish.set_anchor(Anchor::Before(read_id("before", &value)?))?,
                "after" => wish.set_anchor(Anchor::After(read_id("after", &value)?))?,
                "around" => wish.set_anchor(Anchor::Around(read_id("around", &value)?))?,
                "at" => wish.set_anchor(Anchor::At(read_time("at", &value)?))?,
                "limit" => wish.limit = read_limit(&value)?,
                "author" => wish.filter.author = Some(value.into_owned()),
                "since" => wish.filter.since = Some(read_time("since", &value)?),
                "until" => wish.filter.until = Some(read_time("until", &value)?),
                _ => {}
            }
        }
        Ok(wish)
    }

    fn set_anchor(&mut self, anchor: Anchor) -> Result<()> {
        if self.anchor != Anchor::Newest {
            return Err(Error::invalid(
                "anchor",
                "at most one of before, after, around and at",
            ));
        }
        self.anchor = anchor;
        Ok(())
    }

    /// The query of a neighbouring page: another anchor, the rest as it was.
    fn query_with(&self, anchor: &str, id: MessageId) -> String {
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
        .ok_or_else(|| Error::invalid(field, "an id: digits only"))
}

/// A time, or a date, which begins at midnight UTC.
fn read_time(field: &'static str, text: &str) -> Result<Timestamp> {
    let time = Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")));
    time.ok_or_else(|| Error::invalid(field, "a time such as 2026-11-22T05:41:03Z, or a date"))
}

fn read_limit(text: &str) -> Result<usize> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| Error::invalid("limit", "1 to 200"))
}

/// The pages beside a page.
#[derive(Debug)]
pub struct Links {
    /// What comes before it.
    pub older: Option<String>,
    /// What comes after it.
    pub newer: Option<String>,
}

impl Links {
    /// Of a page that lies at `path`. The neighbour of an empty page begins where that was looked for.
    #[must_use]
    pub fn of(page: &HistoryPage, path: &str, wish: &Wish) -> Self {
        let link = |anchor, id| format!("{path}?{}", wish.query_with(anchor, id));
        let (before, after) = match wish.anchor {
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

    /// As RFC 8288 has it.
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

/// The form in which somebody wants a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taste {
    Json,
    Ndjson,
    Text,
}

impl Taste {
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let wanted = accept
            .split(',')
            .map(|part| part.split(';').next().unwrap_or_default().trim());
        let known = wanted.filter_map(|part| match part {
            "application/json" | "*/*" | "application/*" => Some(Self::Json),
            "application/x-ndjson" => Some(Self::Ndjson),
            "text/plain" | "text/*" => Some(Self::Text),
            _ => None,
        });
        known.into_iter().next().unwrap_or(Self::Json)
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

/// `2026-11-22T05:41:03Z <ann> hello`; further lines of a message are indented.
fn text(messages: &[Message]) -> String {
    let mut out = String::new();
    for message in messages {
        let body = message
            .body
            .as_deref()
            .unwrap_or("(deleted)")
            .replace('\n', "\n    ");
        // A String takes everything.
        let _ = writeln!(
            out,
            "{} <{}> {body}",
            message.at.to_seconds(),
            message.author.handle
        );
    }
    out
}

/// The same address, taste and head: the same bytes.
fn etag(app: &App, uri: &Uri, taste: Taste, head: EventId) -> String {
    let address = Sha256::digest(format!(
        "{uri} {taste:?} {} {}",
        app.log.name,
        env!("CARGO_PKG_VERSION")
    ));
    let address = address
        .iter()
        .take(6)
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("\"{head}-{address}\"")
}

/// RFC 9110, section 13.1.2.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known.trim_start_matches("W/") == tag || known == "*")
}
