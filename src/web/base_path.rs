//! The path below which the server is reached, removed from requests and added to responses.
//!
//! Routes and templates do not know the path, and neither do the paths in forms (`next`). The addresses in pages and
//! scripts are relative to the `<base>` of `templates/base.html`. `Location` is completed here. Bodies of the API, which
//! programs read, name addresses in full: handlers add [`App::base`](crate::app::App::base).

use super::error::Rejection;
use crate::{config::base_path::BasePath, error::Error};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use tower::ServiceExt as _;
use tower_http::validate_request::ValidateRequest;

tokio::task_local! {
    /// The base path of the server that answers the current request.
    static BASE: BasePath;
}

/// Returns the address for `<base>` in the pages of the current request, with a slash at its end.
#[must_use]
pub fn base_href() -> String {
    let base = BASE.try_with(|base| base.join("/"));
    base.unwrap_or_else(|_| "/".into())
}

/// Returns the routes as they are reached below a base path.
pub fn mount(base: BasePath, routes: Router) -> Router {
    if base.is_root() {
        return routes;
    }
    Router::new().fallback(async move |request: Request<Body>| answer(base, routes, request).await)
}

/// Where a request is, if it is not below the base path.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// At the base path itself, without a slash at its end.
    Edge,
    /// Elsewhere on the host.
    Outside,
}

async fn answer(base: BasePath, routes: Router, mut request: Request<Body>) -> Response {
    match base.strip(request.uri().path()) {
        None => drop(request.extensions_mut().insert(Place::Outside)),
        Some("") => drop(request.extensions_mut().insert(Place::Edge)),
        Some(path) => match with_path(request.uri(), path) {
            Some(uri) => *request.uri_mut() = uri,
            None => drop(request.extensions_mut().insert(Place::Outside)),
        },
    }
    let answered = BASE.scope(base.clone(), routes.oneshot(request)).await;
    let mut response = answered.into_response();
    add_base(&base, response.headers_mut());
    response
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}").parse(),
        None => path.parse(),
    };
    parts.path_and_query = path_and_query.ok();
    Uri::from_parts(parts).ok()
}

/// Adds the base path to the target of a redirect, or of a thing that was made.
fn add_base(base: &BasePath, headers: &mut HeaderMap) {
    let location = headers.get(header::LOCATION);
    let path = location.and_then(|location| location.to_str().ok());
    let path = path.filter(|path| path.starts_with('/'));
    if let Some(Ok(location)) = path.map(|path| HeaderValue::try_from(base.join(path))) {
        headers.insert(header::LOCATION, location);
    }
}

/// Leads requests for the base path itself to the first page, and answers those outside of it with 404.
#[derive(Clone, Copy, Debug)]
pub struct BelowBase;

impl<B> ValidateRequest<B> for BelowBase {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut Request<B>) -> Result<(), Response> {
        match request.extensions().get() {
            None => Ok(()),
            Some(Place::Edge) => {
                let query = request.uri().query();
                let target = query.map_or("/".into(), |query| format!("/?{query}"));
                Err(Redirect::temporary(&target).into_response())
            }
            Some(Place::Outside) => Err(Rejection::from(Error::NotFound).into_response()),
        }
    }
}
