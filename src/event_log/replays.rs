//! Pages of past events, shared by readers that reconnect at the same time.
//!
//! After a restart, many readers request the same events of the same rooms. A page of an open room is the same for all
//! of them: the first one reads it and the others wait for the result, which is encoded once. The key of a page
//! contains a revision, so that a page is not reused after the state of an event has changed.

use super::{batch::Batch, local::STOPPING};
use crate::{
    error::Result,
    model::ids::{EventId, RoomId},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OnceCell, Semaphore};

/// Maximum number of pages that are read at the same time, which leaves connections for other queries.
const READ_AT_ONCE: usize = 2;
/// Maximum number of cached pages, which take some 8 MiB. Readers that start together request the same pages.
const CACHED_MAX: usize = 32;

/// A page of a replay.
#[derive(Clone, Debug)]
pub struct ReplayPage {
    /// The id up to which everything was read.
    pub scanned: EventId,
    /// The events of the page; `None` if there are none.
    pub batch: Option<Arc<Batch>>,
}

/// The key of a page that is the same for all readers: the events after a cursor in an open room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageKey {
    pub(super) room: RoomId,
    pub(super) after: EventId,
    /// The [`revision`](super::recent::Recent::revision) of past events before the page was read.
    pub(super) revision: u64,
}

/// The pages that are being read or cached.
#[derive(Debug)]
pub(super) struct Replays {
    permits: Semaphore,
    shared: Mutex<VecDeque<Shared>>,
}

#[derive(Debug)]
struct Shared {
    key: PageKey,
    page: Arc<OnceCell<ReplayPage>>,
}

impl Replays {
    pub(super) fn new() -> Self {
        Self {
            permits: Semaphore::new(READ_AT_ONCE),
            shared: Mutex::default(),
        }
    }

    /// Reads a page for a single reader. At most [`READ_AT_ONCE`] pages are read at the same time.
    pub(super) async fn read(
        &self,
        page: impl Future<Output = Result<ReplayPage>>,
    ) -> Result<ReplayPage> {
        let _permit = self.permits.acquire().await.map_err(|_| STOPPING)?;
        page.await
    }

    /// Returns the page with this key, which is read only if no other reader has done so.
    pub(super) async fn share(
        &self,
        key: PageKey,
        page: impl Future<Output = Result<ReplayPage>>,
    ) -> Result<ReplayPage> {
        let shared = self.find_or_add(key);
        let page = shared.get_or_try_init(|| self.read(page)).await?;
        Ok(page.clone())
    }

    fn find_or_add(&self, key: PageKey) -> Arc<OnceCell<ReplayPage>> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = shared.iter().find(|shared| shared.key == key) {
            return Arc::clone(&found.page);
        }
        if shared.len() == CACHED_MAX {
            shared.pop_front();
        }
        let page = Arc::default();
        shared.push_back(Shared {
            key,
            page: Arc::clone(&page),
        });
        page
    }
}
