//! The local sequencer: a bounded queue in front of the applier, which fixes the order of changes.

use super::transaction::Answer;
use crate::{
    error::{Error, Result},
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

/// Changes that may wait; one more is refused with "not now".
pub const QUEUE_LENGTH: usize = 1024;

/// What a change, or a replay, is told that comes too late.
pub(super) const STOPPING: Error = Error::Unavailable("the server is stopping");

/// The end of the queue at which changes are submitted.
#[derive(Debug)]
pub(super) struct LocalSequencer {
    queue: mpsc::Sender<Change>,
    posters: Arc<Posters>,
}

/// Those who wait for the answer to a change.
#[derive(Debug, Default)]
pub(super) struct Posters(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    posters: HashMap<ChangeId, oneshot::Sender<Result<Answer>>>,
    is_closed: bool,
}

/// Asks whether the disk takes anything again.
#[derive(Debug)]
pub(super) struct DiskTrial {
    pub(super) at: Timestamp,
    pub(super) answer: oneshot::Sender<Result<()>>,
}

/// What the applier receives.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) changes: mpsc::Receiver<Change>,
    pub(super) trials: mpsc::Receiver<DiskTrial>,
}

impl LocalSequencer {
    /// A sequencer, and the changes as the applier receives them.
    pub(super) fn new() -> (Self, mpsc::Receiver<Change>) {
        let (queue, changes) = mpsc::channel(QUEUE_LENGTH);
        let posters = Arc::default();
        (Self { queue, posters }, changes)
    }

    /// Those who wait for answers.
    pub(super) fn posters(&self) -> &Arc<Posters> {
        &self.posters
    }

    /// Hands in a change and waits for the answer to it. Once it is handed in, it happens whether or not anybody
    /// still waits.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the queue is full or the server stops.
    pub(super) async fn submit(&self, change: Change) -> Result<Answer> {
        let place = self.queue.try_reserve().map_err(|refused| match refused {
            TrySendError::Full(()) => Error::Unavailable("too many changes are waiting"),
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

    /// Answers changes. A poster may have hung up; what it posted stands.
    pub(super) fn answer(&self, answers: impl Iterator<Item = (ChangeId, Result<Answer>)>) {
        let mut waiting = self.lock();
        for (change, answer) in answers {
            if let Some(poster) = waiting.posters.remove(&change) {
                let _ = poster.send(answer);
            }
        }
    }

    /// Tells those who still wait, and all who come later, that nobody will be answered any more.
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
