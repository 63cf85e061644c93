//! Style sheets, scripts and images: embedded, compressed at build time (`build/assets.rs`), and cached by browsers
//! indefinitely.
//!
//! One fingerprint covers the whole tree and is a folder in the address, so that modules and style sheets can refer to
//! each other by relative paths.

use super::negotiation::{is_known, preferred_coding};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};
use std::{fmt::Write, sync::LazyLock};

/// The embedded files: a folder per content coding. `identity` contains all files, the others those that become
/// smaller.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Assets;

/// Content codings of embedded files, the one with the smallest result first.
const CODINGS: [&str; 2] = ["br", "gzip"];

static FINGERPRINT: LazyLock<String> = LazyLock::new(fingerprint);

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// `Cache-Control` for addresses with the fingerprint of another version: revalidate before each use.
const REVALIDATED: &str = "no-cache";

/// Returns the address of a file below `static/`, relative to the base path.
#[must_use]
pub fn asset_url(path: &str) -> String {
    format!("assets/{}/{path}", *FINGERPRINT)
}

/// Handles `GET /assets/{fingerprint}/{*path}`.
///
/// A page of an older version may still be open and request a module that it has not loaded yet. It gets the current
/// version, and must revalidate it.
pub async fn get_asset(uri: Uri, headers: HeaderMap) -> Response {
    let address = uri.path().strip_prefix("/assets/");
    let Some((version, path)) = address.and_then(|rest| rest.split_once('/')) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some((coding, file)) = negotiate(path, &headers) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache_control = if version == *FINGERPRINT {
        FOR_EVER
    } else {
        REVALIDATED
    };
    let hash = hex(&file.metadata.sha256_hash()[..12]);
    let mut fields = HeaderMap::new();
    fields.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_control),
    );
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let etag = format!("\"{hash}\"");
    fields.extend(HeaderValue::from_str(&etag).map(|etag| (header::ETAG, etag)));
    if is_known(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, fields).into_response();
    }
    if let Some(coding) = coding {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(path)),
    );
    (fields, Body::from(file.data)).into_response()
}

/// Returns the encoded form of a file that the client prefers, with its content coding.
fn negotiate(path: &str, headers: &HeaderMap) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let plain = Assets::get(&format!("identity/{path}"))?;
    let stored = |coding: &str| Assets::get(&format!("{coding}/{path}"));
    let codings: Vec<_> = CODINGS
        .into_iter()
        .filter(|coding| stored(coding).is_some())
        .collect();
    let encoded = preferred_coding(headers, &codings)
        .and_then(|coding| Some((Some(coding), stored(coding)?)));
    Some(encoded.unwrap_or((None, plain)))
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

/// Returns a fingerprint that changes when any file or its compressed form changes.
fn fingerprint() -> String {
    let mut paths: Vec<_> = Assets::iter().collect();
    paths.sort_unstable();
    let mut hasher = Sha256::new();
    for path in paths {
        if let Some(file) = Assets::get(&path) {
            hasher.update(path.as_bytes());
            hasher.update(file.metadata.sha256_hash());
        }
    }
    hex(&hasher.finalize()[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use http_body_util::BodyExt as _;
    use std::{fs, io::Read as _};

    async fn get(address: &str, fields: &[(header::HeaderName, &str)]) -> Response {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, value.parse().unwrap());
        }
        get_asset(address.parse().unwrap(), headers).await
    }

    async fn accepting(codings: &str) -> Response {
        get(
            &format!("/{}", asset_url("js/app.js")),
            &[(header::ACCEPT_ENCODING, codings)],
        )
        .await
    }

    async fn body(response: Response) -> Vec<u8> {
        let collected = response.into_body().collect().await.unwrap();
        collected.to_bytes().to_vec()
    }

    fn coding(response: &Response) -> &str {
        let coding = response.headers().get(header::CONTENT_ENCODING);
        coding.map_or("", |coding| coding.to_str().unwrap())
    }

    #[tokio::test]
    async fn a_known_version_is_cached_for_ever_and_any_other_is_revalidated() {
        let ours = get(&format!("/{}", asset_url("js/app.js")), &[]).await;
        assert_eq!(ours.status(), StatusCode::OK);
        assert_eq!(ours.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(
            ours.headers()[header::CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        let other = get("/assets/0123456789abcdef/js/app.js", &[]).await;
        assert_eq!(other.headers()[header::CACHE_CONTROL], REVALIDATED);
        let etag = other.headers()[header::ETAG].to_str().unwrap();
        for known in [etag, &format!("\"a\", W/{etag}"), "*"] {
            let again = get("/assets/0/js/app.js", &[(header::IF_NONE_MATCH, known)]).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[header::ETAG], etag);
            assert_eq!(again.headers()[header::VARY], "accept-encoding");
        }
    }

    #[tokio::test]
    async fn a_file_is_sent_in_the_coding_that_the_client_prefers() {
        for (accepted, expected) in [("", ""), ("gzip, br", "br"), ("gzip;q=1, br;q=0.5", "gzip")] {
            assert_eq!(coding(&accepting(accepted).await), expected, "{accepted}");
        }
        let small = get(
            &format!("/{}", asset_url("js/account.js")),
            &[(header::ACCEPT_ENCODING, "br")],
        )
        .await;
        assert_eq!((small.status(), coding(&small)), (StatusCode::OK, ""));
    }

    #[tokio::test]
    async fn every_coding_has_its_own_etag_and_holds_the_file_as_it_was_written() {
        let written = fs::read("static/js/app.js").unwrap();
        let responses = [
            accepting("identity").await,
            accepting("br").await,
            accepting("gzip").await,
        ];
        let etags = responses.each_ref().map(|one| &one.headers()[header::ETAG]);
        assert!(etags[0] != etags[1] && etags[1] != etags[2] && etags[0] != etags[2]);
        let [plain, brotli, gzip] = responses.map(body);
        assert_eq!(plain.await, written);
        let mut decoded = Vec::new();
        GzDecoder::new(&gzip.await[..])
            .read_to_end(&mut decoded)
            .unwrap();
        assert_eq!(decoded, written);
        assert!(brotli.await.len() < written.len() / 2);
    }

    #[test]
    fn every_emoji_with_a_name_may_be_a_reaction() {
        let emoji = Assets::get("identity/emoji.json").unwrap().data;
        let named: Vec<(String, String)> = serde_json::from_slice(&emoji).unwrap();
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
                get(&address, &[]).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
}
