//! `/files`: resumable uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>), with the extensions creation,
//! creation-with-upload, termination and expiration.

use crate::{
    app::App,
    error::{Error, Result},
    fault::Fault,
    operations::uploads::{self, Progress},
    web::{
        body::BODY_TIMEOUT,
        error::Rejection,
        extract::Path,
        signed_in::SignedIn,
        tus_headers::{TUS_RESUMABLE, TUS_VERSION},
    },
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use tokio::time::timeout;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration";
/// The media type of a piece.
pub const PIECE: &str = "application/offset+octet-stream";
/// Maximum length of `Upload-Metadata` in bytes.
const METADATA_MAX: usize = 4096;

const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// Adds the version of the protocol to a response.
pub async fn add_version(mut response: Response) -> Response {
    let version = HeaderValue::from_static(VERSION);
    response.headers_mut().insert(TUS_RESUMABLE, version);
    response
}

/// Tells what the server supports.
pub async fn show_support(State(app): State<Arc<App>>) -> impl IntoResponse {
    let headers = [
        (TUS_VERSION, HeaderValue::from_static(VERSION)),
        (TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS)),
        (TUS_MAX_SIZE, app.quotas.file.into()),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// Begins an upload. The request may have its first piece as its body.
pub async fn begin_upload(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    request: Request,
) -> Result<Response, Rejection> {
    let headers = request.headers();
    check_version(headers)?;
    let size = number_of(headers, &UPLOAD_LENGTH, "upload_length")?;
    let name = name_of(headers)?;
    let has_piece = headers.contains_key(header::CONTENT_TYPE);
    if has_piece {
        check_type(headers)?;
    }
    let begun = uploads::begin_upload(&app, &visitor, &name, size).await?;
    let id = begun.upload.id.clone();
    let progress = if has_piece && size > 0 {
        let pieces = pieces(request.into_body());
        uploads::append(&app, &visitor, id.as_str(), 0, pieces).await?
    } else {
        begun
    };
    let location = [(header::LOCATION, format!("/files/{id}"))];
    Ok((StatusCode::CREATED, location, state_of(&progress)).into_response())
}

/// Tells how much of an upload is stored.
pub async fn show_upload(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(upload): Path<String>,
) -> Result<Response, Rejection> {
    let progress = uploads::find_upload(&app, &visitor, &upload).await?;
    let length = [(UPLOAD_LENGTH, HeaderValue::from(progress.upload.size))];
    Ok((length, state_of(&progress)).into_response())
}

/// Appends a piece to an upload.
pub async fn append(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(upload): Path<String>,
    request: Request,
) -> Result<Response, Rejection> {
    let headers = request.headers();
    check_version(headers)?;
    check_type(headers)?;
    let offset = number_of(headers, &UPLOAD_OFFSET, "upload_offset")?;
    let pieces = pieces(request.into_body());
    let progress = uploads::append(&app, &visitor, &upload, offset, pieces).await?;
    if progress.is_cut {
        return Err(Rejection::TooSlow);
    }
    Ok((StatusCode::NO_CONTENT, state_of(&progress)).into_response())
}

/// Deletes an upload.
pub async fn cancel_upload(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(upload): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Rejection> {
    check_version(&headers)?;
    uploads::cancel_upload(&app, &visitor, &upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn state_of(progress: &Progress) -> [(HeaderName, HeaderValue); 2] {
    let expires = httpdate::fmt_http_date(progress.upload.expires_at().to_utc().into());
    [
        (UPLOAD_OFFSET, progress.offset.into()),
        // A date has ASCII characters only.
        (
            UPLOAD_EXPIRES,
            HeaderValue::try_from(expires).unwrap_or(HeaderValue::from_static("0")),
        ),
    ]
}

fn check_version(headers: &HeaderMap) -> Result<(), Rejection> {
    let is_known = |version: &HeaderValue| version == VERSION;
    if headers.get(TUS_RESUMABLE).is_some_and(is_known) {
        Ok(())
    } else {
        Err(Rejection::UnsupportedVersion(VERSION))
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Rejection> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Rejection::UnsupportedEncoding);
    }
    let is_piece = |media_type: &HeaderValue| media_type.as_bytes() == PIECE.as_bytes();
    if headers.get(header::CONTENT_TYPE).is_some_and(is_piece) {
        Ok(())
    } else {
        Err(Rejection::UnsupportedType(PIECE))
    }
}

/// Returns the number in a header that is needed.
fn number_of(headers: &HeaderMap, name: &HeaderName, field: &'static str) -> Result<u64> {
    let mut values = headers.get_all(name).iter();
    let (value, another) = (values.next(), values.next());
    let value = value.ok_or_else(|| Error::invalid(field, Fault::Required))?;
    let is_number = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let digits = value.to_str().ok().filter(is_number);
    let number = digits.and_then(|digits| digits.parse().ok());
    let number = number.filter(|_| another.is_none());
    number.ok_or_else(|| {
        let (min, max) = (0, i64::MAX.unsigned_abs());
        Error::invalid(field, Fault::OutOfRange { min, max })
    })
}

/// Returns the name of the file in `Upload-Metadata`: pairs of a key and a value in Base64, separated by commas.
fn name_of(headers: &HeaderMap) -> Result<String, Rejection> {
    let malformed = || Rejection::Malformed("Upload-Metadata cannot be parsed.".into());
    let Some(metadata) = headers.get(HeaderName::from_static("upload-metadata")) else {
        return Ok(String::new());
    };
    let metadata = metadata.to_str().map_err(|_| malformed())?;
    if metadata.len() > METADATA_MAX {
        return Err(malformed());
    }
    let pairs = metadata.split(',').map(|pair| {
        let pair = pair.trim();
        pair.split_once(' ').unwrap_or((pair, ""))
    });
    let mut names = pairs.filter(|(key, _)| ["filename", "name"].contains(key));
    let Some((_, name)) = names.next() else {
        return Ok(String::new());
    };
    let name = STANDARD.decode(name.trim()).map_err(|_| malformed())?;
    String::from_utf8(name).map_err(|_| malformed())
}

/// Returns the bytes of a body as they arrive, and `None` at its end if it breaks off or pauses too long.
fn pieces(body: Body) -> impl Stream<Item = Option<Bytes>> {
    unfold(Some(body), |body| async {
        let mut body = body?;
        loop {
            match timeout(BODY_TIMEOUT, body.frame()).await {
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        return Some((Some(data), Some(body)));
                    }
                }
                Ok(None) => return None,
                Ok(Some(Err(_))) | Err(_) => return Some((None, None)),
            }
        }
    })
}
