//! Pauses between connections.

use super::answer::RETRY_AFTER_MAX;
use crate::app::random_between;
use std::time::Duration;

/// The first pause, until the server has sent another one.
const RETRY: Duration = Duration::from_secs(1);
/// The longest pause, unless the server asks for more.
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// State that determines the next pause.
#[derive(Debug)]
pub(super) struct Pace {
    /// The field `retry` of the stream: the reconnection time that the server asks for.
    retry: Duration,
    /// `Retry-After` of the last response. It applies to the next pause only.
    retry_after: Duration,
    /// Number of attempts since the last event was received.
    failures: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            retry: RETRY,
            retry_after: Duration::ZERO,
            failures: 0,
        }
    }
}

impl Pace {
    /// Sets the pause that the stream asks for, at most 10 minutes. The server has already randomised it.
    pub(super) fn set_retry(&mut self, retry: Duration) {
        self.retry = retry.min(RETRY_AFTER_MAX);
    }

    /// Sets a lower limit for the next pause.
    pub(super) fn set_retry_after(&mut self, retry_after: Duration) {
        self.retry_after = retry_after;
    }

    /// Resets the number of failures after an event was received.
    pub(super) fn note_event(&mut self) {
        self.failures = 0;
    }

    /// Returns `retry` after the first failure. After that, returns a random time between `retry` and a limit that
    /// doubles with every failure, up to 30 s. `Retry-After` raises both.
    pub(super) fn next_pause(&mut self) -> Duration {
        let least = self.retry.max(std::mem::take(&mut self.retry_after));
        let most = self.retry.saturating_mul(1 << self.failures.min(10));
        self.failures += 1;
        random_pause(least, most.min(BACKOFF_MAX).max(least))
    }
}

/// Returns a random pause between the limits in whole milliseconds, so that clients do not reconnect all at once.
pub(super) fn random_pause(least: Duration, most: Duration) -> Duration {
    let [least, most] =
        [least, most].map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
    Duration::from_millis(random_between(least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_as_the_server_asked_and_grow_to_a_limit() {
        let mut pace = Pace::default();
        pace.set_retry(Duration::from_secs(2));
        assert_eq!(pace.next_pause(), Duration::from_secs(2));
        for failure in 1..70 {
            let (pause, most) = (pace.next_pause(), 2u64.saturating_pow(failure + 1).min(30));
            assert!(
                pause >= Duration::from_secs(2) && pause <= Duration::from_secs(most),
                "{failure}: {pause:?}"
            );
        }
        pace.note_event();
        assert_eq!(pace.next_pause(), Duration::from_secs(2));
    }

    #[test]
    fn a_server_may_ask_for_a_longer_pause_but_not_for_ever() {
        let mut pace = Pace::default();
        pace.set_retry(Duration::from_mins(2));
        assert_eq!(
            [pace.next_pause(), pace.next_pause()],
            [Duration::from_mins(2); 2]
        );
        pace.set_retry(Duration::MAX);
        assert_eq!(pace.next_pause(), RETRY_AFTER_MAX);
    }

    #[test]
    fn retry_after_counts_once() {
        let mut pace = Pace::default();
        pace.set_retry_after(Duration::from_mins(5));
        assert_eq!(pace.next_pause(), Duration::from_mins(5));
        assert!(pace.next_pause() <= BACKOFF_MAX);
    }
}
