//! Style sheets, scripts and pictures: embedded, and cached by browsers for ever.
//!
//! Scripts and styles go out without comments, indentation and spaces that separate nothing.
//!
//! One fingerprint stands for the whole tree and is a directory of its address, so that modules and style
//! sheets may name each other relatively.

use super::strip::{Language, strip};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, fmt::Write, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Assets;

/// Of the files as they were when the first one was asked for.
static FINGERPRINT: LazyLock<String> = LazyLock::new(fingerprint);

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For addresses of another version: right for now, to be asked for again.
const FOR_NOW: &str = "no-cache";

/// The address of a file below `static/`.
#[must_use]
pub fn asset_url(path: &str) -> String {
    format!("/assets/{}/{path}", *FINGERPRINT)
}

/// Answers `GET /assets/{fingerprint}/{*path}`.
///
/// A page of an older version may still be open and ask for a module that it had not loaded yet; it gets
/// today's, which does not enter its cache for good.
pub async fn get_asset(uri: Uri, headers: HeaderMap) -> Response {
    let Some((version, path)) = uri
        .path()
        .strip_prefix("/assets/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(content) = content(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache_control = if version == *FINGERPRINT {
        FOR_EVER
    } else {
        FOR_NOW
    };
    let etag = format!("\"{}\"", hex(&Sha256::digest(&content)[..12]));
    let common = [
        (header::CACHE_CONTROL, cache_control),
        (header::ETAG, etag.as_str()),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let described = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (common, described, Body::from(content)).into_response()
}

/// Each emoji and its names, as `[["👍","+1 thumbsup"],…]`, in Unicode's order.
static EMOJI: LazyLock<String> = LazyLock::new(|| {
    let named = emojis::iter().map(|emoji| {
        let names: Vec<_> = emoji.shortcodes().collect();
        (emoji.as_str(), names.join(" "))
    });
    let named: Vec<_> = named.filter(|(_, names)| !names.is_empty()).collect();
    serde_json::to_string(&named).unwrap_or_default()
});

/// A file as it is served.
fn content(path: &str) -> Option<Cow<'static, [u8]>> {
    if path == "emoji.json" {
        return Some(Cow::Borrowed(EMOJI.as_bytes()));
    }
    let bytes = Assets::get(path)?.data;
    let language = match path.rsplit_once('.') {
        Some((_, "js")) => Language::Script,
        Some((_, "css")) => Language::Style,
        _ => return Some(bytes),
    };
    match str::from_utf8(&bytes) {
        Ok(source) => Some(Cow::Owned(strip(source, language).into_bytes())),
        Err(_) => Some(bytes),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn fingerprint() -> String {
    let mut paths: Vec<_> = Assets::iter().collect();
    paths.sort_unstable();
    let mut hasher = Sha256::new();
    for path in paths {
        if let Some(content) = content(&path) {
            hasher.update(path.as_bytes());
            hasher.update(Sha256::digest(content));
        }
    }
    hex(&hasher.finalize()[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(address: &str, known: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(etag) = known {
            headers.insert(header::IF_NONE_MATCH, etag.parse().unwrap());
        }
        get_asset(address.parse().unwrap(), headers).await
    }

    #[tokio::test]
    async fn a_known_version_is_cached_for_ever_and_any_other_is_asked_for_again() {
        let ours = get(&asset_url("js/app.js"), None).await;
        assert_eq!(ours.status(), StatusCode::OK);
        assert_eq!(ours.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(
            ours.headers()[header::CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        let other = get("/assets/0123456789abcdef/js/app.js", None).await;
        assert_eq!(other.headers()[header::CACHE_CONTROL], FOR_NOW);
        let etag = other.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(
            get("/assets/0/js/app.js", Some(etag)).await.status(),
            StatusCode::NOT_MODIFIED
        );
    }

    #[test]
    fn every_emoji_with_a_name_may_be_a_reaction() {
        let named: Vec<(String, String)> = serde_json::from_str(&EMOJI).unwrap();
        assert!(named.len() > 1800, "{}", named.len());
        for (emoji, names) in named {
            assert!(crate::model::emoji::Emoji::parse(&emoji).is_ok(), "{names}");
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_tree_is_served() {
        for path in [
            "js/none.js",
            "../Cargo.toml",
            "js/../../Cargo.toml",
            "%2e%2e/Cargo.toml",
            "/etc/passwd",
            "",
        ] {
            let address = format!("/assets/0/{path}");
            assert_eq!(
                get(&address, None).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[test]
    fn no_text_and_no_comment_is_of_a_kind_that_stripping_would_harm() {
        for path in Assets::iter().filter(|path| path.ends_with(".js") || path.ends_with(".css")) {
            let file = Assets::get(&path).unwrap();
            for line in str::from_utf8(&file.data).unwrap().lines().map(str::trim) {
                let ticks = line.matches('`').count() - line.matches("\\`").count();
                assert!(
                    ticks.is_multiple_of(2),
                    "{path} has a text over several lines: {line}"
                );
                let code = line
                    .strip_prefix("/*")
                    .and_then(|comment| comment.split_once("*/"));
                assert!(
                    code.is_none_or(|(_, code)| code.is_empty()),
                    "{path} has code after a comment: {line}"
                );
            }
        }
    }
}
