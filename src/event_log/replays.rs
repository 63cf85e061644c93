//! Pages of the past on their way to readers: whoever comes back at the same moment shares them.
//!
//! After a restart, everybody asks for the same past of the same rooms. A page of an open room is the same for all
//! of them, so it is read and encoded once, by the first who needs it, and the others wait for that one.

use super::{frame::Format, log::STOPPING};
use crate::{
    error::Result,
    model::{
        event::{Event, kind},
        ids::{EventId, RoomId},
    },
};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OnceCell, Semaphore};

/// Pages that may be read at the same time, so that everything else finds a connection in between.
const READ_AT_ONCE: usize = 2;
/// Pages that are held: some 8 MiB. Readers who start together stay together.
const HELD_MAX: usize = 32;
/// For so long a page is given out: the owner may change the file by hand.
const BELIEVED: Duration = Duration::from_secs(1);

/// A page of a replay.
#[derive(Clone, Debug)]
pub struct ReplayPage {
    /// With it, everything up to here was read.
    pub scanned: EventId,
    /// Its events; `None`: it has none.
    pub blocks: Option<Bytes>,
    /// What they were about.
    pub counts: Counts,
}

/// What a replay was about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Posted.
    pub messages: u32,
    /// Edited.
    pub edits: u32,
    /// Deleted.
    pub deletes: u32,
}

impl Counts {
    /// Of these events.
    pub fn of<'a>(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut counts = Self::default();
        for event in events {
            match event.kind.as_str() {
                kind::MESSAGE => counts.messages += 1,
                kind::MESSAGE_EDITED => counts.edits += 1,
                kind::MESSAGE_DELETED => counts.deletes += 1,
                _ => {}
            }
        }
        counts
    }

    /// Adds what another batch was about.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.edits += other.edits;
        self.deletes += other.deletes;
    }
}

/// Names a page that is the same for everybody: what follows a cursor in an open room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageKey {
    pub(super) room: RoomId,
    pub(super) after: EventId,
    pub(super) format: Format,
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
    since: Instant,
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
        shared.retain(|shared| shared.since.elapsed() < BELIEVED);
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
            since: Instant::now(),
        });
        page
    }
}
