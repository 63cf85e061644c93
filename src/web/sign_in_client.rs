//! The extractors for clients that get a session or token, and the cookies that browsers get.

use super::{error::Rejection, user_agent::label_of};
use crate::{
    app::App,
    auth::{client::Client, cookies::ServerCookies, oidc::pending::PENDING_FOR, secret::Secret},
    model::change::SignInKind,
    operations::sign_in::{SignInClient, SignedInAs},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use std::sync::Arc;

/// Browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
pub const COOKIE_AGE: time::Duration = time::Duration::days(400);

/// A browser that gets a session.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The client.
    pub client: SignInClient,
    /// The secret by which the browser is recognised when it comes back from an OpenID provider.
    pub provider: Option<Secret>,
    /// The cookies of the server.
    cookies: ServerCookies,
    /// Whether the browser reaches the server over TLS.
    is_secure: bool,
}

/// A program that gets a token.
#[derive(Clone, Debug)]
pub struct Program(pub SignInClient);

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let client = client_of(parts, app, SignInKind::Session).await?;
        let is_secure = app.is_reached_by_tls(Some(&client.client));
        let device = app.cookies.device_secret(&parts.headers, is_secure);
        let provider = app.cookies.provider_secret(&parts.headers, is_secure);
        Ok(Self {
            is_secure,
            client: SignInClient { device, ..client },
            provider,
            cookies: app.cookies.clone(),
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
        let name = self.cookies.session_name(self.is_secure);
        headers.append(
            header::SET_COOKIE,
            self.secret(&name, &signed_in.secret, COOKIE_AGE)?,
        );
        Ok(headers)
    }

    /// Returns the headers by which the browser is recognised at its next sign-in.
    pub fn device_cookie(&self, device: Option<&Secret>) -> Result<HeaderMap, Rejection> {
        let mut headers = HeaderMap::new();
        if let Some(device) = device {
            let name = self.cookies.device_name(self.is_secure);
            headers.append(header::SET_COOKIE, self.secret(&name, device, COOKIE_AGE)?);
        }
        Ok(headers)
    }

    /// Returns the headers by which the browser is recognised when it comes back from an OpenID provider.
    pub fn provider_cookie(&self, secret: &Secret) -> Result<HeaderMap, Rejection> {
        let name = self.cookies.provider_name(self.is_secure);
        let age = time::Duration::try_from(PENDING_FOR).map_err(std::io::Error::other)?;
        let cookie = self.secret(&name, secret, age)?;
        Ok(HeaderMap::from_iter([(header::SET_COOKIE, cookie)]))
    }

    fn secret(
        &self,
        name: &str,
        secret: &Secret,
        age: time::Duration,
    ) -> Result<HeaderValue, Rejection> {
        let value = secret.reveal();
        header_value(self.cookies.set(name, value, self.is_secure, age))
    }
}

/// Returns a text as the value of a header.
pub fn header_value(text: String) -> Result<HeaderValue, Rejection> {
    Ok(HeaderValue::try_from(text).map_err(std::io::Error::other)?)
}

/// Returns the headers that remove the session cookie. It may have been set over TLS or without.
pub fn removed_session(cookies: &ServerCookies) -> Result<HeaderMap, Rejection> {
    let mut headers = HeaderMap::new();
    for is_secure in [false, true] {
        let name = cookies.session_name(is_secure);
        let removed = cookies.set(&name, "", is_secure, time::Duration::ZERO);
        headers.append(header::SET_COOKIE, header_value(removed)?);
    }
    Ok(headers)
}
