//! Unexpected responses: refusals by Backscroll itself, and errors on the way to it.
//!
//! Between a client and its server there may be proxies, captive portals and servers of other programs. An error counts
//! as Backscroll's own only if it is `application/problem+json` (RFC 9457) with a `code` of Backscroll.

use crate::web::problem::codes;
use reqwest::{
    Response, StatusCode, Url,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER},
};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// The longest pause that `Retry-After` can request.
pub(super) const RETRY_AFTER_MAX: Duration = Duration::from_mins(10);
/// Greatest size of a response body in bytes. Longer bodies are truncated; no response of Backscroll to these commands
/// is as long.
const BODY_MAX: usize = 1 << 20;

/// The reason why a response is not the expected one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unexpected {
    /// Backscroll refuses the request. Retrying does not help.
    Refused(Refusal),
    /// A temporary error of Backscroll or of something on the way to it.
    Passing {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// The address redirects. Redirects are not followed: they can change a POST into a GET, drop its body, or send the
    /// token to another server.
    Redirected(String),
}

/// A refusal of a request by Backscroll.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    /// The message about the invalid field, or the detail of the problem.
    pub sentence: String,
}

impl Unexpected {
    /// Interprets a response whose status is not the expected one.
    pub(super) async fn read(answer: Response) -> Self {
        if let Some(target) = redirect_target(&answer) {
            return Self::Redirected(explain_redirect(answer.url(), &target));
        }
        let (status, retry_after) = (answer.status(), retry_after(answer.headers()));
        let not_ours = Self::not_ours(&answer);
        match read_problem(answer).await {
            Some(sentence) if is_final(status) => Self::Refused(Refusal { status, sentence }),
            Some(sentence) => Self::Passing {
                reason: format!("the server responded with {status}: {sentence}"),
                retry_after,
            },
            None => not_ours,
        }
    }

    /// Describes a response that is not Backscroll's.
    pub(super) fn not_ours(answer: &Response) -> Self {
        let (url, status) = (answer.url(), answer.status());
        let content_type = match text(answer.headers(), CONTENT_TYPE) {
            "" => "without a content type",
            content_type => content_type,
        };
        Self::Passing {
            reason: format!(
                "{} responded with {status} ({content_type}), which does not come from Backscroll",
                url.origin().ascii_serialization()
            ),
            retry_after: retry_after(answer.headers()),
        }
    }
}

/// Reads the body of a response, at most [`BODY_MAX`] bytes.
pub(super) async fn read_body(mut answer: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_MAX {
            body.truncate(BODY_MAX);
            break;
        }
    }
    Ok(body)
}

/// Returns whether retrying the request would fail again.
fn is_final(status: StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429)
}

/// Returns the message of a problem that Backscroll sent; `None` if the response is not one.
async fn read_problem(answer: Response) -> Option<String> {
    let content_type = text(answer.headers(), CONTENT_TYPE);
    let essence = content_type.split(';').next().unwrap_or_default();
    if !essence
        .trim()
        .eq_ignore_ascii_case("application/problem+json")
    {
        return None;
    }
    problem_sentence(&read_body(answer).await.ok()?)
}

fn problem_sentence(body: &[u8]) -> Option<String> {
    let problem: Value = serde_json::from_slice(body).ok()?;
    let code = problem["code"].as_str()?;
    if !codes().contains(&code) {
        return None;
    }
    let fields = problem["errors"].as_object();
    let field = fields.and_then(|fields| {
        let (field, error) = fields.iter().next()?;
        let detail = error.as_str().or(error["detail"].as_str())?;
        Some(format!("{field}: {detail}"))
    });
    let detail = || problem["detail"].as_str().or(problem["title"].as_str());
    Some(field.unwrap_or_else(|| detail().unwrap_or(code).to_owned()))
}

/// Returns the target of a redirect; `None` if the response is not a redirect, or has no valid target.
fn redirect_target(answer: &Response) -> Option<Url> {
    let location = text(answer.headers(), LOCATION);
    let is_redirect = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    (is_redirect && !location.is_empty())
        .then(|| answer.url().join(location).ok())
        .flatten()
}

fn explain_redirect(from: &Url, target: &Url) -> String {
    // Most redirects change only the part of the address before the path of the API.
    let api_path = from
        .path()
        .find("/api/v1/")
        .map_or("", |at| &from.path()[at..]);
    let server = match target.path().strip_suffix(api_path) {
        Some(prefix) => target.origin().ascii_serialization() + prefix,
        None => target.to_string(),
    };
    format!(
        "{} redirects to {server}; redirects are not followed, because they can lose a message or give away a \
         token. If your server is there, use that address",
        from.origin().ascii_serialization()
    )
}

/// Returns how long the response asks to wait (RFC 9110, section 10.2.3), at most [`RETRY_AFTER_MAX`]. A date is
/// compared with the `Date` of the same response, so that a wrong clock on this machine does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER).trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
    }
    let (until, now) = (parse_date(value)?, parse_date(text(headers, DATE))?);
    let wait = until.duration_since(now).unwrap_or_default();
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Parses an HTTP date (RFC 9110, section 5.6.7), including the two obsolete formats.
fn parse_date(value: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(value.trim()).ok()
}

/// Returns a header as text; empty if it is missing or not ASCII.
fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_problem_with_a_code_of_backscroll_is_its_own_word() {
        for (body, sentence) in [
            (
                r#"{"code":"body-too-long","detail":"No.","title":"T"}"#,
                Some("No."),
            ),
            (r#"{"code":"body-too-long","title":"T"}"#, Some("T")),
            (r#"{"code":"body-too-long"}"#, Some("body-too-long")),
            (
                r#"{"code":"body-too-long","detail":"No.","errors":{"body":"too long"}}"#,
                Some("body: too long"),
            ),
            (
                r#"{"code":"body-too-long","errors":{"body":{"code":"y","detail":"too long"}}}"#,
                Some("body: too long"),
            ),
            (r#"{"detail":"No.","title":"T"}"#, None),
            (r#"{"code":7}"#, None),
            (r#"{"code":"blocked-by-waf","detail":"No."}"#, None),
            ("404 page not found", None),
            ("", None),
        ] {
            assert_eq!(
                problem_sentence(body.as_bytes()).as_deref(),
                sentence,
                "{body}"
            );
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_has_a_limit() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("999999999999999999999999", Some(600)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some(20)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:49:47 1994", Some(10)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(600)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, date.parse().unwrap());
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&headers), expected, "{value:?}");
        }
    }

    #[test]
    fn a_redirect_names_the_address_to_use() {
        let url = |text: &str| Url::parse(text).unwrap();
        for (target, server) in [
            (
                "https://chat.example/api/v1/events",
                "to https://chat.example;",
            ),
            (
                "https://a.example/chat/api/v1/events",
                "to https://a.example/chat;",
            ),
            (
                "https://portal.example/login",
                "to https://portal.example/login;",
            ),
        ] {
            let explained = explain_redirect(
                &url("http://chat.example/api/v1/events?room=a"),
                &url(target),
            );
            assert!(explained.contains(server), "{explained}");
        }
    }
}
