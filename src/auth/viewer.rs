//! The sender of a request: an account identified by a bearer token or session cookie, or a visitor.

use super::secret::Secret;
use crate::{
    chat::policy::{Identity, is_admin},
    error::{Error, Result},
    event_log::{access::Reader, log::EventLog},
    model::{
        change::{Principal, Requester, SecretHash, SignInKind},
        grant::Grant,
        identity::ExternalIdentity,
        ids::{EventId, UserId},
        role::Role,
        session::Account,
        time::Timestamp,
        user::User,
    },
};
use axum::http::{HeaderMap, HeaderValue, header};
use std::{net::IpAddr, time::Duration};

/// Maximum number of session cookies that are looked up per request. A browser sends several if they were set for
/// different paths or domains of a host.
const SESSIONS_MAX: usize = 8;

/// The sender of a request.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The account; `None` if not signed in.
    pub user: Option<User>,
    /// Hash of the token or session that identifies the account, or of the identity that a proxy names.
    pub secret_hash: Option<SecretHash>,
    /// What the token or session may be used for.
    pub grant: Grant,
    /// The time from which the token is not valid any more.
    pub expires_at: Option<Timestamp>,
    /// Whether the sender may see open rooms without being a member.
    pub sees_open: bool,
    /// Whether a trusted proxy has signed the sender in, who has no session then.
    pub is_proxied: bool,
    /// The address of the client.
    pub address: Option<IpAddr>,
}

/// How long sessions and tokens are valid.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// The current time.
    pub now: Timestamp,
    /// A session ends this long after its last use.
    pub idle: Duration,
}

impl Viewer {
    /// Identifies the sender of a request with these headers, whose session cookies have these values.
    ///
    /// A bearer token takes precedence over cookies, and is an error if it is not valid. Of several session cookies,
    /// the first valid one is used. Without a valid one the sender is not signed in, since the session has ended. The
    /// secret of a session is not accepted as a token, and that of a token not as a session.
    pub async fn identify(
        log: &EventLog,
        headers: &HeaderMap,
        sessions: &[String],
        valid: Validity,
    ) -> Result<Self> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let secret = token_of(authorization).ok_or(Error::SignInNeeded)?;
            let viewer = Self::find(log, &secret, SignInKind::Token, valid).await?;
            return viewer.ok_or(Error::SignInNeeded);
        }
        let secrets = sessions.iter().filter_map(|value| Secret::parse(value));
        for secret in secrets.take(SESSIONS_MAX) {
            if let Some(viewer) = Self::find(log, &secret, SignInKind::Session, valid).await? {
                return Ok(viewer);
            }
        }
        Ok(Self {
            sees_open: log.sees_open_rooms(None).await?,
            ..Self::default()
        })
    }

    async fn find(
        log: &EventLog,
        secret: &Secret,
        kind: SignInKind,
        Validity { now, idle }: Validity,
    ) -> Result<Option<Self>> {
        let secret_hash = secret.hash();
        let account = log.find_account(&secret_hash).await?;
        let is_valid =
            |account: &Account| account.kind == Some(kind) && !account.is_expired(now, idle);
        let Some(account) = account.filter(is_valid) else {
            return Ok(None);
        };
        if account.last_use.note(now) {
            log.session_uses.note(&secret_hash, now);
        }
        Ok(Some(Self {
            sees_open: log.sees_open_rooms(Some(account.user.role)).await?,
            user: Some(account.user),
            secret_hash: Some(secret_hash),
            grant: account.grant,
            expires_at: account.expires_at,
            is_proxied: false,
            address: None,
        }))
    }

    /// Returns the sender whom a trusted proxy has signed in; `None` if the identity has no account, or a disabled one.
    pub async fn find_proxied(log: &EventLog, identity: &ExternalIdentity) -> Result<Option<Self>> {
        let Some(account) = log.find_account(&identity.key_hash).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            sees_open: log.sees_open_rooms(Some(account.user.role)).await?,
            user: Some(account.user),
            secret_hash: Some(identity.key_hash.clone()),
            grant: account.grant,
            expires_at: account.expires_at,
            is_proxied: true,
            address: None,
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

    /// Returns the viewer as the requester of a change, or [`Error::SignInNeeded`].
    pub fn requester(&self) -> Result<Requester> {
        Ok(Requester {
            by: Principal::User(self.signed_in()?.id),
            address: self.address,
        })
    }

    /// Returns whether the viewer administers the server.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        is_admin(self.role())
    }

    /// Returns the viewer as a reader of the event log.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader {
            user: self.user_id(),
            secret: self.secret_hash.clone().map(Box::new),
            sees_open: self.sees_open,
            view_since: self
                .user
                .as_ref()
                .map_or(EventId::EARLIEST, |user| user.view_since),
        }
    }
}

/// Returns whether a request has a token of this server, valid or not.
#[must_use]
pub fn has_token(headers: &HeaderMap) -> bool {
    let authorization = headers.get(header::AUTHORIZATION);
    authorization.and_then(token_of).is_some()
}

fn token_of(authorization: &HeaderValue) -> Option<Secret> {
    let token = authorization.to_str().ok().and_then(bearer_token);
    token.and_then(Secret::parse)
}

/// Parses a bearer token (RFC 6750, section 2.1). The scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
