//! The only way out: a cursor that moves through what its reader may see.
//!
//! *Note the head; read what follows the cursor; send it; move the cursor to the last id scanned; if nothing
//! was left, wait until one of my rooms moves; repeat.* Whoever holds a tail does the sending and the waiting
//! in between, so a slow reader simply reads later.

use super::{
    access::{Access, Reader, Scope},
    frame::Format,
    log::EventLog,
    recent::{Following, Lot},
    replays::{Counts, PageKey, ReplayPage},
    signals::Signal,
    wake::Waiting,
};
use crate::{
    error::{Error, Result},
    model::{
        event::Event,
        ids::{Cursor, EventId},
    },
    store::events::{self, EventPage, Selection, Stand},
};
use bytes::Bytes;
use smallvec::SmallVec;
use std::sync::Arc;

/// About as much as is read at once and goes out in one write, in bytes.
const BATCH_BYTES: usize = 256 * 1024;

/// A reader of the log.
#[derive(Debug)]
pub struct Tail {
    log: Arc<EventLog>,
    access: Access,
    waiting: Waiting,
    format: Format,
    cursor: EventId,
    /// Whether nothing was left when it was last read. What came since has rung the bell.
    has_read_all: bool,
    /// Whether its reader counts as here for as long as it is open.
    is_here: bool,
    /// The number of the last signal that was looked at.
    signalled: u64,
}

/// What a reader was told when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What becomes of its cursor.
    pub outcome: Outcome,
    /// Where the stream goes on.
    pub from: EventId,
    /// The head of the log at that moment.
    pub head: EventId,
}

/// What becomes of a reader's cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is the head, or none was named.
    Live,
    /// Everything after it follows.
    Replay,
    /// More was missed than the reader wants; the stream goes on from the head.
    Gap,
    /// It cannot be honoured; the stream goes on from the head.
    Reset,
}

/// Blocks that go out together: most often one piece, so that a wake costs no allocation.
pub type Pieces = SmallVec<[Bytes; 1]>;

/// What reading on brought.
#[derive(Debug)]
pub enum Step {
    /// Blocks to send, and what they were about.
    Blocks(Pieces, Counts),
    /// Everything up to the cursor was read, and this was said meanwhile.
    Signals(Pieces),
    /// Nothing: everything up to the cursor was read.
    Nothing,
    /// This reader may be told nothing more.
    Ended,
}

impl Tail {
    /// Opens a tail where a reader's cursor says; a `replay_max` limits how much it wants to be told.
    pub async fn open(
        log: &Arc<EventLog>,
        reader: &Reader,
        scope: &Scope,
        cursor: Cursor,
        replay_max: Option<u32>,
        format: Format,
    ) -> Result<(Self, Opening)> {
        // Registered before anything is asked: what changes after that rings the bell.
        let first = log.wakers.register(reader.topics());
        let access = Access::look_up(log, reader, scope, None)
            .await?
            .ok_or(Error::NotFound)?;
        let waiting = log.wakers.register(access.topics());
        waiting.replace(&first);
        log.recent.follow(access.channel());
        let mut tail = Self {
            log: Arc::clone(log),
            access,
            waiting,
            format,
            cursor: EventId::EARLIEST,
            has_read_all: false,
            is_here: false,
            signalled: log.signals.last(),
        };
        let stand = match tail.find_recent_stand(cursor, replay_max) {
            Some(stand) => stand,
            None => Box::pin(tail.find_stored_stand(cursor, replay_max)).await?,
        };
        let opening = judge_cursor(cursor, stand, replay_max);
        tail.cursor = opening.from;
        Ok((tail, opening))
    }

    /// Where a cursor stands, as far as memory knows.
    fn find_recent_stand(&self, cursor: Cursor, replay_max: Option<u32>) -> Option<Stand> {
        let head = self.log.head();
        let mut stand = Stand {
            head,
            is_lost: false,
            is_purged: false,
            missed: 0,
        };
        let Cursor::After(id) = cursor else {
            return Some(stand);
        };
        if id < self.log.era && id < head {
            return None;
        }
        let counted = if replay_max.is_some() { usize::MAX } else { 0 };
        let channel = self.access.channel();
        let following = self.log.recent.read_after(channel, id, counted)?;
        if replay_max.is_some() {
            let missed = following
                .events_after(id)
                .filter(|event| self.access.shows(event));
            stand.missed = i64::try_from(missed.count()).unwrap_or(i64::MAX);
        }
        Some(stand)
    }

    async fn find_stored_stand(&self, cursor: Cursor, replay_max: Option<u32>) -> Result<Stand> {
        let after = match cursor {
            Cursor::After(id) => id,
            _ => EventId(EventId::LIMIT),
        };
        let count_to = replay_max.map_or(0, |max| i64::from(max) + 1);
        let mut connection = self.log.readers.acquire().await?;
        events::find_stand(&mut connection, after, &self.access.selection(), count_to).await
    }

    /// The last id that was looked at.
    #[must_use]
    pub fn cursor(&self) -> EventId {
        self.cursor
    }

    /// Gives up what follows the cursor, since it cannot be read, and moves the cursor to the head, which is returned.
    pub fn skip_to_head(&mut self) -> EventId {
        self.cursor = self.cursor.max(self.log.head());
        self.cursor
    }

    /// Whether the last reading brought everything that there was.
    #[must_use]
    pub fn has_read_all(&self) -> bool {
        self.has_read_all
    }

    /// The log that this is a tail of.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// Waits until there may be more.
    pub async fn wait(&self) {
        self.waiting.wait().await;
    }

    /// Whether the server stops.
    #[must_use]
    pub fn is_log_closed(&self) -> bool {
        self.waiting.is_closed()
    }

    /// Reads on from the cursor, without waiting for anything to happen.
    pub async fn read(&mut self) -> Result<Step> {
        loop {
            if self.waiting.take_access_changed() && !Box::pin(self.look_again()).await? {
                return Ok(Step::Ended);
            }
            let following =
                self.log
                    .recent
                    .read_after(self.access.channel(), self.cursor, BATCH_BYTES);
            self.has_read_all = following.as_ref().is_some_and(|following| following.is_all)
                && self.signalled == self.log.signals.last();
            let (scanned, blocks, counts) = if let Some(following) = following {
                self.encode_recent(&following)
            } else {
                let page = Box::pin(self.read_store()).await?;
                (page.scanned, page.blocks.into_iter().collect(), page.counts)
            };
            // Rights may have moved while this was read: then it is read again, with today's.
            if self.waiting.has_access_changed() {
                continue;
            }
            self.cursor = scanned;
            if !blocks.is_empty() {
                return Ok(Step::Blocks(blocks, counts));
            }
            if self.log.head() <= scanned {
                return Ok(self.read_signals());
            }
        }
    }

    /// What was signalled since this was last asked. Rights were looked at a moment ago.
    fn read_signals(&mut self) -> Step {
        if self.signalled == self.log.signals.last() {
            return Step::Nothing;
        }
        let hears = |signal: &Signal| self.access.hears(signal);
        let (last, blocks) = self.log.signals.read_after(self.signalled, hears);
        self.signalled = last;
        if blocks.is_empty() {
            Step::Nothing
        } else {
            Step::Signals(blocks.into())
        }
    }

    /// The reader counts as here for as long as this is open.
    pub fn enter(&mut self) {
        if let Some(user) = self.access.reader().user {
            self.is_here = true;
            self.log.presence.arrive(user);
        }
    }

    /// Who came and who went while the reader was on its way.
    #[must_use]
    pub fn news(&self) -> Vec<Bytes> {
        if self.waiting.has_access_changed() {
            return Vec::new();
        }
        let hears = |signal: &Signal| self.access.hears(signal);
        self.log.signals.read_news(hears)
    }

    fn encode_recent(&self, following: &Following) -> (EventId, Pieces, Counts) {
        let shows = |event: &Event| self.access.shows(event);
        let blocks_of =
            |lot: &Arc<Lot>| self.log.recent.blocks(lot, self.cursor, self.format, shows);
        let blocks = following.lots.iter().filter_map(blocks_of).collect();
        let events = following.events_after(self.cursor);
        let counts = Counts::of(events.filter(|event| shows(event)));
        (following.scanned, blocks, counts)
    }

    /// A bounded page, read to memory: no read transaction lives across a send.
    async fn read_store(&self) -> Result<ReplayPage> {
        let revision = self.log.recent.revision();
        let page = self.read_page();
        match self.access.selection() {
            Selection::Room(room) => {
                let key = PageKey {
                    room,
                    after: self.cursor,
                    format: self.format,
                    revision,
                };
                self.log.replays.share(key, page).await
            }
            Selection::Visible { .. } => self.log.replays.read(page).await,
        }
    }

    async fn read_page(&self) -> Result<ReplayPage> {
        let mut connection = self.log.readers.acquire().await?;
        let EventPage {
            mut events,
            scanned,
            ..
        } = events::read_after(&mut connection, self.cursor, &self.access.selection()).await?;
        drop(connection);
        events.retain(|event| self.access.shows(event));
        Ok(ReplayPage {
            scanned,
            blocks: self.log.recent.encode(&events, self.format),
            counts: Counts::of(events.iter()),
        })
    }

    /// Rights have moved: what may be seen is looked up anew. `false`: nothing any more.
    async fn look_again(&mut self) -> Result<bool> {
        let Some(access) = Access::look_up(
            &self.log,
            self.access.reader(),
            self.access.scope(),
            Some(&self.access),
        )
        .await?
        else {
            return Ok(false);
        };
        let waiting = self.log.wakers.register(access.topics());
        waiting.replace(&self.waiting);
        self.waiting = waiting;
        self.log.recent.follow(access.channel());
        self.access = access;
        Ok(true)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        if let (true, Some(user)) = (self.is_here, self.access.reader().user) {
            self.log.presence.leave(user);
        }
    }
}

fn judge_cursor(cursor: Cursor, stand: Stand, replay_max: Option<u32>) -> Opening {
    let head = stand.head;
    let (outcome, from) = match cursor {
        Cursor::Latest => (Outcome::Live, head),
        Cursor::Unreadable => (Outcome::Reset, head),
        Cursor::After(id) if id > head || stand.is_lost => (Outcome::Reset, head),
        Cursor::After(id) if id == head => (Outcome::Live, head),
        // From the beginning means everything there is, whatever was there once.
        Cursor::After(id) if stand.is_purged && id > EventId::EARLIEST => (Outcome::Reset, head),
        Cursor::After(_) if replay_max.is_some_and(|max| stand.missed > i64::from(max)) => {
            (Outcome::Gap, head)
        }
        Cursor::After(id) => (Outcome::Replay, id),
    };
    Opening {
        outcome,
        from,
        head,
    }
}
