//! A limit of a burst and a rate for each key.

use crate::{
    config::rates::Rate,
    error::{Error, Result},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};
use std::{
    fmt,
    hash::Hash,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// Least number of checks between two removals of keys that have recovered their whole burst.
const SWEEP_AFTER: usize = 4096;
/// Greatest number of keys whose state is stored, about 10 MB. A flood from more networks than this is not slowed by
/// this limit: forgetting all of them is better than to refuse newcomers.
const KEYS_MAX: usize = 100_000;

type States<K> = RateLimiter<K, DashMapStateStore<K>, MonotonicClock, NoOpMiddleware<Instant>>;

/// Lets each key act in a burst, and then at a rate. Memory is bounded, and a check takes constant time, but for the
/// occasional removal of keys that have recovered.
pub struct Limiter<K: Clone + Eq + Hash> {
    /// `None` if there is no limit.
    limit: Option<Limit<K>>,
}

struct Limit<K: Clone + Eq + Hash> {
    quota: Quota,
    /// Locked for writing only to be replaced, when there are too many keys.
    states: RwLock<States<K>>,
    /// Number of checks until keys are removed again.
    checks_left: AtomicUsize,
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    /// Creates a limiter; without a rate, everything is let through.
    #[must_use]
    pub fn new(rate: Option<Rate>) -> Self {
        let quota = rate.and_then(|rate| {
            let quota = Quota::with_period(rate.every)?;
            Some(quota.allow_burst(rate.burst))
        });
        Self {
            limit: quota.map(Limit::new),
        }
    }

    /// Counts an action of this key.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyRequests`] if the burst is used up. The action then does not count.
    pub fn check(&self, key: &K) -> Result<()> {
        self.limit.as_ref().map_or(Ok(()), |limit| limit.check(key))
    }
}

impl<K: Clone + Eq + Hash> Limit<K> {
    fn new(quota: Quota) -> Self {
        Self {
            quota,
            states: RwLock::new(no_states(quota)),
            checks_left: AtomicUsize::new(SWEEP_AFTER),
        }
    }

    fn check(&self, key: &K) -> Result<()> {
        if self.checks_left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.sweep();
        }
        let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
        states.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(MonotonicClock.now());
            Error::TooManyRequests {
                // Rounded up, so that the next attempt succeeds.
                seconds: wait.as_secs() + 1,
            }
        })
    }

    /// Removes the keys that have recovered. At least as many checks as keys remain pass until the next time, so that
    /// the number of keys and the cost per check are bounded.
    fn sweep(&self) {
        let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
        states.retain_recent();
        states.shrink_to_fit();
        let count = states.len();
        drop(states);
        self.checks_left
            .store(count.max(SWEEP_AFTER), Ordering::Relaxed);
        if count > KEYS_MAX {
            tracing::warn!(count, "too many keys are at a limit; it starts anew");
            *self.states.write().unwrap_or_else(PoisonError::into_inner) = no_states(self.quota);
        }
    }
}

fn no_states<K: Clone + Eq + Hash>(quota: Quota) -> States<K> {
    RateLimiter::dashmap_with_clock(quota, MonotonicClock)
}

impl<K: Clone + Eq + Hash> fmt::Debug for Limiter<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("quota", &self.limit.as_ref().map(|limit| limit.quota))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{num::NonZeroU32, time::Duration};

    fn limiter(burst: u32, every: Duration) -> Limiter<u64> {
        let burst = NonZeroU32::new(burst).unwrap();
        Limiter::new(Some(Rate { burst, every }))
    }

    fn count_keys(limiter: &Limiter<u64>) -> usize {
        let limit = limiter.limit.as_ref().unwrap();
        limit.states.read().unwrap().len()
    }

    #[test]
    fn each_key_has_a_burst_and_then_a_rate() {
        let limiter = limiter(3, Duration::from_mins(1));
        for key in [1, 2] {
            assert!((0..3).all(|_| limiter.check(&key).is_ok()));
            let Err(Error::TooManyRequests { seconds }) = limiter.check(&key) else {
                panic!("the burst is used up");
            };
            assert!((59..=60).contains(&seconds), "{seconds}");
        }
        let off = Limiter::new(None);
        assert!((0..1000).all(|_| off.check(&1).is_ok()));
    }

    #[test]
    fn keys_that_have_recovered_take_no_memory() {
        let limiter = limiter(2, Duration::from_nanos(1));
        for key in 0..50_000 {
            let _ = limiter.check(&key);
            assert!(count_keys(&limiter) <= SWEEP_AFTER + 1);
        }
    }

    #[test]
    fn the_memory_of_a_flood_is_bounded() {
        let limiter = limiter(2, Duration::from_hours(1));
        for key in 0..1_000_000 {
            let _ = limiter.check(&key);
        }
        assert!(count_keys(&limiter) <= 2 * KEYS_MAX + SWEEP_AFTER);
    }
}
