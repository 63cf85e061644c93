//! Sign-ins at a provider that have begun and are not completed. They are lost when the server stops, and are then begun
//! again.

use crate::{
    auth::{client::Network, secret::Secret},
    model::{change::SecretHash, ids::UserId},
};
use openidconnect::{Nonce, PkceCodeVerifier, RedirectUrl};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a person may take at the provider.
pub const PENDING_FOR: Duration = Duration::from_mins(10);
/// Maximum number of pending sign-ins. At the limit, the oldest one is dropped.
const PENDING_MAX: usize = 10_000;
/// The same for one network, so that a flood from it drops its own.
const PENDING_PER_NETWORK_MAX: usize = 100;

/// What somebody signs in at the provider for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// To sign in, and be redirected to a path; to join, if whoever can reach the server may.
    SignIn {
        /// The path.
        next: String,
    },
    /// To link the identity to this account.
    Link(UserId),
    /// To join by an invitation.
    Join {
        /// The secret of the invitation.
        invite: Secret,
    },
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Pending {
    /// What it is for.
    pub purpose: Purpose,
    /// What the ID token must contain.
    pub nonce: Nonce,
    /// What proves to the provider that the code is redeemed by whoever has asked for it.
    pub verifier: PkceCodeVerifier,
    /// The address to which the provider redirects.
    pub redirect_uri: RedirectUrl,
    /// The network of the client.
    pub network: Network,
}

/// What a pending sign-in is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingKey {
    /// The hash of the state, which the provider returns.
    pub state: SecretHash,
    /// The hash of the secret in a cookie of the browser in which it has begun.
    pub browser: SecretHash,
}

/// The pending sign-ins of a server, the oldest first.
#[derive(Debug, Default)]
pub struct PendingSignIns(Mutex<VecDeque<(PendingKey, Instant, Pending)>>);

impl PendingSignIns {
    /// Adds a sign-in that has begun now.
    pub fn add(&self, key: PendingKey, now: Instant, pending: Pending) {
        let mut all = self.lock();
        while all
            .front()
            .is_some_and(|(_, begun, _)| is_over(*begun, now))
        {
            all.pop_front();
        }
        let is_same = |entry: &&(PendingKey, Instant, Pending)| entry.2.network == pending.network;
        if all.iter().filter(is_same).count() >= PENDING_PER_NETWORK_MAX
            && let Some(oldest) = all.iter().position(|entry| is_same(&entry))
        {
            all.remove(oldest);
        }
        if all.len() >= PENDING_MAX {
            all.pop_front();
        }
        all.push_back((key, now, pending));
    }

    /// Removes and returns a sign-in; `None` if it has not begun in this browser, is over, or was returned before.
    pub fn take(&self, key: &PendingKey, now: Instant) -> Option<Pending> {
        let mut all = self.lock();
        let place = all.iter().position(|(known, ..)| known == key)?;
        let (_, begun, pending) = all.remove(place)?;
        (!is_over(begun, now)).then_some(pending)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(PendingKey, Instant, Pending)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_over(begun: Instant, now: Instant) -> bool {
    now.saturating_duration_since(begun) >= PENDING_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> PendingKey {
        let bytes = number.to_be_bytes();
        PendingKey {
            state: bytes.into(),
            browser: [bytes[7]].into(),
        }
    }

    fn pending(address: &str) -> Pending {
        Pending {
            purpose: Purpose::Link(UserId(1)),
            nonce: Nonce::new("nonce".into()),
            verifier: PkceCodeVerifier::new("v".repeat(43)),
            redirect_uri: RedirectUrl::new("https://chat.example/".into()).unwrap(),
            network: Network::of(address.parse().unwrap()),
        }
    }

    #[test]
    fn a_sign_in_is_completed_once_in_time_and_in_its_browser() {
        let (all, now) = (PendingSignIns::default(), Instant::now());
        for number in 0..3 {
            all.add(key(number), now, pending("192.0.2.1"));
        }
        let elsewhere = PendingKey {
            browser: key(2).browser,
            ..key(1)
        };
        assert!(all.take(&elsewhere, now).is_none());
        assert!(all.take(&key(1), now).is_some());
        assert!(all.take(&key(1), now).is_none());
        assert!(all.take(&key(0), now + PENDING_FOR).is_none());
        let late = now + PENDING_FOR.mul_f32(0.9);
        assert!(all.take(&key(2), late).is_some());
    }

    #[test]
    fn a_flood_drops_its_own_and_the_number_is_limited() {
        let (all, now) = (PendingSignIns::default(), Instant::now());
        all.add(key(0), now, pending("192.0.2.1"));
        for number in 1..=PENDING_PER_NETWORK_MAX + 5 {
            all.add(key(number), now, pending("198.51.100.1"));
        }
        assert!(all.take(&key(5), now).is_none());
        assert!(all.take(&key(6), now).is_some());
        for number in 0..PENDING_MAX {
            let address = format!("203.0.{}.{}", number / 250, number % 250);
            all.add(key(1_000 + number), now, pending(&address));
        }
        assert_eq!(all.lock().len(), PENDING_MAX);
        assert!(all.take(&key(0), now).is_none());
        all.add(key(0), now + PENDING_FOR, pending("192.0.2.1"));
        assert_eq!(all.lock().len(), 1);
    }
}
