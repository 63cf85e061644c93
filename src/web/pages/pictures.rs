//! The forms for one's own picture.

use super::{people::answer, redirect_to};
use crate::{
    app::App,
    operations::pictures,
    web::{body::BodyLimit, error::Rejection, multipart::read_file, signed_in::SignedIn},
};
use axum::{
    extract::{Request, State},
    http::Uri,
    response::Response,
};
use std::sync::Arc;

/// Sets one's own picture.
pub async fn set_picture(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    request: Request,
) -> Result<Response, Rejection> {
    let bytes = read_file(request, BodyLimit::PICTURE).await?;
    let set = pictures::set_picture(&app, &visitor, bytes).await;
    let handle = visitor.signed_in()?.handle.clone();
    answer(&app, &visitor, &handle, &uri, set).await
}

/// Removes one's own picture.
pub async fn remove_picture(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
) -> Result<Response, Rejection> {
    pictures::remove_picture(&app, &visitor).await?;
    Ok(redirect_to("/people/me"))
}
