//! The pages. Each works without a script; what a form sends is answered with 303 or with the page again.

pub mod account;
pub mod join;
pub mod messages;
pub mod room;
pub mod rooms;

use crate::web::error::{OwnPage, Rejection};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

const VARY: [(header::HeaderName, &str); 1] = [(header::VARY, "accept-language, cookie")];

/// Renders a page, which depends on the reader and their language.
fn page(status: StatusCode, page: &impl Template) -> Result<Response, Rejection> {
    let html = page.render().map_err(std::io::Error::other)?;
    let mut response = (status, VARY, Html(html)).into_response();
    response.extensions_mut().insert(OwnPage);
    Ok(response)
}

/// Go there, by GET.
fn see(address: &str) -> Response {
    Redirect::to(address).into_response()
}
