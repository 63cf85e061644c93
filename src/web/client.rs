//! The extractor for the client of a request.

use super::error::Rejection;
use crate::{auth::client::Client, error::Error};
use axum::{extract::FromRequestParts, http::request::Parts};

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let client = parts.extensions.get().copied();
        let mistake = Error::Internal("the request does not say where it comes from");
        client.ok_or(mistake.into())
    }
}
