//! Backscroll: a self-hosted chat in one binary and one SQLite file, in which nobody ever misses, repeats or
//! reorders a message.
//!
//! # One log, many cursors
//!
//! Everything that happens is appended to one log. Everything that reads is a cursor into it.
//!
//! ```text
//! page/API/CLI ─ operation ─ Change ─▶ sequencer ─▶ applier: begin immediate · apply(batch) · commit+fsync ─▶ notify
//!                                                                                                            │
//! browser tab, curl, CLI  ◀─ encode ◀─ tail: read events after cursor, hand over, advance, wait ◀────────────┘
//! ```
//!
//! - **One way in.** A [`Change`](model::change::Change) is an envelope of plain data; [`apply`](chat::apply::apply) is
//!   the only code that changes the database. The founding of a log, a new era and each step of an
//!   [import](model::import::ImportStep) are changes, too: the same changes make the same rows on any machine, in
//!   whatever batches they come. One task, the [applier](event_log::applier), owns the one connection that writes, and
//!   takes whatever waits into one transaction; a command that changes a file has it for itself. There is one path that
//!   adds messages, [`add_messages`](store::posts::add_messages), for posts and imports.
//! - **One way out.** A [tail](event_log::tail) hands over [batches](event_log::batch) of events that follow its cursor,
//!   and waits when nothing is left. Replay and live are the same loop, so there is no seam between them. No queue per
//!   reader exists. Consumers encode events; the log knows nothing of JSON, HTML or event streams.
//! - **Current state, not old payloads.** An event row says what happened to which object; what is sent is the object as
//!   it is now. Applying an event twice is harmless, and deleted text is gone everywhere.
//! - **One policy.** [`can`](chat::policy::can) decides who may do what, and `store/visibility.rs` is the same rule for
//!   rows. What a reader is told, ids included, depends only on what it may see.
//! - **One way to invalidate.** Cached state never expires by time; the applier updates it after a commit and before
//!   later events can be read. The [`cache`] holds sessions, open rooms, memberships, facts about posters and the last
//!   id: a committed batch invalidates the entries whose permissions it changes. [`recent`](event_log::recent) holds
//!   the newest events of each room: a commit appends its events and updates past ones, whose revision it increases.
//!   [`replays`](event_log::replays) holds pages of past events, whose keys contain that revision. If another program
//!   has changed the file, all three start empty. [`presence`](event_log::presence) holds the users who are online; it
//!   is not stored, and follows the opening and closing of streams.
//!
//! # Where things are
//!
//! Dependencies point one way, as a test checks: [`cli`] → `server` → [`net`] → [`web`] → [`operator`] →
//! [`operations`] → [`app`] → [`limits`] → [`auth`] → [`event_log`] → [`chat`] → [`cache`] → [`markdown`] → [`files`] →
//! [`store`] → [`config`] → [`model`] → [`error`] → [`fault`]. Each part may use all parts after it.
//!
//! The same noun has the same file name at every layer: `store/messages.rs`, `chat/messages.rs`,
//! `operations/messages.rs`, `web/api/messages.rs`, `templates/messages/`.

pub mod app;
pub mod auth;
pub mod cache;
pub mod chat;
pub mod cli;
pub mod config;
pub mod error;
pub mod event_log;
pub mod fault;
pub mod files;
pub mod limits;
pub mod markdown;
pub mod model;
pub mod net;
pub mod operations;
pub mod operator;
mod server;
pub mod store;
pub mod web;

pub use server::{Server, SetupOffer, run};
