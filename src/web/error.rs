//! Errors as HTTP responses: problem+json (RFC 9457) for programs, a page for people.
//!
//! A handler returns a [`Rejection`]. A middleware around all routes renders it once the request id and the reader's
//! preferences are known. Internal errors are logged here, once, and their details are never shown.

use super::{
    locale::Locale, negotiation::preferred_type, preferences::Preferences, views::error::ErrorPage,
};
use crate::error::Error;
use askama::Template as _;
use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use mediatype::{MediaType, Name, names};
use serde::Serialize;
use std::collections::BTreeMap;
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
    /// The client accepts none of the available representations.
    NotAcceptable,
    /// The body did not arrive in time.
    TooSlow,
    /// The request is for this host, which the server does not serve.
    Misdirected(String),
}

impl<E: Into<Error>> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self::Chat(error.into())
    }
}

impl Rejection {
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

/// The data of an error response.
#[derive(Clone, Debug, Serialize)]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// Stable machine-readable code of the error.
    code: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let (detail, errors) = (detail.into(), BTreeMap::new());
        Self {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail,
            code,
            errors,
            request_id: None,
        }
    }

    fn of_field(status: StatusCode, code: &'static str, field: &str, text: &str) -> Self {
        let errors = BTreeMap::from([(field.to_owned(), text.to_owned())]);
        Self {
            errors,
            ..Self::new(status, code, format!("{field}: {text}"))
        }
    }

    fn of_error(error: &Error) -> Self {
        match error {
            Error::NotFound => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "There is nothing here, or nothing for you.",
            ),
            Error::SignInNeeded => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign-in-needed",
                "Join or sign in first.",
            ),
            Error::Forbidden(why) => Self::new(StatusCode::FORBIDDEN, "forbidden", *why),
            Error::Invalid { field, text } => {
                Self::of_field(StatusCode::UNPROCESSABLE_ENTITY, "invalid", field, text)
            }
            Error::Conflict { field, text } => {
                Self::of_field(StatusCode::CONFLICT, "conflict", field, text)
            }
            Error::Unavailable(why) => Self::unavailable(why),
            Error::Database(sqlx::Error::PoolTimedOut) => Self::unavailable("the server is busy"),
            Error::Database(_) if error.is_interrupted() => {
                tracing::warn!("a request was interrupted: its statements took too long");
                Self::unavailable("the server is busy")
            }
            Error::Refused(_) | Error::InUse(_) | Error::Database(_) | Error::Io(_) => {
                tracing::error!(%error, "a request failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Something went wrong on the server. It was noted.",
                )
            }
        }
    }

    fn unavailable(why: &str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            format!("Not now: {why}. Nothing was stored; try again."),
        )
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let is_encoding_unsupported = matches!(self, Self::UnsupportedEncoding);
        let problem = match self {
            Self::Chat(error) => Problem::of_error(&error),
            Self::Malformed(why) => Problem::new(StatusCode::BAD_REQUEST, "malformed", why),
            Self::NoFields => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-fields",
                "Send an object: fields in braces, such as {\"body\": \"hello\"}.",
            ),
            Self::TooLarge(limit) => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                format!("At most {limit} bytes."),
            ),
            Self::UnsupportedType(known) => Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-type",
                format!("Send one of: {known}."),
            ),
            Self::UnsupportedEncoding => Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-encoding",
                "Send the body as it is, without Content-Encoding.",
            ),
            Self::UnsupportedCharset => Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-charset",
                "Send text as UTF-8, with charset=utf-8 or without a charset.",
            ),
            Self::Misdirected(host) => Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "misdirected",
                format!(
                    "This server does not answer to the name {host}. If it should, start it with --host {host}, or \
                     with --public-url and the address that people use."
                ),
            ),
            Self::NotAcceptable => Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                "not-acceptable",
                "The request accepts none of the types that are offered here.",
            ),
            Self::TooSlow => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "The request took too long to arrive.",
            ),
        };
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
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
    !request.uri().path().starts_with("/api/")
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
        .unwrap_or_else(|| problem_of_status(status));
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
    ];
    for name in kept {
        if let Some(value) = response.headers_mut().remove(&name) {
            rendered.headers_mut().insert(name, value);
        }
    }
    rendered
}

/// Returns the problem for a status set by a lower layer: routing, methods, cross-site requests, panics.
fn problem_of_status(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not-found", "There is nothing here, or nothing for you."),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method-not-allowed",
            "This address does not take this method.",
        ),
        StatusCode::FORBIDDEN => ("other-site", "The request comes from another site."),
        _ if status.is_server_error() => (
            "internal",
            "Something went wrong on the server. It was noted.",
        ),
        _ => ("refused", "The request cannot be answered."),
    };
    Problem::new(status, code, detail)
}

fn json(problem: &Problem) -> Response {
    let content_type: (HeaderName, HeaderValue) = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    ([content_type], Json(problem)).into_response()
}

fn page(problem: Problem, Preferences { locale, scheme }: Preferences, back: &str) -> Response {
    let detail = explain(&problem, locale);
    let Problem {
        status, request_id, ..
    } = problem;
    let back = if back.starts_with("/rooms/") {
        "/rooms"
    } else {
        "/"
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

/// Explains a problem in the reader's language. A problem without a message is explained by its English text if that is
/// the reader's language, or else by its status.
fn explain(problem: &Problem, locale: &Locale) -> String {
    let fault = problem.errors.values().next().unwrap_or(&problem.detail);
    match locale.error_message(fault) {
        Some(message) => message.into(),
        None if locale.lang == Locale::default_language().lang => problem.detail.clone(),
        None => locale.status(problem.status).into(),
    }
}
