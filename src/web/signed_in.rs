//! The extractor for routes that require signing in.

use super::{body::BodyLimit, error::Rejection, extract::Visitor};
use crate::{app::App, error::Error, model::ids::UserId};
use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use std::{ops::Deref, sync::Arc};

/// A visitor who has signed in. Other requests are rejected: with 401 by the API, with a redirect to `/join` by a page.
///
/// Extractors run in the order of a handler's parameters, and the one that reads the body comes last. With this
/// parameter, a handler reads bodies of signed-in visitors only. Without it, bodies are limited to
/// [`BodyLimit::ANONYMOUS`].
#[derive(Clone, Debug)]
pub struct SignedIn {
    visitor: Visitor,
    /// Id of the visitor's account.
    pub id: UserId,
}

impl Deref for SignedIn {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await;
        let visitor = visitor.map_err(Rejection::into_response)?;
        let Some(id) = visitor.user.as_ref().map(|user| user.id) else {
            return Err(refuse(parts));
        };
        parts.extensions.insert(BodyLimit::SIGNED_IN);
        Ok(Self { visitor, id })
    }
}

fn refuse(parts: &Parts) -> Response {
    let path = parts.uri.path();
    if path.starts_with("/api/") {
        Rejection::from(Error::SignInNeeded).into_response()
    } else {
        redirect_to_join(page_of(&parts.method, path))
    }
}

/// Redirects to the page for joining, with `next` as the path to return to.
#[must_use]
pub fn redirect_to_join(next: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    Redirect::to(&format!("/join?{query}")).into_response()
}

/// Returns the page that a request is for, or the page with the form that sends it.
fn page_of<'a>(method: &Method, path: &'a str) -> &'a str {
    match path {
        _ if method.is_safe() => path,
        "/rooms" => "/rooms/new",
        _ if path.starts_with("/account/") => "/account",
        _ => path.rsplit_once('/').map_or("/", |(page, _)| page),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_page() {
        for (path, page) in [
            ("/rooms", "/rooms/new"),
            ("/rooms/general/messages", "/rooms/general"),
            ("/rooms/general/leave", "/rooms/general"),
            (
                "/rooms/general/messages/5/edit",
                "/rooms/general/messages/5",
            ),
            ("/account/name", "/account"),
            ("/account/sessions/x/end", "/account"),
        ] {
            assert_eq!(page_of(&Method::POST, path), page);
        }
        assert_eq!(page_of(&Method::GET, "/rooms/new"), "/rooms/new");
    }
}
