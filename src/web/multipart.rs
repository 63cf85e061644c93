//! Forms with files (RFC 7578), as pages without scripts send them. Files are uploaded as they arrive.

use super::{
    body::{BODY_TIMEOUT, BodyLimit},
    error::Rejection,
};
use crate::{
    app::App,
    auth::viewer::Viewer,
    model::file::{ATTACHMENTS_MAX, FileId},
    operations::uploads::receive_file,
};
use axum::{
    extract::Request,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use multer::{Field, Multipart};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::timeout;

/// Returns whether a request is a form with files.
#[must_use]
pub fn is_multipart(headers: &HeaderMap) -> bool {
    boundary_of(headers).is_some()
}

fn boundary_of(headers: &HeaderMap) -> Option<String> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(media_type).ok()
}

/// Reads a form of which `files` are uploads of the viewer. Their ids become the field `attachments`.
pub async fn read_form_with_files<T: DeserializeOwned>(
    app: &App,
    viewer: &Viewer,
    request: Request,
) -> Result<T, Rejection> {
    let boundary = boundary_of(request.headers()).ok_or_else(malformed)?;
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    let length = length.unwrap_or(u64::MAX);
    let mut form = Multipart::new(request.into_body().into_data_stream(), boundary);
    let (mut fields, mut files) = (Map::new(), Vec::new());
    while let Some(field) = next_field(&mut form).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        match file {
            None => {
                let text = read_text(field).await?;
                if !text.is_empty() {
                    fields.insert(name, text.into());
                }
            }
            // Without a file, browsers send one without a name.
            Some(file) if file.is_empty() => drop(field),
            Some(_) if files.len() == ATTACHMENTS_MAX => {
                return Err(Rejection::TooLarge(BodyLimit::SIGNED_IN.bytes()));
            }
            Some(file) => {
                let id: FileId = receive_file(app, viewer, &file, length, pieces(field)).await?;
                files.push(Value::from(id.as_str()));
            }
        }
    }
    fields.insert("attachments".into(), files.into());
    serde_json::from_value(Value::Object(fields)).map_err(|_| malformed())
}

/// Reads the file of a form with one; nothing if none was chosen.
pub async fn read_file(request: Request, limit: BodyLimit) -> Result<Vec<u8>, Rejection> {
    let boundary = boundary_of(request.headers()).ok_or_else(malformed)?;
    let mut form = Multipart::new(request.into_body().into_data_stream(), boundary);
    while let Some(field) = next_field(&mut form).await? {
        if field.file_name().is_some() {
            return collect(field, limit).await;
        }
    }
    Ok(Vec::new())
}

async fn next_field(form: &mut Multipart<'static>) -> Result<Option<Field<'static>>, Rejection> {
    let next = timeout(BODY_TIMEOUT, form.next_field()).await;
    next.map_err(|_| Rejection::TooSlow)?
        .map_err(|_| malformed())
}

async fn read_text(field: Field<'static>) -> Result<String, Rejection> {
    let text = collect(field, BodyLimit::SIGNED_IN).await?;
    String::from_utf8(text).map_err(|_| malformed())
}

async fn collect(mut field: Field<'static>, limit: BodyLimit) -> Result<Vec<u8>, Rejection> {
    let limit = limit.bytes();
    let mut bytes = Vec::new();
    loop {
        let chunk = timeout(BODY_TIMEOUT, field.chunk()).await;
        let chunk = chunk.map_err(|_| Rejection::TooSlow)?;
        let Some(chunk) = chunk.map_err(|_| malformed())? else {
            return Ok(bytes);
        };
        if bytes.len() + chunk.len() > limit {
            return Err(Rejection::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// Returns the bytes of a file as they arrive, and `None` at its end if it breaks off or pauses too long.
fn pieces(field: Field<'static>) -> impl Stream<Item = Option<Bytes>> {
    unfold(Some(field), |field| async {
        let mut field = field?;
        match timeout(BODY_TIMEOUT, field.chunk()).await {
            Ok(Ok(Some(bytes))) => Some((Some(bytes), Some(field))),
            Ok(Ok(None)) => None,
            Ok(Err(_)) | Err(_) => Some((None, None)),
        }
    })
}

fn malformed() -> Rejection {
    Rejection::Malformed("The form cannot be parsed.".into())
}
