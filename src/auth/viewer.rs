//! The viewer of a request: nobody, or an account, by a cookie or a bearer token.

use super::secret::Secret;
use crate::{
    error::{Error, Result},
    event_log::{access::Reader, known::Known},
    model::{change::SecretHash, user::User},
};
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;

/// The name of the session cookie.
pub const COOKIE: &str = "backscroll";

/// Who is asking.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// Their account; `None`: somebody who has not joined.
    pub user: Option<User>,
    /// Of the secret by which they are known.
    pub secret_hash: Option<SecretHash>,
}

impl Viewer {
    /// Who sends these headers. A bearer token counts before a cookie; one that is not valid is an error, a
    /// cookie that is not valid is nobody: its session has ended.
    pub async fn identify(known: &Known, headers: &HeaderMap) -> Result<Self> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let token = authorization.to_str().ok().and_then(bearer_token);
            let secret = token.and_then(Secret::parse).ok_or(Error::SignInNeeded)?;
            let viewer = Self::find(known, &secret).await?;
            return viewer.ok_or(Error::SignInNeeded);
        }
        let jar = CookieJar::from_headers(headers);
        match jar
            .get(COOKIE)
            .and_then(|cookie| Secret::parse(cookie.value()))
        {
            Some(secret) => Ok(Self::find(known, &secret).await?.unwrap_or_default()),
            None => Ok(Self::default()),
        }
    }

    async fn find(known: &Known, secret: &Secret) -> Result<Option<Self>> {
        let secret_hash = secret.hash();
        let user = known.user(&secret_hash).await?;
        Ok(user.map(|user| Self {
            user: Some(user),
            secret_hash: Some(secret_hash),
        }))
    }

    /// Their account, or an error that says to sign in.
    pub fn signed_in(&self) -> Result<&User> {
        self.user.as_ref().ok_or(Error::SignInNeeded)
    }

    /// As the log knows them.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader {
            user: self.user.as_ref().map(|user| user.id),
            secret: self.secret_hash.clone(),
        }
    }
}

/// RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
