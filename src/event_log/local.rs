//! The local sequencer: a bounded queue in front of the applier, which fixes the order of changes.

use super::answer::Answer;
use crate::{
    error::{Error, Outage, Result},
    model::{
        change::{Change, ChangeId},
        time::Timestamp,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

/// Maximum number of waiting changes; further ones are refused as [`Error::Unavailable`].
pub const QUEUE_LENGTH: usize = 1024;

/// The error for changes and replays that are requested after the server began to stop.
pub(super) const STOPPING: Error = Error::Unavailable(Outage::Stopping);

/// The sending side of the queue of changes.
#[derive(Debug)]
pub(super) struct LocalSequencer {
    queue: mpsc::Sender<Change>,
    posters: Arc<Posters>,
}

/// The requesters that wait for the answer to a change.
#[derive(Debug, Default)]
pub(super) struct Posters(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    posters: HashMap<ChangeId, oneshot::Sender<Result<Answer>>>,
    is_closed: bool,
}

/// A request to test whether changes can be stored again.
#[derive(Debug)]
pub(super) struct DiskTrial {
    pub(super) at: Timestamp,
    pub(super) answer: oneshot::Sender<Result<()>>,
}

/// The receiving sides of the applier's queues.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) changes: mpsc::Receiver<Change>,
    pub(super) trials: mpsc::Receiver<DiskTrial>,
}

impl LocalSequencer {
    /// Returns a sequencer, and the receiving side of its queue.
    pub(super) fn new() -> (Self, mpsc::Receiver<Change>) {
        let (queue, changes) = mpsc::channel(QUEUE_LENGTH);
        let posters = Arc::default();
        (Self { queue, posters }, changes)
    }

    /// Returns the requesters that wait for answers.
    pub(super) fn posters(&self) -> &Arc<Posters> {
        &self.posters
    }

    /// Submits a change and waits for its answer. Once submitted, the change is applied even if this future is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the queue is full or the server stops.
    pub(super) async fn submit(&self, change: Change) -> Result<Answer> {
        let place = self.queue.try_reserve().map_err(|refused| match refused {
            TrySendError::Full(()) => Error::Unavailable(Outage::Busy),
            TrySendError::Closed(()) => STOPPING,
        })?;
        let answered = self.posters.expect(change.id);
        place.send(change);
        answered.await.map_err(|_| STOPPING)?
    }
}

impl Posters {
    fn expect(&self, change: ChangeId) -> oneshot::Receiver<Result<Answer>> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.lock();
        if !waiting.is_closed {
            waiting.posters.insert(change, answer);
        }
        answered
    }

    /// Sends answers. Answers to requests that were dropped are discarded.
    pub(super) fn answer(&self, answers: impl Iterator<Item = (ChangeId, Result<Answer>)>) {
        let mut waiting = self.lock();
        for (change, answer) in answers {
            if let Some(poster) = waiting.posters.remove(&change) {
                let _ = poster.send(answer);
            }
        }
    }

    /// Fails all waiting and all later requests, since the server is stopping.
    pub(super) fn close(&self) {
        *self.lock() = Waiting {
            is_closed: true,
            ..Waiting::default()
        };
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
