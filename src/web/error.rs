//! Errors as HTTP responses: problem+json (RFC 9457) for programs, a page for people.
//!
//! A handler returns a [`Rejection`]. A middleware around all routes renders it once the request id and the reader's
//! preferences are known. Internal errors are logged here, once, and their details are never shown.

use super::{
    audience::is_for_programs,
    negotiation::preferred_type,
    preferences::Preferences,
    problem::{General, Problem},
    tus_headers::{TUS_RESUMABLE, TUS_VERSION},
    views::error::ErrorPage,
};
use crate::error::Error;
use askama::Template as _;
use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use mediatype::{MediaType, Name, names};
use serde_json::json;
use tower_http::request_id::RequestId;

/// The reason why a request is rejected.
#[derive(Debug)]
pub enum Rejection {
    /// An error of the chat.
    Chat(Error),
    /// The request cannot be parsed.
    Malformed(String),
    /// The body is JSON, but not an object.
    NoFields,
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The media type is not supported; the supported ones are given.
    UnsupportedType(&'static str),
    /// The content coding of the body is not supported.
    UnsupportedEncoding,
    /// The text of the body is not UTF-8.
    UnsupportedCharset,
    /// The protocol of the request has another version than this.
    UnsupportedVersion(&'static str),
    /// The client accepts none of the available representations.
    NotAcceptable,
    /// The body did not arrive in time.
    TooSlow,
    /// The page cannot be shown; the visitor is sent to this path instead.
    Redirect(String),
    /// The request is for this host, which the server does not serve.
    Misdirected(String),
    /// The request was sent by a page of another site.
    OtherSite,
}

impl<E: Into<Error>> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self::Chat(error.into())
    }
}

impl Rejection {
    /// Returns the data of the response.
    fn problem(self) -> Problem {
        match self {
            Self::Chat(error) => Problem::of_error(&error),
            Self::Malformed(why) => {
                Problem::general(StatusCode::BAD_REQUEST, General::Malformed, why)
            }
            Self::NoFields => Problem::general(
                StatusCode::UNPROCESSABLE_ENTITY,
                General::NoFields,
                "Send an object: fields in braces, such as {\"body\": \"hello\"}.",
            ),
            Self::TooLarge(limit) => Problem::general(
                StatusCode::PAYLOAD_TOO_LARGE,
                General::TooLarge,
                format!("At most {limit} bytes."),
            ),
            Self::UnsupportedType(known) => Problem::general(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                General::UnsupportedType,
                format!("Send one of: {known}."),
            ),
            Self::UnsupportedEncoding => Problem::general(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                General::UnsupportedEncoding,
                "Send the body as it is, without Content-Encoding.",
            ),
            Self::UnsupportedCharset => Problem::general(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                General::UnsupportedCharset,
                "Send text as UTF-8, with charset=utf-8 or without a charset.",
            ),
            Self::UnsupportedVersion(known) => Problem::general(
                StatusCode::PRECONDITION_FAILED,
                General::UnsupportedVersion,
                format!("Send Tus-Resumable: {known}."),
            ),
            Self::Misdirected(host) => Problem::general(
                StatusCode::MISDIRECTED_REQUEST,
                General::Misdirected,
                format!(
                    "This server does not answer to the name {host}. If it should, start it with --host {host}, or \
                     with --public-url and the address that people use."
                ),
            )
            .with(json!({ "host": host })),
            Self::OtherSite => Problem::of_status(StatusCode::FORBIDDEN),
            Self::NotAcceptable => Problem::general(
                StatusCode::NOT_ACCEPTABLE,
                General::NotAcceptable,
                "The request accepts none of the types that are offered here.",
            ),
            Self::Redirect(path) => {
                Problem::general(StatusCode::SEE_OTHER, General::SignInNeeded, path)
            }
            Self::TooSlow => Problem::general(
                StatusCode::REQUEST_TIMEOUT,
                General::TooSlow,
                "The request took too long to arrive.",
            ),
        }
    }

    /// Returns whether the same request may succeed later, see [`Error::is_passing`].
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Chat(error) if error.is_passing())
    }
}

/// Marks an error response that is complete, such as a form with its errors, so that it is not replaced by an error
/// page.
#[derive(Clone, Copy, Debug)]
pub struct OwnPage;

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        if let Self::Redirect(path) = &self {
            return Redirect::to(path).into_response();
        }
        let version = match &self {
            Self::UnsupportedVersion(version) => Some(*version),
            _ => None,
        };
        let is_encoding_unsupported = matches!(self, Self::UnsupportedEncoding);
        let problem = self.problem();
        let retry_after = problem.seconds;
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        let retry_after = retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(2));
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if is_encoding_unsupported {
            // `Accept-Encoding` names the supported codings (RFC 9110, section 12.5.3).
            response.headers_mut().insert(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            );
        }
        if let Some(version) = version {
            let version = HeaderValue::from_static(version);
            response.headers_mut().insert(TUS_VERSION, version);
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// The representations of an error outside the API. `*/*` selects the page.
const OFFERS: [(MediaType<'static>, bool); 3] = [
    (MediaType::new(names::TEXT, names::HTML), true),
    (
        MediaType::from_parts(names::APPLICATION, PROBLEM, Some(names::JSON), &[]),
        false,
    ),
    (MediaType::new(names::APPLICATION, names::JSON), false),
];
const PROBLEM: Name<'static> = Name::new_unchecked("problem");

/// Returns whether an error is rendered as a page. Errors of the API are problem+json whatever the client accepts,
/// because programs depend on it.
fn wants_page(request: &Request) -> bool {
    !is_for_programs(request.uri().path())
        && preferred_type(request.headers(), &OFFERS).unwrap_or(true)
}

/// Renders errors as problem+json or as a page in the reader's language.
pub async fn render_problems(request: Request, next: Next) -> Response {
    let wants_page = wants_page(&request);
    let preferences = wants_page.then(|| Preferences::of(request.headers()));
    let back = request.uri().path().to_owned();
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let mut response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<OwnPage>().is_some()
    {
        return response;
    }
    let mut problem = response
        .extensions_mut()
        .remove::<Problem>()
        .unwrap_or_else(|| Problem::of_status(status));
    problem.request_id = request_id.filter(|_| status.is_server_error());
    let mut rendered = match preferences {
        Some(preferences) => page(problem, preferences, &back),
        None => json(&problem),
    };
    *rendered.status_mut() = status;
    let kept = [
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
        header::ALLOW,
        header::ACCEPT_ENCODING,
        header::CONTENT_RANGE,
        TUS_RESUMABLE,
        TUS_VERSION,
    ];
    for name in kept {
        if let Some(value) = response.headers_mut().remove(&name) {
            rendered.headers_mut().insert(name, value);
        }
    }
    rendered
}

fn json(problem: &Problem) -> Response {
    let content_type: (HeaderName, HeaderValue) = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    ([content_type], Json(problem)).into_response()
}

fn page(problem: Problem, Preferences { locale, scheme }: Preferences, back: &str) -> Response {
    let detail = locale.explain(problem.code, &problem.arguments);
    let Problem {
        status, request_id, ..
    } = problem;
    let back = if back.starts_with("/rooms/") {
        "rooms"
    } else {
        "./"
    };
    let page = ErrorPage {
        locale,
        scheme,
        status,
        detail,
        request_id,
        back: back.into(),
    };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "rendering an error page failed");
            problem.title.into_response()
        }
    }
}
