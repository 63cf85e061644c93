//! Challenges that authenticators are to sign, while their answers are awaited.

use super::{client::Network, passkeys::CEREMONY_VALID, secret::Secret};
use crate::model::{change::SecretHash, ids::UserId, time::Timestamp};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
};
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration};

/// Maximum number of challenges, a few megabytes. Beyond it, the oldest one is dropped.
const WAITING_MAX: usize = 10_000;
/// Maximum number of challenges of one network, so that a flood drops its own ones.
const PER_NETWORK_MAX: usize = 200;

/// Who has asked for a challenge, and alone can answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A browser in which nobody has signed in yet, by the hash of the secret in its cookie.
    Browser(SecretHash),
    /// A session or token of an account; `None` if the account is known otherwise.
    Account(UserId, Option<SecretHash>),
}

/// What the challenge is for.
pub enum Ceremony {
    /// Registering a passkey.
    Registration(PasskeyRegistration),
    /// Signing in.
    SignIn(DiscoverableAuthentication),
}

struct Waiting {
    id: SecretHash,
    asker: Asker,
    network: Network,
    expires_at: Timestamp,
    ceremony: Ceremony,
}

/// The challenges whose answers are awaited, the oldest first.
#[derive(Default)]
pub struct Ceremonies(Mutex<VecDeque<Waiting>>);

impl Ceremonies {
    /// Adds a challenge, which is known by this secret.
    pub fn add(
        &self,
        id: &Secret,
        (asker, network): (Asker, Network),
        now: Timestamp,
        ceremony: Ceremony,
    ) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remove_expired(&mut waiting, now);
        let is_same = |other: &Waiting| other.network == network;
        if waiting.iter().filter(|other| is_same(other)).count() >= PER_NETWORK_MAX {
            let oldest = waiting.iter().position(is_same);
            oldest.and_then(|oldest| waiting.remove(oldest));
        } else if waiting.len() >= WAITING_MAX {
            waiting.pop_front();
        }
        waiting.push_back(Waiting {
            id: id.hash(),
            asker,
            network,
            expires_at: now.after(CEREMONY_VALID),
            ceremony,
        });
    }

    /// Takes the challenge that is known by this secret: each one is answered at most once, also if the answer is
    /// wrong. `None` if there is none, if it has expired, or if somebody else has asked for it.
    pub fn take(&self, id: &str, asker: &Asker, now: Timestamp) -> Option<Ceremony> {
        let id = Secret::parse(id)?.hash();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remove_expired(&mut waiting, now);
        let index = waiting
            .iter()
            .position(|waiting| waiting.id == id && waiting.asker == *asker)?;
        waiting.remove(index).map(|waiting| waiting.ceremony)
    }
}

/// Removes expired challenges. All are valid for the same time, so that they expire in their order.
fn remove_expired(waiting: &mut VecDeque<Waiting>, now: Timestamp) {
    while waiting.front().is_some_and(|first| first.expires_at <= now) {
        waiting.pop_front();
    }
}

impl fmt::Debug for Ceremonies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremonies(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::passkeys::RelyingParty;
    use std::time::Duration;

    const NOW: &str = "2026-06-22T05:41:03Z";

    fn now() -> Timestamp {
        Timestamp::parse(NOW).unwrap()
    }

    fn browser(byte: u8) -> Asker {
        Asker::Browser([byte].into())
    }

    /// Adds a challenge for a sign-in from `203.0.{network}`.
    fn add(ceremonies: &Ceremonies, number: u8, asker: Asker, network: u16) -> Secret {
        let party = RelyingParty::of_request("http://localhost").unwrap();
        let (_, state) = party.begin_sign_in().unwrap();
        let mut random = [number; 32];
        random[..2].copy_from_slice(&network.to_be_bytes());
        let id = Secret::new(random);
        let [high, low] = network.to_be_bytes();
        let network = Network::of([203, 0, high, low].into());
        ceremonies.add(&id, (asker, network), now(), Ceremony::SignIn(state));
        id
    }

    #[test]
    fn a_challenge_is_answered_once_and_by_whoever_asked_for_it() {
        let ceremonies = Ceremonies::default();
        let id = add(&ceremonies, 1, browser(1), 0);
        let id = id.reveal();
        assert!(ceremonies.take(id, &browser(2), now()).is_none());
        assert!(ceremonies.take("nonsense", &browser(1), now()).is_none());
        assert!(ceremonies.take(id, &browser(1), now()).is_some());
        assert!(ceremonies.take(id, &browser(1), now()).is_none());
    }

    #[test]
    fn a_challenge_expires_after_five_minutes() {
        let ceremonies = Ceremonies::default();
        let ids = [1, 2].map(|number| add(&ceremonies, number, browser(1), 0));
        let shortly_before =
            now().after(CEREMONY_VALID.checked_sub(Duration::from_secs(1)).unwrap());
        assert!(
            ceremonies
                .take(ids[0].reveal(), &browser(1), shortly_before)
                .is_some()
        );
        let later = now().after(CEREMONY_VALID);
        assert!(
            ceremonies
                .take(ids[1].reveal(), &browser(1), later)
                .is_none()
        );
    }

    #[test]
    fn a_flood_drops_its_own_challenges_and_memory_is_bounded() {
        let ceremonies = Ceremonies::default();
        let mine = add(&ceremonies, 1, browser(1), 1);
        for _ in 0..3 {
            for number in 0..200 {
                add(&ceremonies, number, browser(2), 2);
            }
        }
        assert_eq!(ceremonies.0.lock().unwrap().len(), 1 + PER_NETWORK_MAX);
        assert!(ceremonies.take(mine.reveal(), &browser(1), now()).is_some());
        for network in 0..u16::try_from(WAITING_MAX).unwrap() + 10 {
            add(&ceremonies, 1, browser(1), network);
        }
        assert_eq!(ceremonies.0.lock().unwrap().len(), WAITING_MAX);
    }
}
