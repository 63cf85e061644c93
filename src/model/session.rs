//! Sessions and tokens: who is signed in by a secret, for how long, and what for.

use super::{grant::Grant, sign_in::SignInKind, time::Timestamp, user::User};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// The use of a session or token is noted once in this time, in milliseconds.
const NOTED_EVERY: i64 = 60 * 60 * 1000;

/// The account of a session or token.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub user: User,
    /// How the secret is sent; `None` if there is none, but a proxy names the person with each request.
    pub kind: Option<SignInKind>,
    /// What the secret may be used for.
    pub grant: Grant,
    /// The time from which the secret is not valid any more.
    pub expires_at: Option<Timestamp>,
    /// The last use.
    pub last_use: LastUse,
}

impl Account {
    /// Returns whether the secret is not valid any more. A session also ends `idle` after its last use.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp, idle: Duration) -> bool {
        let is_over = self.expires_at.is_some_and(|expires_at| expires_at <= now);
        is_over || self.kind == Some(SignInKind::Session) && self.last_use.at() < now.before(idle)
    }
}

/// The time of the last use that was noted, shared by all copies.
#[derive(Clone, Debug)]
pub struct LastUse(Arc<AtomicI64>);

impl LastUse {
    /// Returns a use at this time.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.to_utc().timestamp_millis())))
    }

    /// Returns the time.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        Timestamp::of_millis(self.0.load(Ordering::Relaxed))
    }

    /// Notes a use, and returns whether it is to be stored: at most once in an hour.
    #[must_use]
    pub fn note(&self, now: Timestamp) -> bool {
        let (now, last) = (
            now.to_utc().timestamp_millis(),
            self.0.load(Ordering::Relaxed),
        );
        now - last >= NOTED_EVERY
            && self
                .0
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_once_in_an_hour() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let last = LastUse::new(at("2026-11-22T05:00:00Z"));
        let copy = last.clone();
        assert!(!last.note(at("2026-11-22T05:59:59Z")));
        assert!(last.note(at("2026-11-22T06:00:00Z")));
        assert!(!copy.note(at("2026-11-22T06:00:00Z")));
        assert_eq!(copy.at(), at("2026-11-22T06:00:00Z"));
    }
}
