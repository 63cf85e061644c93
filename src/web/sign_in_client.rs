//! The extractors for clients that get a session or token, and the cookies that browsers get.

use super::{error::Rejection, user_agent::label_of};
use crate::{
    app::App,
    auth::{
        client::Client,
        cookies::{device_cookie_name, device_secret, session_cookie_name},
        secret::Secret,
    },
    model::change::SignInKind,
    operations::sign_in::{SignInClient, SignedInAs},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use std::sync::Arc;

/// Browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
pub const COOKIE_AGE: time::Duration = time::Duration::days(400);

/// A browser that gets a session.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The client.
    pub client: SignInClient,
    /// The name of the server's log.
    log: String,
    /// Whether the browser reaches the server over TLS.
    is_secure: bool,
}

/// A program that gets a token.
#[derive(Clone, Debug)]
pub struct Program(pub SignInClient);

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let log = app.log.name.clone();
        let device = device_secret(&parts.headers, &log);
        let client = client_of(parts, app, SignInKind::Session).await?;
        Ok(Self {
            is_secure: client.client.is_tls || app.is_public_tls(),
            client: SignInClient { device, ..client },
            log,
        })
    }
}

impl FromRequestParts<Arc<App>> for Program {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        client_of(parts, app, SignInKind::Token).await.map(Self)
    }
}

async fn client_of(
    parts: &mut Parts,
    app: &Arc<App>,
    kind: SignInKind,
) -> Result<SignInClient, Rejection> {
    Ok(SignInClient {
        client: Client::from_request_parts(parts, app).await?,
        kind,
        label: label_of(&parts.headers),
        device: None,
    })
}

impl Browser {
    /// Returns the headers that give the browser its session.
    pub fn session_cookies(&self, signed_in: &SignedInAs) -> Result<HeaderMap, Rejection> {
        let mut headers = self.device_cookie(signed_in.device.as_ref())?;
        let session = session_cookie_name(&self.log, self.is_secure);
        let cookie = secret_cookie(&session, &signed_in.secret, self.is_secure)?;
        headers.append(header::SET_COOKIE, cookie);
        Ok(headers)
    }

    /// Returns the headers by which the browser is recognised at its next sign-in.
    pub fn device_cookie(&self, device: Option<&Secret>) -> Result<HeaderMap, Rejection> {
        let mut headers = HeaderMap::new();
        if let Some(device) = device {
            let name = device_cookie_name(&self.log, self.is_secure);
            let cookie = secret_cookie(&name, device, self.is_secure)?;
            headers.append(header::SET_COOKIE, cookie);
        }
        Ok(headers)
    }
}

fn secret_cookie(name: &str, secret: &Secret, is_secure: bool) -> Result<HeaderValue, Rejection> {
    let cookie = Cookie::build((name, secret.reveal()))
        .path("/")
        .http_only(true)
        .secure(is_secure)
        .same_site(SameSite::Lax)
        .max_age(COOKIE_AGE)
        .to_string();
    Ok(HeaderValue::from_str(&cookie).map_err(std::io::Error::other)?)
}

/// Returns the headers that remove the session cookie. It may have been set over TLS or without.
pub fn removed_session(log: &str) -> Result<HeaderMap, Rejection> {
    let mut headers = HeaderMap::new();
    for is_secure in [false, true] {
        let cookie = Cookie::build((session_cookie_name(log, is_secure), ""))
            .path("/")
            .secure(is_secure)
            .max_age(time::Duration::ZERO)
            .to_string();
        let cookie = HeaderValue::from_str(&cookie).map_err(std::io::Error::other)?;
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(headers)
}
