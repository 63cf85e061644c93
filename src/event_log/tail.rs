//! A tail: a cursor that moves through the events that are visible to its reader. All events are read through it.
//!
//! *Note the head; read the events after the cursor; return them; move the cursor to the last id scanned; if no event
//! is left, wait for a notification; repeat.* The owner of a tail sends and waits in between, so a slow reader only
//! reads later.

use super::{
    access::{Access, Reader, Scope},
    batch::{Batch, Slice},
    event_types::EventTypes,
    log::EventLog,
    opening::{Opening, Outcome, resolve_cursor},
    recent::{Channel, Following},
    replays::{PageKey, ReplayPage},
    signals::{Content, Signal},
    subscriptions::Subscription,
};
use crate::{
    error::{Error, Result},
    model::{
        event::{Event, kind},
        ids::{Cursor, EventId},
        own_change::{OwnChange, OwnChangeKind, Setting},
    },
    store::{
        cursors::{self, CursorStatus},
        event_pages::{self, EventPage, Selection},
        read_marks,
    },
};
use smallvec::SmallVec;
use std::{cell::Cell, sync::Arc};

/// Approximate maximum number of bytes that are read at once and sent in one write.
const BATCH_BYTES: usize = 256 * 1024;

/// A reader of the log.
#[derive(Debug)]
pub struct Tail {
    log: Arc<EventLog>,
    access: Access,
    types: EventTypes,
    subscription: Subscription,
    /// The last id that was scanned.
    cursor: EventId,
    /// The last visible event up to the cursor. Only this id is sent to the reader.
    shown: EventId,
    /// Whether the last read left no event. The subscription was notified of later ones.
    has_read_all: bool,
    /// Whether the reader counts as online while the tail is open.
    is_here: bool,
    /// The number of the last signal that was read.
    signalled: u64,
}

/// Events that are returned together. Most often they are part of one batch and need no allocation.
pub type Slices = SmallVec<[Slice; 1]>;

/// The result of a read.
#[derive(Debug)]
pub enum Step {
    /// Events that follow the cursor. Never empty.
    Events(Slices),
    /// All events were read, and these signals were published meanwhile. Never empty.
    Signals(Vec<Arc<Signal>>),
    /// All events and signals were read.
    Nothing,
    /// The reader sees other rooms than before, which no event tells. The events after the cursor follow.
    ViewChanged,
    /// The reader has lost its access.
    Ended(End),
}

/// The reason why a reader has lost its access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The session or token of the reader was revoked.
    SignedOut,
    /// None of the requested rooms is visible any more.
    Gone,
}

impl Tail {
    /// Opens a tail at the reader's cursor. If more than `replay_max` events were missed, of any type, it opens at the
    /// head.
    pub async fn open(
        log: &Arc<EventLog>,
        reader: &Reader,
        scope: &Scope,
        types: &EventTypes,
        cursor: Cursor,
        replay_max: Option<u32>,
    ) -> Result<(Self, Opening)> {
        // Subscribe before the look-up, so that the reader is notified of changes after it.
        let first = log.subscribers.subscribe(reader.topics());
        let access = Access::look_up(log, reader, scope).await?;
        let access = access.filter(|access| !access.is_lost());
        let access = access.ok_or(Error::NotFound)?;
        let subscription = log.subscribers.subscribe(access.topics());
        subscription.replace(&first);
        log.recent.follow(access.channel());
        let cursor = access.honoured(cursor);
        let mut tail = Self {
            log: Arc::clone(log),
            access,
            types: types.clone(),
            subscription,
            cursor: EventId::EARLIEST,
            shown: EventId::EARLIEST,
            has_read_all: false,
            is_here: false,
            signalled: log.signals.last(),
        };
        let opening = match tail.open_from_memory(cursor, replay_max) {
            Some(opening) => opening,
            None => Box::pin(tail.open_from_store(cursor, replay_max)).await?,
        };
        tail.cursor = opening.from;
        tail.shown = opening.from;
        Ok((tail, opening))
    }

    /// Resolves a cursor in a single room from memory; `None` if the store must be queried.
    fn open_from_memory(&self, cursor: Cursor, replay_max: Option<u32>) -> Option<Opening> {
        let channel = self.access.channel();
        let Channel::Room(room) = channel else {
            return None;
        };
        // The head in memory may be a change of a person whom only those see who see open rooms.
        if !self.access.reader().sees_open {
            return None;
        }
        let head = self.log.recent.room_head(room)?;
        let mut status = CursorStatus {
            is_lost: false,
            is_purged: false,
            is_far: false,
            missed: 0,
        };
        if let Cursor::After(id) = cursor
            && id != head
        {
            if id > head || id < self.log.era {
                return None;
            }
            let counted = if replay_max.is_some() { usize::MAX } else { 0 };
            let following = self.log.recent.read_after(channel, id, counted)?;
            let missed = following
                .events_after(id)
                .filter(|event| self.access.shows(event));
            status.missed = i64::try_from(missed.count()).unwrap_or(i64::MAX);
        }
        Some(resolve_cursor(cursor, head, status, replay_max))
    }

    async fn open_from_store(&self, cursor: Cursor, replay_max: Option<u32>) -> Result<Opening> {
        let after = match cursor {
            Cursor::After(id) => id,
            _ => EventId(EventId::LIMIT),
        };
        let count_to = replay_max.map_or(0, |max| i64::from(max) + 1);
        let selection = self.access.selection();
        let mut connection = self.log.readers.acquire().await?;
        let reader = self.access.reader();
        let open_head = self.log.open_head(reader.sees_open);
        let head = cursors::find_selection_head(&mut connection, &selection, open_head).await?;
        let status =
            cursors::find_cursor_status(&mut connection, after, &selection, count_to).await?;
        drop(connection);
        // The head of other selections may be an event that is visible only to this reader.
        if let Selection::Room(room) = selection {
            self.log.recent.note_room_head(room, head);
        }
        let mut opening = resolve_cursor(cursor, head, status, replay_max);
        // A cursor after the head of this scope may be the id of an event that the reader has seen in another scope.
        if after > head
            && matches!(cursor, Cursor::After(_))
            && !status.is_lost
            && after <= self.log.find_visible_head(reader).await?
        {
            opening.outcome = Outcome::Live;
        }
        Ok(opening)
    }

    /// Returns the last event that was returned to the reader.
    #[must_use]
    pub fn shown(&self) -> EventId {
        self.shown
    }

    /// Skips the events after the cursor, since they cannot be read, and continues from the end of the log. `head` is
    /// the last event that is visible to the reader.
    pub fn skip_to(&mut self, head: EventId) {
        self.cursor = self.cursor.max(self.log.head());
        self.shown = self.shown.max(head);
    }

    /// Returns whether the last read returned everything that there was.
    #[must_use]
    pub fn has_read_all(&self) -> bool {
        self.has_read_all
    }

    /// Returns the log.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// Waits for a notification, after which there may be more to read.
    pub async fn wait(&self) {
        self.subscription.wait().await;
    }

    /// Returns whether the server stops.
    #[must_use]
    pub fn is_log_closed(&self) -> bool {
        self.subscription.is_closed()
    }

    /// Reads the events after the cursor, or else the new signals. Does not wait for new ones.
    pub async fn read(&mut self) -> Result<Step> {
        loop {
            if self.subscription.take_access_changed() {
                let saw_open = self.access.reader().sees_open;
                if !Box::pin(self.look_again()).await? {
                    return Ok(Step::Ended(End::SignedOut));
                }
                if self.access.reader().sees_open != saw_open && !self.access.is_lost() {
                    return Ok(Step::ViewChanged);
                }
            }
            let following = self.read_memory();
            self.has_read_all = following.as_ref().is_some_and(|following| following.is_all)
                && self.signalled == self.log.signals.last();
            let (scanned, (slices, shown)) = if let Some(following) = following {
                (following.scanned, self.visible_of(&following.batches))
            } else {
                let page = Box::pin(self.read_store()).await?;
                (page.scanned, self.visible_of(page.batch.as_slice()))
            };
            // If permissions have changed during the read, read again with the current ones.
            if self.subscription.has_access_changed() {
                continue;
            }
            self.cursor = scanned;
            self.shown = shown;
            if !slices.is_empty() {
                return Ok(Step::Events(slices));
            }
            if self.log.head() <= scanned {
                return Ok(if self.access.is_lost() {
                    Step::Ended(End::Gone)
                } else {
                    self.read_signals()
                });
            }
        }
    }

    /// Reads recent events. The event by which the reader has lost a room may not be among them yet, since permissions
    /// change before events are published.
    fn read_memory(&self) -> Option<Following> {
        let recent = &self.log.recent;
        if self.access.is_lost() {
            return None;
        }
        recent.read_after(self.access.channel(), self.cursor, BATCH_BYTES)
    }

    /// Returns the events that are visible and requested, and the id of the last visible one.
    fn visible_of(&self, batches: &[Arc<Batch>]) -> (Slices, EventId) {
        let shown = Cell::new(self.shown);
        let is_returned = |event: &Event| {
            let is_visible = self.access.shows(event);
            if is_visible {
                shown.set(event.id);
            }
            is_visible && self.types.include(&event.kind)
        };
        let slices = batches.iter().filter_map(|batch| {
            let ended = batch
                .replaced(|event| self.end_of_room(event))
                .map(Arc::new);
            Slice::of(ended.as_ref().unwrap_or(batch), self.cursor, is_returned)
        });
        (slices.collect(), shown.get())
    }

    /// Returns the event that replaces one by which the reader loses access to a room.
    fn end_of_room(&self, event: &Event) -> Option<Event> {
        self.access.is_end_of_room(event).then(|| Event {
            kind: kind::ROOM_DELETED.to_owned(),
            ..event.clone()
        })
    }

    /// Returns the signals since the last call. The caller has just checked the permissions of the reader.
    fn read_signals(&mut self) -> Step {
        if self.signalled == self.log.signals.last() {
            return Step::Nothing;
        }
        let receives = |signal: &Signal| self.receives(signal);
        let (last, signals) = self.log.signals.read_after(self.signalled, receives);
        self.signalled = last;
        if signals.is_empty() {
            Step::Nothing
        } else {
            Step::Signals(signals)
        }
    }

    /// Returns signals of what has changed for the reader alone since the cursor at which it was opened.
    pub async fn find_own_changes(&self, cursor: Cursor) -> Result<Vec<Signal>> {
        let (Some(user), Cursor::After(after)) = (self.access.reader().user, cursor) else {
            return Ok(Vec::new());
        };
        if !self.types.include("read") && !self.types.include("me") {
            return Ok(Vec::new());
        }
        let mut connection = self.log.readers.acquire().await?;
        let (marks, settings) = read_marks::list_changes(&mut connection, user, after).await?;
        drop(connection);
        let settings = settings.iter().filter_map(|name| Setting::of_name(name));
        let changed: Vec<_> = settings.map(Setting::name).collect();
        let me = (!changed.is_empty()).then(|| Signal::to_user(user, Content::Me { changed }));
        let marks = marks.into_iter().map(|mark| {
            let kind = OwnChangeKind::ReadMark(mark);
            Signal::of_own(OwnChange { user, kind })
        });
        let signals = marks.chain(me);
        Ok(signals.filter(|signal| self.receives(signal)).collect())
    }

    /// Counts the reader as online while the tail is open.
    pub fn enter(&mut self) {
        if let Some(user) = self.access.reader().user {
            self.is_here = true;
            self.log.presence.arrive(user);
        }
    }

    /// Returns the recent presence changes that the reader may have missed before the tail was opened.
    #[must_use]
    pub fn recent_presence(&self) -> Vec<Arc<Signal>> {
        if self.subscription.has_access_changed() {
            return Vec::new();
        }
        let receives = |signal: &Signal| self.receives(signal);
        self.log.signals.read_recent_presence(receives)
    }

    fn receives(&self, signal: &Signal) -> bool {
        self.types.include(signal.content.name()) && self.access.receives(signal)
    }

    /// Reads a bounded page into memory, so that no read transaction stays open while it is sent.
    async fn read_store(&self) -> Result<ReplayPage> {
        let revision = self.log.recent.revision();
        let page = self.read_page();
        match self.access.selection() {
            Selection::Room(room) => {
                let key = PageKey {
                    room,
                    after: self.cursor,
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
            events, scanned, ..
        } = event_pages::read_after(&mut connection, self.cursor, &self.access.selection()).await?;
        drop(connection);
        let batch = Batch::new(events.into_iter().map(Arc::new).collect());
        Ok(ReplayPage {
            scanned,
            batch: batch.map(Arc::new),
        })
    }

    /// Looks up the reader's access again, since permissions have changed. Returns whether the reader is still signed in.
    async fn look_again(&mut self) -> Result<bool> {
        let (reader, scope) = (self.access.reader(), self.access.scope());
        let Some(access) = Access::look_up(&self.log, reader, scope).await? else {
            return Ok(false);
        };
        let subscription = self.log.subscribers.subscribe(access.topics());
        subscription.replace(&self.subscription);
        self.subscription = subscription;
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
