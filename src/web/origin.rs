//! The address under which a client reaches the server, for links that are opened elsewhere.

use super::error::Rejection;
use crate::{
    app::App,
    auth::{client::Client, passkeys::RelyingParty, secret::Secret},
    config::base_path::BasePath,
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, uri::Authority},
};
use std::sync::Arc;

/// The scheme, host and port of the public address, or else those of the request.
#[derive(Clone, Debug)]
pub struct Origin {
    origin: String,
    base: BasePath,
}

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let base = app.base.clone();
        if let Some(public) = &app.public_url {
            let origin = public.origin().ascii_serialization();
            return Ok(Self { origin, base });
        }
        let client = Client::from_request_parts(parts, app).await?;
        let scheme = if client.is_tls { "https" } else { "http" };
        // The host was validated before. HTTP/2 has it in the target.
        let authority = parts.uri.authority().map(Authority::as_str);
        let host = parts.headers.get(header::HOST);
        let host = authority.or(host.and_then(|host| host.to_str().ok()));
        let origin = format!("{scheme}://{}", host.unwrap_or("localhost"));
        Ok(Self { origin, base })
    }
}

impl Origin {
    /// Returns the address of a path of this server.
    #[must_use]
    pub fn address_of(&self, path: &str) -> String {
        let Self { origin, base } = self;
        format!("{origin}{base}{path}")
    }

    /// Returns the server as authenticators know it; `None` if there are no passkeys at this address.
    #[must_use]
    pub fn relying_party(&self, app: &App) -> Option<RelyingParty> {
        match &app.public_url {
            Some(public) => RelyingParty::of_public(public),
            None => RelyingParty::of_request(&self.origin),
        }
    }

    /// Returns the address of a one-time link by which a new password is set.
    #[must_use]
    pub fn password_link(&self, secret: &Secret) -> String {
        self.address_of(&format!("/sign-in/{}", secret.reveal()))
    }

    /// Returns the address of the page on which an invitation is redeemed.
    #[must_use]
    pub fn invite_link(&self, secret: &Secret) -> String {
        self.address_of(&format!("/invite/{}", secret.reveal()))
    }

    /// Returns the address of a one-time link that signs in.
    #[must_use]
    pub fn device_link(&self, secret: &Secret) -> String {
        self.address_of(&format!("/device/{}", secret.reveal()))
    }
}
