//! `/files/{file}/{name}`: a file of a message, for whoever may see the message at that moment.
//!
//! Pictures that were decoded, sound and video are shown. Everything else is a download, and nothing runs: the response
//! forbids scripts, and browsers must not guess another type.

use super::{
    error::Rejection,
    extract::{Path, Visitor},
    layers::Uncompressed,
    negotiation::is_known,
};
use crate::{
    app::App,
    error::{Error, Result},
    files::kind::{UNKNOWN, is_media, is_picture},
    operations::files::{StoredFile, find_file},
};
use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::{ops::Range, path::PathBuf, sync::Arc};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// Number of bytes that are read at once.
const READ_AT_ONCE: usize = 64 * 1024;
/// Nothing in a file runs, also if a browser shows it.
const CSP: &str =
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// What is sent of a file.
#[derive(Debug)]
pub struct Download {
    /// The path of the bytes.
    pub path: PathBuf,
    /// Their number.
    pub size: u64,
    /// Identifies the bytes.
    pub hash: String,
    /// Their media type.
    pub media_type: String,
    /// The name for a download; `None` if browsers show it.
    pub name: Option<String>,
}

/// Sends a file, or with the query `preview` the smaller picture of it. With `download`, browsers store it.
pub async fn show_file(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, _)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let file = find_file(&app, &visitor, &id).await?;
    let query = query.unwrap_or_default();
    let download = if query == "preview" {
        preview_of(&app, file)?
    } else {
        whole(&app, file, query == "download")
    };
    Ok(send(download, &headers).await?)
}

fn whole(app: &App, file: StoredFile, is_stored: bool) -> Download {
    let StoredFile { file, hash, .. } = file;
    let is_shown =
        is_media(&file.media_type) || is_picture(&file.media_type) && file.width.is_some();
    Download {
        path: app.files.path_of(&hash),
        size: file.size,
        hash,
        media_type: if is_shown {
            file.media_type
        } else {
            UNKNOWN.into()
        },
        name: (is_stored || !is_shown).then_some(file.name),
    }
}

fn preview_of(app: &App, file: StoredFile) -> Result<Download> {
    let preview = file.preview.ok_or(Error::NotFound)?;
    Ok(Download {
        path: app.files.path_of(&preview.hash),
        size: preview.size,
        hash: preview.hash,
        media_type: preview.media_type,
        name: None,
    })
}

/// Sends bytes, or the range of them that is requested.
pub async fn send(download: Download, headers: &HeaderMap) -> Result<Response> {
    let tag = format!("\"{}\"", &download.hash[..32]);
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match requested(headers, &tag, download.size) {
            Requested::Whole => bytes_of(&download, 0..download.size).await?,
            Requested::Part(range) => {
                let (first, last) = (range.start, range.end - 1);
                let mut response = bytes_of(&download, range).await?;
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                let range = format!("bytes {first}-{last}/{}", download.size);
                insert(&mut response, header::CONTENT_RANGE, &range);
                response
            }
            Requested::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                let range = format!("bytes */{}", download.size);
                insert(&mut response, header::CONTENT_RANGE, &range);
                response
            }
        }
    };
    insert(&mut response, header::ETAG, &tag);
    insert(&mut response, header::CACHE_CONTROL, "private, no-cache");
    insert(&mut response, header::CONTENT_SECURITY_POLICY, CSP);
    insert(&mut response, header::ACCEPT_RANGES, "bytes");
    insert(
        &mut response,
        header::CONTENT_DISPOSITION,
        &disposition(download.name.as_deref()),
    );
    response.extensions_mut().insert(Uncompressed);
    Ok(response)
}

async fn bytes_of(download: &Download, range: Range<u64>) -> Result<Response> {
    let mut file = tokio::fs::File::open(&download.path)
        .await
        .inspect_err(|error| tracing::error!(%error, "a file is missing in the folder of files"))?;
    file.seek(std::io::SeekFrom::Start(range.start)).await?;
    let length = range.end - range.start;
    let stream = ReaderStream::with_capacity(file.take(length), READ_AT_ONCE);
    let mut response = Body::from_stream(stream).into_response();
    insert(&mut response, header::CONTENT_TYPE, &download.media_type);
    insert(&mut response, header::CONTENT_LENGTH, &length.to_string());
    Ok(response)
}

/// Values of this program's own are valid in headers.
fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Returns the value of `Content-Disposition` (RFC 6266).
fn disposition(name: Option<&str>) -> String {
    let Some(name) = name else {
        return "inline".into();
    };
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
    let ascii: String = name
        .chars()
        .map(|c| if is_safe(c) { c } else { '_' })
        .collect();
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{name}")
}

/// What is requested of bytes.
#[derive(Debug, PartialEq, Eq)]
enum Requested {
    Whole,
    Part(Range<u64>),
    /// Something beyond their end.
    Nothing,
}

/// Returns what `Range` requests (RFC 9110, section 14). Several ranges are answered with everything, as are ranges of
/// other bytes than these.
fn requested(headers: &HeaderMap, tag: &str, size: u64) -> Requested {
    let is_same = |condition: &HeaderValue| condition.as_bytes() == tag.as_bytes();
    if !headers.get(header::IF_RANGE).is_none_or(is_same) {
        return Requested::Whole;
    }
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let Some((first, last)) = range
        .and_then(|range| range.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Requested::Whole;
    };
    let number = |digits: &str| digits.parse::<u64>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), None) if last.is_empty() => first..size,
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (None, Some(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return Requested::Whole,
    };
    if range.is_empty() {
        Requested::Nothing
    } else {
        Requested::Part(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &'static str) -> Requested {
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]);
        requested(&headers, "\"tag\"", 10)
    }

    #[test]
    fn a_range_is_a_part_of_what_is_there() {
        for (range, part) in [
            ("bytes=0-", 0..10),
            ("bytes=2-4", 2..5),
            ("bytes=9-99", 9..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
        ] {
            assert_eq!(of(range), Requested::Part(part), "{range}");
        }
        for range in ["bytes=10-", "bytes=99-100", "bytes=-0"] {
            assert_eq!(of(range), Requested::Nothing, "{range}");
        }
        for range in [
            "bytes=4-2",
            "bytes=0-1,3-4",
            "bytes=-",
            "lines=1-2",
            "bytes=a-b",
        ] {
            assert_eq!(of(range), Requested::Whole, "{range}");
        }
    }

    #[test]
    fn a_range_of_other_bytes_is_everything() {
        let headers = HeaderMap::from_iter([
            (header::RANGE, HeaderValue::from_static("bytes=2-4")),
            (header::IF_RANGE, HeaderValue::from_static("\"other\"")),
        ]);
        assert_eq!(requested(&headers, "\"tag\"", 10), Requested::Whole);
    }

    #[test]
    fn the_name_of_a_download_cannot_end_the_header() {
        let value = disposition(Some("a\"; b=图.txt"));
        assert_eq!(
            value,
            "attachment; filename=\"a__ b__.txt\"; filename*=UTF-8''a%22%3B%20b%3D%E5%9B%BE%2Etxt"
        );
    }
}
