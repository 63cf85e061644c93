//! Whether a connection has open requests, and since when it has none.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// The open requests of one connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    open: usize,
    /// When the last request began or ended.
    changed_at: Instant,
}

impl Default for Activity {
    fn default() -> Self {
        Self(Mutex::new(State {
            open: 0,
            changed_at: Instant::now(),
        }))
    }
}

impl Activity {
    /// Counts a request as open until the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> OpenRequest {
        self.change(|open| open + 1);
        OpenRequest(Arc::clone(self))
    }

    /// Resolves when no request was open for this long.
    pub(super) async fn idle_for(&self, limit: Duration) {
        loop {
            let State { open, changed_at } = *self.lock();
            let end = if open == 0 {
                changed_at
            } else {
                Instant::now()
            } + limit;
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }

    fn change(&self, count: impl FnOnce(usize) -> usize) {
        let mut state = self.lock();
        state.open = count(state.open);
        state.changed_at = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open request.
#[derive(Debug)]
pub(super) struct OpenRequest(Arc<Activity>);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.change(|open| open - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    const LIMIT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_connection_is_idle_when_its_last_request_has_ended_for_long_enough() {
        let activity = Arc::<Activity>::default();
        let (first, second) = (activity.begin(), activity.begin());
        drop(first);
        assert!(timeout(LIMIT * 5, activity.idle_for(LIMIT)).await.is_err());
        drop(second);
        let ended_at = Instant::now();
        activity.idle_for(LIMIT).await;
        assert!(ended_at.elapsed() >= LIMIT / 2);
    }
}
