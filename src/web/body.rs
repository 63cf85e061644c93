//! Reading request bodies: media type, content encoding, size and timeout.

use super::error::Rejection;
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt as _;
use mediatype::{ReadParams as _, names};
use std::{fmt, time::Duration};
use tokio::time::timeout;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The media types that [`read_body`] accepts.
const TYPES: &str = "application/json, application/x-www-form-urlencoded, text/plain";

/// The largest body that a request may have, in bytes. It is stored in the extensions of the request; without it,
/// [`BodyLimit::ANONYMOUS`] applies.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(usize);

impl BodyLimit {
    /// Limit for everybody: sufficient for the forms for joining and for the preferences.
    pub const ANONYMOUS: Self = Self(16 * 1024);
    /// Limit for people who have signed in: a message of 8,000 characters, each of which JSON may escape in 12 bytes, and
    /// further fields.
    pub const SIGNED_IN: Self = Self(256 * 1024);

    /// Limit for the picture of a person.
    pub const PICTURE: Self = Self(10 * 1024 * 1024);

    /// Returns the limit in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0
    }
}

impl fmt::Display for BodyLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB", self.0 / 1024)
    }
}

/// Media type of a body, from `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/plain`.
    Text,
    /// No `Content-Type` was sent.
    Unnamed,
}

/// Reads the body of a request. A request that its headers disqualify is refused before any of its body is read.
pub async fn read_body(request: Request) -> Result<(MediaType, Vec<u8>), Rejection> {
    let media_type = media_type(request.headers())?;
    let limit = request.extensions().get().copied();
    let BodyLimit(limit) = limit.unwrap_or(BodyLimit::ANONYMOUS);
    let reading = read_up_to(limit, request.into_body());
    let body = timeout(BODY_TIMEOUT, reading)
        .await
        .map_err(|_| Rejection::TooSlow)??;
    if media_type == MediaType::Unnamed && !body.is_empty() {
        return Err(Rejection::UnsupportedType(TYPES));
    }
    Ok((media_type, body))
}

/// Reads the bytes of a body of any type.
pub async fn read_bytes(body: Body, BodyLimit(limit): BodyLimit) -> Result<Vec<u8>, Rejection> {
    let reading = read_up_to(limit, body);
    timeout(BODY_TIMEOUT, reading)
        .await
        .map_err(|_| Rejection::TooSlow)?
}

async fn read_up_to(limit: usize, mut body: Body) -> Result<Vec<u8>, Rejection> {
    // `Content-Length` announces a body that is too large before it is read.
    if body.size_hint().lower() > limit as u64 {
        return Err(Rejection::TooLarge(limit));
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| Rejection::Malformed("The body of the request broke off.".into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            return Err(Rejection::TooLarge(limit));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn media_type(headers: &HeaderMap) -> Result<MediaType, Rejection> {
    if headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(Rejection::UnsupportedEncoding);
    }
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return Ok(MediaType::Unnamed);
    };
    let parsed = content_type.to_str().ok();
    let parsed = parsed.and_then(|value| mediatype::MediaType::parse(value).ok());
    let parsed = parsed.ok_or(Rejection::UnsupportedType(TYPES))?;
    let media_type = match parsed.essence().to_string().to_ascii_lowercase().as_str() {
        "application/json" => MediaType::Json,
        "application/x-www-form-urlencoded" => MediaType::Form,
        "text/plain" => MediaType::Text,
        _ => return Err(Rejection::UnsupportedType(TYPES)),
    };
    let charset = parsed.get_param(names::CHARSET);
    if charset.is_some_and(|charset| !is_utf8(&charset.unquoted_str())) {
        return Err(Rejection::UnsupportedCharset);
    }
    Ok(media_type)
}

/// Returns whether text in this charset is valid UTF-8. ASCII is; `utf8` is a common spelling (Encoding standard, 4.2).
fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"]
        .iter()
        .any(|name| charset.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(headers: &[(header::HeaderName, &'static str)]) -> Result<MediaType, Rejection> {
        let headers = headers.iter().cloned();
        media_type(
            &headers
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect(),
        )
    }

    #[test]
    fn media_types_are_read_with_their_parameters() {
        for (value, expected) in [
            ("application/json", MediaType::Json),
            ("Application/JSON;charset=UTF-8", MediaType::Json),
            ("application/json; charset=\"utf-8\"", MediaType::Json),
            (
                "text/plain; format=flowed; charset=us-ascii",
                MediaType::Text,
            ),
            (
                "application/x-www-form-urlencoded;charset=utf8",
                MediaType::Form,
            ),
        ] {
            let read = read(&[(header::CONTENT_TYPE, value)]);
            assert!(
                matches!(read, Ok(media_type) if media_type == expected),
                "{value}: {read:?}"
            );
        }
    }

    #[test]
    fn other_charsets_and_encodings_are_refused() {
        for value in [
            "text/plain; charset=iso-8859-1",
            "application/json; charset=\"utf-16\"",
            "application/x-www-form-urlencoded; charset=gbk",
        ] {
            let read = read(&[(header::CONTENT_TYPE, value)]);
            assert!(
                matches!(read, Err(Rejection::UnsupportedCharset)),
                "{value}: {read:?}"
            );
        }
        for value in ["gzip", "br", "identity, gzip", "aes128gcm", ""] {
            let read = read(&[(header::CONTENT_ENCODING, value)]);
            assert!(
                matches!(read, Err(Rejection::UnsupportedEncoding)),
                "{value}: {read:?}"
            );
        }
        assert!(read(&[(header::CONTENT_ENCODING, "Identity")]).is_ok());
    }
}
