//! Middleware around all routes: request ids, rendered errors, security headers and protection against cross-site
//! requests.

use super::{base_path::BelowBase, error::render_problems, hosts::HostNames};
use crate::{app::random_bytes, auth::secret::Secret};
use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version,
        header,
    },
    middleware::from_fn,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
    csrf::CsrfLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
    validate_request::ValidateRequestHeaderLayer,
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Forbids inline scripts and styles, resources of other origins, and framing in both directions.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    connect-src 'self'; \
    form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

/// Default headers of responses whose handler does not set them. Handlers of assets, history and streams set their own
/// `Cache-Control`; all other responses are private to one person and must not be cached.
const DEFAULT_HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Wraps all routes in the middleware stack. The outermost layer is named first.
pub fn surround(routes: Router, names: HostNames) -> Router {
    let span = |request: &Request<Body>| {
        let id = request
            .headers()
            .get(X_REQUEST_ID)
            .and_then(|id| id.to_str().ok())
            .unwrap_or_default();
        tracing::debug_span!("request", id, method = %request.method(), path = loggable(request.uri().path()))
    };
    let layers = ServiceBuilder::new()
        .map_response(add_default_headers)
        .map_request(drop_unusable_request_id)
        .layer(SetRequestIdLayer::x_request_id(CountedIds::new()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .map_response(with_boxed_body)
        .layer(compression())
        .layer(from_fn(render_problems))
        .layer(CatchPanicLayer::new())
        .layer(ValidateRequestHeaderLayer::custom(names))
        .layer(ValidateRequestHeaderLayer::custom(BelowBase))
        .layer(CsrfLayer::new());
    // One combined layer: each separate one would cost every request another allocation and another copy.
    routes.layer(layers)
}

/// Returns a path without the secrets of one-time links.
fn loggable(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if Secret::parse(segment).is_some() {
            "…"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Smallest body in bytes that is compressed. Smaller ones fit into one packet anyway.
pub const COMPRESSED_MIN: u64 = 1024;

/// Compresses pages and JSON for clients that accept it. Streams are never compressed, since an encoder would buffer
/// their events; assets are compressed at build time.
fn compression() -> CompressionLayer<impl Predicate> {
    let pays = SizeAbove::new(COMPRESSED_MIN)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(is_compressible);
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(pays)
}

/// Boxes the body, which holds the compressor. Each layer outside of it would move it, which took 6 % of the
/// instructions of a post.
fn with_boxed_body<B>(response: Response<B>) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    response.map(Body::new)
}

/// Marks a response that is sent as it is, such as a file: parts of it are requested.
#[derive(Clone, Copy, Debug)]
pub struct Uncompressed;

fn is_compressible(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<Uncompressed>().is_none()
}

fn add_default_headers<B>(mut response: Response<B>) -> Response<B> {
    for (name, value) in DEFAULT_HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Greatest length in bytes of a request id that a client or proxy supplies.
pub const REQUEST_ID_MAX: usize = 64;

/// Removes request ids that are too long, repeated, or contain characters other than those of UUIDs, hexadecimal digits
/// and the ids of common proxies. [`SetRequestIdLayer`] then generates a new id.
fn drop_unusable_request_id<B>(mut request: Request<B>) -> Request<B> {
    let mut ids = request.headers().get_all(X_REQUEST_ID).iter();
    let (id, another) = (ids.next(), ids.next());
    let is_usable = |id: &HeaderValue| {
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:=+/@".contains(byte);
        (1..=REQUEST_ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_allowed)
    };
    if another.is_some() || id.is_some_and(|id| !is_usable(id)) {
        request.headers_mut().remove(X_REQUEST_ID);
    }
    request
}

/// Generates request ids from a counter and a random prefix per run of the server.
#[derive(Clone, Debug)]
struct CountedIds {
    run: String,
    count: Arc<AtomicU64>,
}

impl CountedIds {
    fn new() -> Self {
        Self {
            run: URL_SAFE_NO_PAD.encode(random_bytes::<6>()),
            count: Arc::default(),
        }
    }
}

impl MakeRequestId for CountedIds {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let id = HeaderValue::from_str(&format!("{}-{count}", self.run));
        id.ok().map(RequestId::new)
    }
}
