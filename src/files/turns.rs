//! One request at a time for each upload. A later request takes the place of an earlier one, whose connection is probably
//! gone.

use crate::model::file::FileId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// The requests that are about each upload.
#[derive(Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<FileId, Queue>>>);

/// The requests about one upload.
#[derive(Debug, Default)]
struct Queue {
    lock: Arc<tokio::sync::Mutex<()>>,
    /// Ends the newest request.
    stop: CancellationToken,
    /// Number of requests.
    waiting: usize,
}

impl Turns {
    /// Ends earlier requests about an upload, and waits for their end.
    pub(super) async fn take(&self, id: &FileId) -> Turn {
        let stop = CancellationToken::new();
        let (lock, place) = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queues.entry(id.clone()).or_default();
            std::mem::replace(&mut queue.stop, stop.clone()).cancel();
            queue.waiting += 1;
            let place = Place {
                queues: Arc::clone(&self.0),
                id: id.clone(),
            };
            (Arc::clone(&queue.lock), place)
        };
        Turn {
            _guard: lock.lock_owned().await,
            stop,
            _place: place,
        }
    }
}

/// The right to write to a part. Fields are dropped in their order.
#[derive(Debug)]
pub(super) struct Turn {
    _guard: OwnedMutexGuard<()>,
    /// Cancelled when a later request waits.
    pub(super) stop: CancellationToken,
    _place: Place,
}

/// A place among the requests about an upload. The last one removes what is remembered of them.
#[derive(Debug)]
struct Place {
    queues: Arc<Mutex<HashMap<FileId, Queue>>>,
    id: FileId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get_mut(&self.id) {
            queue.waiting -= 1;
            if queue.waiting == 0 {
                queues.remove(&self.id);
            }
        }
    }
}
