//! The site of `--http-redirect`, which leads every request to the same path over TLS.

use super::{
    error::{Rejection, render_problems},
    hosts::HostNames,
};
use axum::{
    Router,
    extract::Request,
    http::header,
    middleware::from_fn,
    response::{IntoResponse as _, Redirect, Response},
};
use tower_http::validate_request::ValidateRequestHeaderLayer;
use url::Url;

/// Returns the router. Requests are led to `public`, if it is given, or else to `port` of the host that they name.
pub fn routes(names: HostNames, public: Option<Url>, port: u16) -> Router {
    let public = public.filter(|url| url.scheme() == "https");
    let redirect = async move |request: Request| redirect(&request, public.as_ref(), port);
    Router::new()
        .fallback(redirect)
        .layer(ValidateRequestHeaderLayer::custom(names))
        .layer(from_fn(render_problems))
}

/// Redirects with 308, so that a form is sent again with its method and body.
fn redirect(request: &Request, public: Option<&Url>, port: u16) -> Response {
    let target = match public {
        Some(url) => Some(url.clone()),
        None => named_site(request, port),
    };
    match target {
        Some(mut target) => {
            // Not by joining: `//other.example` would be another site.
            target.set_path(request.uri().path());
            target.set_query(request.uri().query());
            Redirect::permanent(target.as_str()).into_response()
        }
        None => Rejection::Malformed("The request does not name its host.".into()).into_response(),
    }
}

/// Returns the site of the host that a request names, whose form was checked.
fn named_site(request: &Request, port: u16) -> Option<Url> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let mut url = Url::parse(&format!("https://{host}/")).ok()?;
    url.set_port(Some(port)).ok()?;
    Some(url)
}
