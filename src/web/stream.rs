//! `GET /api/v1/events` and `GET /api/v1/rooms/{room}/events`: opening a stream.
//!
//! An authorised reader always gets status 200, whatever its cursor: any other status makes a browser's `EventSource`
//! give up permanently (HTML standard, section 9.2.3).

use super::{
    encode::events,
    error::Rejection,
    extract::{Path, Visitor},
    feed::{Bye, Feed, Rare, bye},
    own_site::OwnSite,
};
use crate::{
    app::{App, now},
    auth::client::Client,
    error::{Error, Result},
    event_log::{access::Scope, batch::Encode, event_types::EventTypes, tail::Tail},
    fault::Fault,
    limits::streams::StreamReader,
    model::ids::{Cursor, parse_id},
};
use axum::{
    body::Body,
    extract::{Extension, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::time::Instant;

/// Greatest number of `room` parameters of one stream. Readers of more rooms open one stream of all rooms.
pub const ROOMS_MAX: usize = 200;

/// The largest `limit_replay`. Missed events are counted up to this number.
pub const LIMIT_REPLAY_MAX: u32 = 10_000;

/// An open stream in the extensions of its response, for a server that takes over the connection instead of sending the
/// body.
#[derive(Clone, Debug)]
pub struct OpenedFeed(Arc<Mutex<Option<Feed>>>);

impl OpenedFeed {
    /// Takes the stream out of the response.
    #[must_use]
    pub fn take(&self) -> Option<Feed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Opens a stream of everything that the caller may see, with one cursor.
pub async fn stream_all(
    (OwnSite, State(app)): (OwnSite, State<Arc<App>>),
    visitor: Result<Visitor, Rejection>,
    client: Option<Extension<Client>>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = StreamQuery::parse(&headers, query.as_deref());
    overload_if_passing(open(&app, visitor, client, &method, query, None).await)
}

/// Opens a stream of one room.
pub async fn stream_room(
    (OwnSite, State(app)): (OwnSite, State<Arc<App>>),
    visitor: Result<Visitor, Rejection>,
    client: Option<Extension<Client>>,
    method: Method,
    headers: HeaderMap,
    Path(room): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = StreamQuery::parse(&headers, query.as_deref());
    overload_if_passing(open(&app, visitor, client, &method, query, Some(room)).await)
}

/// Opens the stream of one room, or of those that the query selects.
async fn open(
    app: &Arc<App>,
    visitor: Result<Visitor, Rejection>,
    client: Option<Extension<Client>>,
    method: &Method,
    query: Result<StreamQuery>,
    room: Option<String>,
) -> Result<Response, Rejection> {
    let (visitor, query) = (visitor?, query?);
    if room.is_none() && query.joined {
        visitor.signed_in()?;
    }
    let scope = query.scope(room)?;
    if !query.is_meant_for(&visitor) {
        return Ok(only_bye(Bye::SignedOut));
    }
    let client = client.as_deref();
    let Some(place) = app.acquire_stream(StreamReader::of(visitor.user_id(), client)) else {
        return Ok(only_bye(Bye::Overload));
    };
    let StreamQuery {
        cursor,
        types,
        limit_replay,
        encoder,
        ..
    } = query;
    let types = EventTypes::new(types);
    let reader = visitor.reader();
    let open_at = |cursor| Tail::open(&app.log, &reader, &scope, &types, cursor, limit_replay);
    let (tail, opening) = match open_at(cursor).await {
        // The position of the cursor is permanently unreadable: the reader starts at the head.
        Err(error @ (Error::Database(_) | Error::Io(_))) if !error.is_passing() => {
            tracing::error!(%error, "a stream cannot be opened at its cursor; it starts at the head");
            open_at(Cursor::Unreadable).await?
        }
        opened => opened?,
    };
    if method == Method::HEAD {
        return Ok(headers_only());
    }
    let ends_at = visitor
        .expires_at
        .map(|at| Instant::now() + now().until(at));
    let own = tail.find_own_changes(cursor).await?;
    let feed = Feed::new(tail, opening, encoder, place, Rare { own, ends_at });
    let opened = OpenedFeed(Arc::new(Mutex::new(Some(feed))));
    let body = Body::from_stream(body_of(opened.clone()));
    let mut response = (stream_headers(), body).into_response();
    response.extensions_mut().insert(opened);
    Ok(response)
}

/// Returns the stream as the body of its response, for any server. If the connection is taken over instead, the body is
/// never polled and holds no feed.
fn body_of(opened: OpenedFeed) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(BodyState::Unopened(opened), |state| async {
        let (block, state) = match state {
            BodyState::Unopened(opened) => {
                let mut feed = opened.take()?;
                (
                    feed.hello(),
                    BodyState::Streaming(Box::new(feed), Instant::now()),
                )
            }
            BodyState::Streaming(mut feed, silent_since) => {
                let (block, is_last) = feed.next_block(silent_since).await;
                let next = if is_last {
                    BodyState::Ended
                } else {
                    BodyState::Streaming(feed, Instant::now())
                };
                (block, next)
            }
            BodyState::Ended => return None,
        };
        Some((Ok(block), state))
    })
}

/// Progress of a response body.
enum BodyState {
    /// Nothing was sent yet.
    Unopened(OpenedFeed),
    /// The last block was sent at this time.
    Streaming(Box<Feed>, Instant),
    /// Everything was sent.
    Ended,
}

/// Turns a temporary error into a stream that ends with `overload`, because an error status would stop `EventSource`.
fn overload_if_passing(opened: Result<Response, Rejection>) -> Result<Response, Rejection> {
    match opened {
        Err(rejection) if rejection.is_passing() => Ok(only_bye(Bye::Overload)),
        opened => opened,
    }
}

/// Returns the response to HEAD. A body of unknown length keeps axum from adding `Content-Length: 0`.
fn headers_only() -> Response {
    let body = Body::from_stream(futures_util::stream::empty::<Result<Bytes, Infallible>>());
    (stream_headers(), body).into_response()
}

/// Returns a stream that ends at once. Like every stream, it has no `Content-Length`.
fn only_bye(reason: Bye) -> Response {
    let block = futures_util::stream::once(async move { Ok::<_, Infallible>(bye(reason)) });
    (stream_headers(), Body::from_stream(block)).into_response()
}

/// Returns headers that keep intermediaries from caching, transforming or buffering the stream (`X-Accel-Buffering` is
/// nginx's).
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

/// Query parameters of a stream. An unusable cursor is no error; see the module documentation.
#[derive(Debug)]
struct StreamQuery {
    cursor: Cursor,
    rooms: Vec<String>,
    joined: bool,
    types: Vec<String>,
    /// Handle of the viewer of the page: the stream of a page must not continue under another account.
    handle: Option<String>,
    limit_replay: Option<u32>,
    encoder: &'static dyn Encode,
}

impl StreamQuery {
    fn is_meant_for(&self, visitor: &Visitor) -> bool {
        let viewer = visitor.user.as_ref().map(|user| user.handle.as_str());
        self.handle.is_none() || self.handle.as_deref() == viewer
    }

    /// Returns the scope of the stream: `room`, if the address names one, or else the rooms of the query.
    fn scope(&self, room: Option<String>) -> Result<Scope> {
        let joined = self.joined;
        let scope = match room {
            Some(room) => Scope::Rooms {
                slugs: [room].into(),
                joined: false,
            },
            None if self.rooms.is_empty() => Scope::Everything { joined },
            None if self.rooms.len() > ROOMS_MAX => {
                return Err(Error::invalid("room", Fault::TooMany { max: ROOMS_MAX }));
            }
            None => {
                let mut slugs = self.rooms.clone();
                slugs.sort_unstable();
                slugs.dedup();
                Scope::Rooms {
                    slugs: slugs.into(),
                    joined,
                }
            }
        };
        Ok(scope)
    }

    /// Parses the query and `Last-Event-ID`. The header takes precedence: a browser that reconnects sends it to the
    /// address with which the stream was opened.
    fn parse(headers: &HeaderMap, query: Option<&str>) -> Result<Self> {
        let mut parsed = Self {
            cursor: Cursor::Latest,
            rooms: Vec::new(),
            joined: false,
            types: Vec::new(),
            handle: None,
            limit_replay: None,
            encoder: &events::Json,
        };
        let mut cursors = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "after" | "last_event_id" | "lastEventId" => cursors.push(Cursor::parse(&value)),
                "room" => parsed.rooms.push(value.into_owned()),
                "types" => parsed.types.extend(parse_types(&value)),
                "joined" => parsed.joined = value == "true",
                "as" if !value.is_empty() => parsed.handle = Some(value.into_owned()),
                "limit_replay" => parsed.limit_replay = Some(parse_limit(&value)?),
                "include" if value == "html" => parsed.encoder = &events::Html,
                _ => {}
            }
        }
        let sent: Vec<&HeaderValue> = headers.get_all("last-event-id").iter().collect();
        parsed.cursor = match (sent.as_slice(), cursors.as_slice()) {
            // Some clients send an empty header while they have no id yet.
            ([only], []) if only.is_empty() => Cursor::Latest,
            ([only], _) if !only.is_empty() => {
                only.to_str().map_or(Cursor::Unreadable, Cursor::parse)
            }
            ([] | [_], []) => Cursor::Latest,
            ([] | [_], [only]) => *only,
            _ => Cursor::Unreadable,
        };
        Ok(parsed)
    }
}

/// Parses a list of names that are separated by commas.
fn parse_types(list: &str) -> impl Iterator<Item = String> {
    let names = list.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned)
}

fn parse_limit(text: &str) -> Result<u32> {
    parse_id(text)
        .and_then(|limit| u32::try_from(limit).ok())
        .filter(|limit| *limit <= LIMIT_REPLAY_MAX)
        .ok_or_else(|| {
            let (min, max) = (0, LIMIT_REPLAY_MAX.into());
            Error::invalid("limit_replay", Fault::OutOfRange { min, max })
        })
}
