//! The sender of a request: an account identified by a bearer token or session cookie, or a visitor.

use super::{cookies::session_cookies, secret::Secret};
use crate::{
    chat::policy::Identity,
    error::{Error, Result},
    event_log::{access::Reader, log::EventLog},
    model::{change::SecretHash, ids::UserId, role::Role, user::User},
};
use axum::http::{HeaderMap, header};

/// Maximum number of session cookies that are looked up per request. A browser sends several if they were set for
/// different paths or domains of a host.
const SESSIONS_MAX: usize = 8;

/// The sender of a request.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The account; `None` if not signed in.
    pub user: Option<User>,
    /// Hash of the token or session that identifies the account.
    pub secret_hash: Option<SecretHash>,
    /// Whether the sender may see open rooms without being a member.
    pub sees_open: bool,
}

impl Viewer {
    /// Identifies the sender of a request with these headers.
    ///
    /// A bearer token takes precedence over cookies, and is an error if it is not valid. Of several session cookies,
    /// the first valid one is used. Without a valid one the sender is not signed in, since the session has ended.
    pub async fn identify(log: &EventLog, headers: &HeaderMap) -> Result<Self> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let token = authorization.to_str().ok().and_then(bearer_token);
            let secret = token.and_then(Secret::parse).ok_or(Error::SignInNeeded)?;
            let viewer = Self::find(log, &secret).await?;
            return viewer.ok_or(Error::SignInNeeded);
        }
        let sessions = session_cookies(headers, &log.name);
        let secrets = sessions.iter().filter_map(|value| Secret::parse(value));
        for secret in secrets.take(SESSIONS_MAX) {
            if let Some(viewer) = Self::find(log, &secret).await? {
                return Ok(viewer);
            }
        }
        Ok(Self {
            sees_open: log.sees_open_rooms(None).await?,
            ..Self::default()
        })
    }

    async fn find(log: &EventLog, secret: &Secret) -> Result<Option<Self>> {
        let secret_hash = secret.hash();
        let Some(user) = log.find_account(&secret_hash).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            sees_open: log.sees_open_rooms(Some(user.role)).await?,
            user: Some(user),
            secret_hash: Some(secret_hash),
        }))
    }

    /// Returns the account, or [`Error::SignInNeeded`].
    pub fn signed_in(&self) -> Result<&User> {
        self.user.as_ref().ok_or(Error::SignInNeeded)
    }

    /// Returns the id of the account; `None` if not signed in.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user.as_ref().map(|user| user.id)
    }

    /// Returns what the account may do on the server; `None` if not signed in.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.user.as_ref().map(|user| user.role)
    }

    /// Returns the account and its role, for the policy; `None` if not signed in.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        let user = self.user.as_ref()?;
        Some(Identity {
            user: user.id,
            role: user.role,
        })
    }

    /// Returns the viewer as a reader of the event log.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader {
            user: self.user_id(),
            secret: self.secret_hash.clone(),
            sees_open: self.sees_open,
        }
    }
}

/// Parses a bearer token (RFC 6750, section 2.1). The scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
