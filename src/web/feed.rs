//! The bytes of one stream, from `hello` to `bye`. A feed is independent of the connection that sends it.

use crate::{
    app::random_between,
    event_log::{
        batch::{Encode, Slice},
        opening::{Opening, Outcome},
        signals::Signal,
        tail::{End, Slices, Step, Tail},
    },
    limits::streams::StreamPermit,
    model::{
        event::{Event, kind},
        ids::EventId,
    },
    web::encode::blocks::{encode_signal, write_block},
};
use bytes::Bytes;
use serde::Serialize;
use smallvec::{SmallVec, smallvec};
use std::{io::Write as _, mem, time::Duration};
use tokio::time::{Instant, timeout_at};

/// A `ping` is sent after this time without a block: proxies close idle connections after 30 s and more, and pages use
/// it to detect lost connections.
pub const PING_AFTER: Duration = Duration::from_secs(15);
/// Range of the reconnection time in milliseconds. It is random for each stream, so that readers do not reconnect all
/// at once.
const RETRY: (u64, u64) = (1000, 4000);
/// Range of the reconnection time after a planned end, in milliseconds.
const RETRY_AFTER_BYE: (u64, u64) = (500, 5000);
/// Range of the reconnection time when the server has too many readers, in milliseconds.
const RETRY_AFTER_OVERLOAD: (u64, u64) = (20_000, 40_000);

/// State of one stream.
#[derive(Debug)]
pub struct Feed {
    tail: Tail,
    encoder: &'static dyn Encode,
    /// How the cursor was resolved, as `hello` says it.
    outcome: Outcome,
    /// The last visible event when the tail was opened, at which a replay ends.
    head: EventId,
    /// Counts of the events replayed so far; `None` once the reader has caught up.
    replayed: Option<Counts>,
    /// A pointer, since few streams have anything of it, and thousands of feeds live for hours.
    rare: Option<Box<Rare>>,
    _place: StreamPermit,
}

/// What only few streams have.
#[derive(Debug, Default)]
pub struct Rare {
    /// Signals of what has changed for the reader alone since its cursor, until they are sent.
    pub own: Vec<Signal>,
    /// When the reader's token expires.
    pub ends_at: Option<Instant>,
}

/// Blocks that are sent together. Most often this is one piece, which needs no allocation.
pub type Pieces = SmallVec<[Bytes; 1]>;

/// Number of replayed events by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Counts {
    messages: u32,
    edits: u32,
    deletes: u32,
}

impl Counts {
    fn add(&mut self, event: &Event) {
        match event.kind.as_str() {
            kind::MESSAGE => self.messages += 1,
            kind::MESSAGE_EDITED => self.edits += 1,
            kind::MESSAGE_DELETED => self.deletes += 1,
            _ => {}
        }
    }
}

/// The next step of the connection.
#[derive(Debug)]
pub enum Next {
    /// Sends these pieces together.
    Send(Pieces),
    /// Waits until more can be read.
    Wait,
    /// Sends this block and ends the stream.
    End(Bytes),
}

/// The reason why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bye {
    /// The server stops or restarts.
    Restart,
    /// The reader is not signed in any more.
    SignedOut,
    /// None of the rooms of the stream is visible to the reader any more.
    Gone,
    /// The server has too many readers or too much to do.
    Overload,
}

#[derive(Serialize)]
struct Hello<'a> {
    outcome: Outcome,
    from: EventId,
    head: EventId,
    log: &'a str,
    server: &'a str,
}

#[derive(Serialize)]
struct CaughtUp {
    id: EventId,
    #[serde(flatten)]
    counts: Counts,
}

impl Feed {
    /// Creates a feed from a tail that was just opened. It ends when the reader's token expires.
    #[must_use]
    pub fn new(
        mut tail: Tail,
        opening: Opening,
        encoder: &'static dyn Encode,
        place: StreamPermit,
        rare: Rare,
    ) -> Self {
        tail.enter();
        let replayed = (opening.outcome == Outcome::Replay).then(Counts::default);
        Self {
            tail,
            encoder,
            outcome: opening.outcome,
            head: opening.head,
            replayed,
            rare: (!rare.own.is_empty() || rare.ends_at.is_some()).then(|| Box::new(rare)),
            _place: place,
        }
    }

    /// Returns `hello`, the presence changes since the reader's page was rendered, and what has changed for the reader
    /// alone. `hello` carries the cursor, so that a reader that is disconnected right after it resumes at the same
    /// position.
    #[must_use]
    pub fn hello(&mut self) -> Bytes {
        let mut out = retry(RETRY);
        self.write_hello(&mut out);
        for signal in self.tail.recent_presence() {
            out.extend(signal.encoded(encode_signal));
        }
        let rare = self.rare.as_mut();
        for signal in rare
            .map(|rare| mem::take(&mut rare.own))
            .unwrap_or_default()
        {
            out.extend(encode_signal(&signal));
        }
        out.into()
    }

    fn ends_at(&self) -> Option<Instant> {
        self.rare.as_ref().and_then(|rare| rare.ends_at)
    }

    fn write_hello(&self, out: &mut Vec<u8>) {
        let from = self.tail.shown();
        let hello = Hello {
            outcome: self.outcome,
            from,
            head: self.head,
            log: &self.tail.log().name,
            server: concat!("backscroll/", env!("CARGO_PKG_VERSION")),
        };
        write_block(out, "hello", &hello, Some(from));
    }

    /// Reads the next blocks without waiting for new events.
    pub async fn next(&mut self) -> Next {
        if self.tail.is_log_closed() {
            return Next::End(bye(Bye::Restart));
        }
        if self.ends_at().is_some_and(|at| at <= Instant::now()) {
            return Next::End(bye(Bye::SignedOut));
        }
        match self.tail.read().await {
            Ok(Step::Events(slices)) => {
                let encoded = slices.iter().map(|slice| slice.encoded(self.encoder));
                let mut blocks: Pieces = encoded.collect();
                blocks.extend(self.note_replayed(&slices));
                Next::Send(blocks)
            }
            Ok(Step::Signals(signals)) => {
                let caught_up = self.replayed.is_some().then(|| self.caught_up());
                let signals = signals.iter().map(|signal| signal.encoded(encode_signal));
                Next::Send(caught_up.into_iter().chain(signals).collect())
            }
            Ok(Step::Nothing) if self.replayed.is_some() => Next::Send(smallvec![self.caught_up()]),
            Ok(Step::Nothing) => Next::Wait,
            Ok(Step::ViewChanged) => Next::Send(smallvec![self.reset_to(self.tail.shown())]),
            Ok(Step::Ended(End::SignedOut)) => Next::End(bye(Bye::SignedOut)),
            Ok(Step::Ended(End::Gone)) => Next::End(bye(Bye::Gone)),
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, "reading events failed temporarily; the stream ends and its reader will reconnect");
                Next::End(bye(Bye::Overload))
            }
            Err(error) => {
                tracing::error!(%error, "reading events failed; the stream is reset to the head");
                Next::Send(smallvec![self.reset()])
            }
        }
    }

    /// Returns a second `hello` with the outcome `reset`, and continues from the head, since the events after the
    /// cursor cannot be read. If the stream ended instead, its reader would reconnect with the same cursor and meet the
    /// same error.
    fn reset(&mut self) -> Bytes {
        let head = self.head.max(self.tail.shown());
        self.tail.skip_to(head);
        self.reset_to(head)
    }

    /// Returns a second `hello` with the outcome `reset`. The client fetches again what it shows, and the events after
    /// `head` follow.
    fn reset_to(&mut self, head: EventId) -> Bytes {
        self.replayed = None;
        (self.outcome, self.head) = (Outcome::Reset, head);
        let mut out = Vec::new();
        self.write_hello(&mut out);
        out.into()
    }

    /// Waits for the next block, which is a `ping` after [`PING_AFTER`] without one. The flag says whether it is the
    /// last block.
    pub async fn next_block(&mut self, silent_since: Instant) -> (Bytes, bool) {
        let mut next = self.next().await;
        loop {
            match next {
                Next::Send(pieces) => return (pieces.concat().into(), false),
                Next::End(block) => return (block, true),
                Next::Wait => {}
            }
            let woken = timeout_at(silent_since + PING_AFTER, self.wait()).await;
            next = match woken {
                Ok(()) => self.next().await,
                Err(_) => self.next_or_ping().await,
            };
        }
    }

    /// Returns whether the last call of [`Feed::next`] returned all available events.
    #[must_use]
    pub fn has_read_all(&self) -> bool {
        self.replayed.is_none() && self.tail.has_read_all()
    }

    /// Waits until more may be available, or the stream ends.
    pub async fn wait(&self) {
        match self.ends_at() {
            None => self.tail.wait().await,
            // Few streams have an end: the others do not pay for its timer.
            Some(at) => {
                let _ = Box::pin(timeout_at(at, self.tail.wait())).await;
            }
        }
    }

    /// Reads the next blocks, and returns a `ping` if there are none.
    pub async fn next_or_ping(&mut self) -> Next {
        match self.next().await {
            Next::Wait => Next::Send(smallvec![self.ping()]),
            next => next,
        }
    }

    fn ping(&self) -> Bytes {
        let mut out = Vec::new();
        let head = self.tail.shown();
        write_block(
            &mut out,
            "ping",
            &serde_json::json!({ "head": head }),
            Some(head),
        );
        out.into()
    }

    /// Counts replayed events. Returns the end of the replay once the position of the head at opening is reached or
    /// nothing is left.
    fn note_replayed(&mut self, slices: &Slices) -> Option<Bytes> {
        let counts = self.replayed.as_mut()?;
        for event in slices.iter().flat_map(Slice::events) {
            counts.add(event);
        }
        (self.tail.shown() >= self.head).then(|| self.caught_up())
    }

    fn caught_up(&mut self) -> Bytes {
        let (id, counts) = (self.tail.shown(), self.replayed.take().unwrap_or_default());
        let mut out = Vec::new();
        write_block(&mut out, "caught-up", &CaughtUp { id, counts }, Some(id));
        out.into()
    }
}

/// Returns the last block of a stream. It has no id, so that the reader's cursor does not change.
#[must_use]
pub fn bye(reason: Bye) -> Bytes {
    let mut out = retry(if reason == Bye::Overload {
        RETRY_AFTER_OVERLOAD
    } else {
        RETRY_AFTER_BYE
    });
    write_block(
        &mut out,
        "bye",
        &serde_json::json!({ "reason": reason }),
        None,
    );
    out.into()
}

fn retry((low, high): (u64, u64)) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    // Writing to a `Vec` cannot fail.
    let _ = writeln!(out, "retry: {}", random_between(low, high));
    out
}
