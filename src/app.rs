//! What handlers share: the log, the clock, the source of randomness.

use crate::{
    error::Result,
    event_log::{log::EventLog, transaction::Answer},
    model::{
        change::{Action, CHANGE_VERSION, Change, ChangeId},
        ids::UserId,
        time::Timestamp,
    },
    store::db::ReadPool,
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// The running program, as handlers see it.
#[derive(Debug)]
pub struct App {
    /// The log.
    pub log: Arc<EventLog>,
    /// Streams that may be open at the same time; one more is told to come back later.
    pub streams_max: usize,
    streams: AtomicUsize,
    changes: ChangeMaker,
}

impl App {
    /// Over a log.
    #[must_use]
    pub fn new(log: Arc<EventLog>, streams_max: usize) -> Self {
        Self {
            log,
            streams_max,
            streams: AtomicUsize::new(0),
            changes: ChangeMaker::new(),
        }
    }

    /// For reading pages.
    #[must_use]
    pub fn readers(&self) -> &ReadPool {
        &self.log.readers
    }

    /// Submits a change that somebody asks for now; `None` is somebody who is not signed in.
    pub async fn submit(&self, by: Option<UserId>, action: Action) -> Result<Answer> {
        self.log.submit(self.changes.make(by, action)).await
    }

    /// A place among the streams; `None`: there is none.
    pub fn take_stream(self: &Arc<Self>) -> Option<StreamPlace> {
        let taken = self.streams.fetch_add(1, Ordering::Relaxed);
        let place = StreamPlace(Arc::clone(self));
        (taken < self.streams_max).then_some(place)
    }
}

/// Makes changes: names them, and says when they were asked for.
#[derive(Debug)]
pub struct ChangeMaker {
    run: u64,
    count: AtomicU64,
}

impl ChangeMaker {
    /// A maker whose changes have names that no other one gives.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "each one is different, which a default is not expected to be"
    )]
    pub fn new() -> Self {
        Self {
            run: u64::from_le_bytes(random_bytes()),
            count: AtomicU64::new(0),
        }
    }

    /// A change that somebody asks for now; `None` is somebody who is not signed in, or the server itself.
    pub fn make(&self, by: Option<UserId>, action: Action) -> Change {
        self.make_at(now(), by, action)
    }

    /// A change that carries another time: that of what it imports.
    pub fn make_at(&self, at: Timestamp, by: Option<UserId>, action: Action) -> Change {
        let id = ChangeId {
            run: self.run,
            count: self.count.fetch_add(1, Ordering::Relaxed),
        };
        Change {
            v: CHANGE_VERSION,
            id,
            at,
            by,
            action,
        }
    }
}

/// Counts as an open stream until dropped.
#[derive(Debug)]
pub struct StreamPlace(Arc<App>);

impl Drop for StreamPlace {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What time it is.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the clock"
)]
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// Random bytes from the operating system.
///
/// # Panics
///
/// Where there are none: without them nobody could be signed in.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for randomness"
)]
#[expect(
    clippy::expect_used,
    reason = "an operating system without randomness is not one to run on"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random number of a range, for spreading clients in time.
#[must_use]
pub fn random_between(low: u64, high: u64) -> u64 {
    low + u64::from_le_bytes(random_bytes()) % (high - low + 1)
}
