//! Refused attempts to sign in to accounts that exist, counted until they are written to the audit log.
//!
//! A flood of guesses must not fill the file. Of each account and way to sign in, the first attempts of an hour are
//! written at once, and the number of all others when the hour has passed.

use crate::model::{
    ids::UserId,
    sign_in::{RefusedSignIns, SignInMethod},
    time::Timestamp,
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The time for which attempts are counted together.
const TOGETHER: Duration = Duration::from_hours(1);
/// Maximum number of accounts and ways whose attempts are counted at the same time. Those of others are not recorded.
const COUNTED_MAX: usize = 1000;

/// Counts refused attempts.
#[derive(Debug, Default)]
pub struct SignInFailures(Mutex<HashMap<(UserId, SignInMethod), Counted>>);

#[derive(Clone, Copy, Debug)]
struct Counted {
    /// The time of the first attempt.
    since: Timestamp,
    /// Whether the first attempts were taken.
    is_told: bool,
    /// The number of attempts that were not taken yet.
    count: u64,
    /// The client of the last attempt.
    address: IpAddr,
}

impl SignInFailures {
    /// Counts an attempt.
    pub fn note(&self, user: UserId, method: SignInMethod, address: IpAddr, now: Timestamp) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTED_MAX && !counts.contains_key(&(user, method)) {
            return;
        }
        let first = Counted {
            since: now,
            is_told: false,
            count: 0,
            address,
        };
        let counted = counts.entry((user, method)).or_insert(first);
        counted.count += 1;
        counted.address = address;
    }

    /// Takes what is to be written now; at the end of the program everything.
    pub fn take(&self, now: Timestamp, is_end: bool) -> Vec<RefusedSignIns> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        counts.retain(|(user, method), counted| {
            let is_over = is_end || counted.since.after(TOGETHER) <= now;
            if counted.count > 0 && (is_over || !counted.is_told) {
                taken.push(RefusedSignIns {
                    user: *user,
                    method: *method,
                    count: counted.count,
                    address: counted.address,
                });
                counted.count = 0;
                counted.is_told = true;
            }
            !is_over
        });
        taken.sort_unstable_by_key(|refused| refused.user);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Timestamp {
        let start = Timestamp::parse("2026-06-22T05:41:03Z").unwrap();
        start.after(Duration::from_mins(minutes))
    }

    fn note(failures: &SignInFailures, user: i64, minutes: u64) {
        let address = [203, 0, 113, 7].into();
        failures.note(UserId(user), SignInMethod::Password, address, at(minutes));
    }

    fn counts(failures: &SignInFailures, minutes: u64) -> Vec<u64> {
        let taken = failures.take(at(minutes), false);
        taken.iter().map(|refused| refused.count).collect()
    }

    #[test]
    fn the_first_attempts_are_told_at_once_and_the_others_once_an_hour() {
        let failures = SignInFailures::default();
        assert!(counts(&failures, 0).is_empty());
        note(&failures, 1, 0);
        note(&failures, 1, 0);
        assert_eq!(counts(&failures, 0), [2]);
        for minute in 1..60 {
            note(&failures, 1, minute);
            assert!(counts(&failures, minute).is_empty());
        }
        assert_eq!(counts(&failures, 60), [59]);
        assert!(counts(&failures, 120).is_empty());
        note(&failures, 1, 121);
        assert_eq!(counts(&failures, 121), [1]);
    }

    #[test]
    fn a_flood_of_accounts_leaves_a_bounded_number_of_rows() {
        let failures = SignInFailures::default();
        for user in 0..5000 {
            for _ in 0..3 {
                note(&failures, user, 0);
            }
        }
        assert_eq!(counts(&failures, 0).len(), COUNTED_MAX);
        assert!(counts(&failures, 30).is_empty());
    }

    #[test]
    fn the_end_of_the_program_takes_what_was_counted() {
        let failures = SignInFailures::default();
        note(&failures, 1, 0);
        assert_eq!(counts(&failures, 0), [1]);
        note(&failures, 1, 1);
        assert_eq!(failures.take(at(2), true).len(), 1);
        assert!(failures.take(at(2), true).is_empty());
    }
}
