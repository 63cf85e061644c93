//! `/api/v1/me/picture`: the picture of the caller, and those of others.

use crate::{
    app::App,
    operations::pictures,
    web::{
        body::{BodyLimit, read_bytes},
        error::Rejection,
        extract::{Path, Visitor},
        files::{Download, send},
        signed_in::SignedIn,
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use std::sync::Arc;

/// Sets the picture of the caller. The body is a picture of any type that is shown.
pub async fn set_picture(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let bytes = read_bytes(request.into_body(), BodyLimit::PICTURE).await?;
    pictures::set_picture(&app, &visitor, bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the picture of the caller.
pub async fn remove_picture(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
) -> Result<StatusCode, Rejection> {
    pictures::remove_picture(&app, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the picture of a person.
pub async fn show_picture(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let picture = pictures::find_picture(&app, &visitor, &handle).await?;
    let download = Download {
        path: app.files.path_of(&picture.hash),
        size: picture.size,
        hash: picture.hash,
        media_type: picture.media_type,
        name: None,
    };
    Ok(send(download, &headers).await?)
}
