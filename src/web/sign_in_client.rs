//! The extractor for clients that get a session or token.

use super::{error::Rejection, user_agent::label_of};
use crate::{auth::client::Client, model::change::SignInKind, operations::sign_in::SignInClient};
use axum::{extract::FromRequestParts, http::request::Parts};

/// A browser that gets a session.
#[derive(Clone, Debug)]
pub struct Browser(pub SignInClient);

/// A program that gets a token.
#[derive(Clone, Debug)]
pub struct Program(pub SignInClient);

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        client_of(parts, state, SignInKind::Session).await.map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Program {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        client_of(parts, state, SignInKind::Token).await.map(Self)
    }
}

async fn client_of<S: Sync>(
    parts: &mut Parts,
    state: &S,
    kind: SignInKind,
) -> Result<SignInClient, Rejection> {
    Ok(SignInClient {
        client: Client::from_request_parts(parts, state).await?,
        kind,
        label: label_of(&parts.headers),
    })
}
