//! `GET /api/v1/events` and `GET /api/v1/rooms/{room}/events`: opening a stream.
//!
//! A reader who may read is always answered with 200, whatever its cursor: any other status makes a browser's
//! `EventSource` give up for good (HTML standard, 9.2.3).

use super::{
    error::Rejection,
    extract::{Path, Visitor},
    feed::{Bye, Feed, bye},
};
use crate::{
    app::App,
    event_log::{access::Scope, frame::Format, tail::Tail},
    model::ids::Cursor,
};
use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

/// Rooms that one stream may name. More belong into one stream of everything.
const ROOMS_MAX: usize = 200;

/// A `limit_replay` beyond this is one of this: counting further costs, and a page has no use for more.
const REPLAY_MAX_COUNTED: u32 = 10_000;

/// A stream that waits in its response for whoever takes the connection over.
#[derive(Clone, Debug)]
pub struct OpenedFeed(Arc<Mutex<Option<Feed>>>);

impl OpenedFeed {
    /// Takes the stream out.
    #[must_use]
    pub fn take(&self) -> Option<Feed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Everything that the caller may see, with one cursor.
pub async fn stream_all(
    State(app): State<Arc<App>>,
    visitor: Result<Visitor, Rejection>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let wish = Wish::read(&headers, query.as_deref());
    let joined = wish.joined;
    let scope = match wish.rooms.clone() {
        rooms if rooms.is_empty() => Scope::Everything { joined },
        slugs => Scope::Rooms { slugs, joined },
    };
    or_overload(open(&app, visitor, &method, &wish, &scope).await)
}

/// One room.
pub async fn stream_room(
    State(app): State<Arc<App>>,
    visitor: Result<Visitor, Rejection>,
    method: Method,
    headers: HeaderMap,
    Path(room): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let wish = Wish {
        joined: false,
        ..Wish::read(&headers, query.as_deref())
    };
    let scope = Scope::Rooms {
        slugs: vec![room],
        joined: false,
    };
    or_overload(open(&app, visitor, &method, &wish, &scope).await)
}

async fn open(
    app: &Arc<App>,
    visitor: Result<Visitor, Rejection>,
    method: &Method,
    wish: &Wish,
    scope: &Scope,
) -> Result<Response, Rejection> {
    let visitor = visitor?;
    if wish.joined {
        visitor.signed_in()?;
    }
    if !wish.is_meant_for(&visitor) {
        return Ok(only_bye(Bye::SignedOut));
    }
    let Some(place) = app.take_stream() else {
        return Ok(only_bye(Bye::Overload));
    };
    let (
        reader,
        Wish {
            cursor,
            replay_max,
            format,
            ..
        },
    ) = (visitor.reader(), wish);
    let (tail, opening) =
        Tail::open(&app.log, &reader, scope, *cursor, *replay_max, *format).await?;
    if method == Method::HEAD {
        return Ok(headers_only());
    }
    let mut response = (stream_headers(), Body::empty()).into_response();
    let feed = Feed::new(tail, opening, place);
    response
        .extensions_mut()
        .insert(OpenedFeed(Arc::new(Mutex::new(Some(feed)))));
    Ok(response)
}

/// "Not now" is no error status here, either.
fn or_overload(opened: Result<Response, Rejection>) -> Result<Response, Rejection> {
    match opened {
        Err(rejection) if rejection.is_passing() => Ok(only_bye(Bye::Overload)),
        opened => opened,
    }
}

/// The headers of a stream, for HEAD. A body of unknown length keeps axum from adding `Content-Length: 0`.
fn headers_only() -> Response {
    let body = Body::from_stream(futures_util::stream::empty::<Result<Bytes, Infallible>>());
    (stream_headers(), body).into_response()
}

/// A stream that ends at once. Without a `Content-Length`, like every stream.
fn only_bye(reason: Bye) -> Response {
    let said = futures_util::stream::once(async move { Ok::<_, Infallible>(bye(reason)) });
    (stream_headers(), Body::from_stream(said)).into_response()
}

/// Nothing on the way may keep, change or hold back what passes (`X-Accel-Buffering`: nginx).
fn stream_headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        ),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ]
}

/// What a reader asks for. Nothing in it is an error: see the module.
#[derive(Debug)]
struct Wish {
    cursor: Cursor,
    rooms: Vec<String>,
    joined: bool,
    /// Whose stream it is meant to be: a page that was rendered for somebody must not go on as somebody else's.
    handle: Option<String>,
    replay_max: Option<u32>,
    format: Format,
}

impl Wish {
    fn is_meant_for(&self, visitor: &Visitor) -> bool {
        let asking = visitor.user.as_ref().map(|user| user.handle.as_str());
        self.handle.is_none() || self.handle.as_deref() == asking
    }

    /// The header beats the query: a browser that reconnects sends the header, to the address that it had.
    fn read(headers: &HeaderMap, query: Option<&str>) -> Self {
        let mut wish = Self {
            cursor: Cursor::Latest,
            rooms: Vec::new(),
            joined: false,
            handle: None,
            replay_max: None,
            format: Format::Json,
        };
        let mut cursors = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "after" | "last_event_id" | "lastEventId" => cursors.push(Cursor::parse(&value)),
                "room"
                    if wish.rooms.len() < ROOMS_MAX
                        && !wish.rooms.iter().any(|room| *room == value) =>
                {
                    wish.rooms.push(value.into_owned());
                }
                "joined" => wish.joined = value == "true",
                "as" if !value.is_empty() => wish.handle = Some(value.into_owned()),
                "limit_replay" => wish.replay_max = read_limit(&value),
                "include" if value == "html" => wish.format = Format::Html,
                _ => {}
            }
        }
        let sent: Vec<&HeaderValue> = headers.get_all("last-event-id").iter().collect();
        wish.cursor = match (sent.as_slice(), cursors.as_slice()) {
            // An empty header is what some clients send where they have no id yet.
            ([only], []) if only.is_empty() => Cursor::Latest,
            ([only], _) if !only.is_empty() => {
                only.to_str().map_or(Cursor::Unreadable, Cursor::parse)
            }
            ([] | [_], []) => Cursor::Latest,
            ([] | [_], [only]) => *only,
            _ => Cursor::Unreadable,
        };
        wish
    }
}

fn read_limit(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .map(|limit: u32| limit.min(REPLAY_MAX_COUNTED))
}
