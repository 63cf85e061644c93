//! The open requests of a connection: since when it has none, and how many its client has cancelled.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// Requests that a client may cancel at once, as a browser does that closes all its tabs.
const CANCELLED_MAX: u32 = 200;
/// Time in which one more may be cancelled.
const CANCELLED_EVERY: Duration = Duration::from_millis(20);

/// The open requests of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    has_too_many_cancelled: Notify,
}

#[derive(Debug)]
struct State {
    open: usize,
    /// When the last request began or ended.
    changed_at: Instant,
    /// The cancelled requests of the past, of which one is forgotten every [`CANCELLED_EVERY`].
    cancelled: u32,
    forgotten_at: Instant,
}

impl Default for Activity {
    fn default() -> Self {
        let now = Instant::now();
        let state = State {
            open: 0,
            changed_at: now,
            cancelled: 0,
            forgotten_at: now,
        };
        Self {
            state: Mutex::new(state),
            has_too_many_cancelled: Notify::new(),
        }
    }
}

impl Activity {
    /// Counts a request as open until the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> OpenRequest {
        self.change(|open| open + 1);
        OpenRequest {
            activity: Arc::clone(self),
            is_complete: false,
        }
    }

    /// Resolves when the client has cancelled more than [`CANCELLED_MAX`] requests. Each costs the server more than the
    /// client, and counts towards no limit on open ones ("rapid reset", CVE-2023-44487).
    pub(super) async fn too_many_cancelled(&self) {
        self.has_too_many_cancelled.notified().await;
    }

    /// Resolves when no request was open for this long.
    pub(super) async fn idle_for(&self, limit: Duration) {
        loop {
            let State {
                open, changed_at, ..
            } = *self.lock();
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

    fn note_cancelled(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        let steps = (now - state.forgotten_at).as_millis() / CANCELLED_EVERY.as_millis();
        if steps > 0 {
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            state.cancelled = state.cancelled.saturating_sub(steps);
            state.forgotten_at = now;
        }
        state.cancelled += 1;
        if state.cancelled > CANCELLED_MAX {
            self.has_too_many_cancelled.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open request.
#[derive(Debug)]
pub(super) struct OpenRequest {
    activity: Arc<Activity>,
    is_complete: bool,
}

impl OpenRequest {
    /// The whole response was handed over.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.activity.change(|open| open - 1);
        if !self.is_complete {
            self.activity.note_cancelled();
        }
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

    #[tokio::test]
    async fn only_requests_that_end_early_count_as_cancelled() {
        let activity = Arc::<Activity>::default();
        let is_over = || timeout(Duration::ZERO, activity.too_many_cancelled());
        for _ in 0..10 * CANCELLED_MAX {
            activity.begin().complete();
        }
        for _ in 0..CANCELLED_MAX {
            drop(activity.begin());
        }
        assert!(is_over().await.is_err());
        // One or two of them may be forgotten by now.
        for _ in 0..CANCELLED_MAX / 2 {
            drop(activity.begin());
        }
        assert!(is_over().await.is_ok());
    }
}
