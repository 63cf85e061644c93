//! The extractor for routes that require signing in.

use super::{body::BodyLimit, error::Rejection, extract::Visitor, sign_in_needed::refuse};
use crate::{app::App, model::ids::UserId};
use axum::{extract::FromRequestParts, http::request::Parts};
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
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let Some(id) = visitor.user.as_ref().map(|user| user.id) else {
            return Err(refuse(parts));
        };
        parts.extensions.insert(BodyLimit::SIGNED_IN);
        Ok(Self { visitor, id })
    }
}
