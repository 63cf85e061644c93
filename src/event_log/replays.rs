//! Pages of the past on their way to readers: those who come back at the same moment share them.
//!
//! After a restart, everybody asks for the same past of the same rooms. A page of an open room is the same for all
//! of them, so it is read and encoded once, by the first who needs it, and the others wait for that one. A page is
//! named by the revision of what it holds, so that it is never given out after something in it has changed.

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

/// Pages that may be read at the same time, so that everything else finds a connection in between.
const READ_AT_ONCE: usize = 2;
/// Pages that are held: some 8 MiB. Readers who start together stay together.
const HELD_MAX: usize = 32;

/// A page of a replay.
#[derive(Clone, Debug)]
pub struct ReplayPage {
    /// With it, everything up to here was read.
    pub scanned: EventId,
    /// Its events; `None`: it has none.
    pub batch: Option<Arc<Batch>>,
}

/// Names a page that is the same for everybody: what follows a cursor in an open room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageKey {
    pub(super) room: RoomId,
    pub(super) after: EventId,
    /// How often the state of something past had changed before the page was read.
    pub(super) revision: u64,
}

/// All pages that are being read.
#[derive(Debug)]
pub(super) struct Replays {
    turns: Semaphore,
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
            turns: Semaphore::new(READ_AT_ONCE),
            shared: Mutex::default(),
        }
    }

    /// Reads a page for one reader alone, in its turn.
    pub(super) async fn read(
        &self,
        page: impl Future<Output = Result<ReplayPage>>,
    ) -> Result<ReplayPage> {
        let _turn = self.turns.acquire().await.map_err(|_| STOPPING)?;
        page.await
    }

    /// Reads a page that others may need, too, or takes what one of them has read.
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
        if shared.len() == HELD_MAX {
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
