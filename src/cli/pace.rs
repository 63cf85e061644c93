//! How long to wait before the next connection.

use super::http::random_between;
use std::time::Duration;

/// Before the server has named another one.
const RETRY: Duration = Duration::from_secs(1);
/// Between two attempts, unless the server itself asks for more.
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// What a server may ask for.
const RETRY_MAX: Duration = Duration::from_mins(10);

/// What the next pause depends on.
#[derive(Debug)]
pub(super) struct Pace {
    /// What the server asked clients to wait before they come back.
    retry: Duration,
    /// Attempts since the last event arrived.
    failures: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            retry: RETRY,
            failures: 0,
        }
    }
}

impl Pace {
    /// The server asks for this; it has spread its clients already.
    pub(super) fn set_retry(&mut self, retry: Duration) {
        self.retry = retry.min(RETRY_MAX);
    }

    /// An event arrived: the connection works.
    pub(super) fn note_event(&mut self) {
        self.failures = 0;
    }

    /// What the server asked for at first; then a random time, up to twice as much with every failure.
    pub(super) fn next_pause(&mut self) -> Duration {
        let most = self
            .retry
            .saturating_mul(1 << self.failures.min(10))
            .min(BACKOFF_MAX.max(self.retry));
        self.failures += 1;
        random_between(self.retry, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_as_the_server_asked_and_grow_to_a_limit() {
        let mut pace = Pace {
            retry: Duration::from_secs(2),
            failures: 0,
        };
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
    fn a_server_may_ask_for_a_longer_pause_than_ours_but_not_for_ever() {
        let mut pace = Pace::default();
        pace.set_retry(Duration::from_mins(2));
        assert_eq!(
            [pace.next_pause(), pace.next_pause()],
            [Duration::from_mins(2); 2]
        );
        pace.set_retry(Duration::MAX);
        assert_eq!(pace.next_pause(), RETRY_MAX);
    }
}
