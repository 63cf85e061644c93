//! Backscroll: a self-hosted chat in one binary and one SQLite file, in which nobody ever misses, repeats or
//! reorders a message.
//!
//! # One log, many cursors
//!
//! Everything that happens is appended to one log. Everything that reads is a cursor into it.
//!
//! ```text
//! page/API handler ─ Change ─▶ writer ─ begin immediate · apply(change) … · commit+fsync ─▶ wake
//!                                                                                            │
//! browser tab, curl, CLI  ◀─ tail: read after cursor, send, advance, wait ◀──────────────────┘
//! ```
//!
//! - **One way in.** A [`Change`](model::change::Change) is plain data; [`apply`](chat::apply::apply) is the only
//!   code that changes the database. One task, the [writer](event_log::writer), owns the one connection that
//!   writes, and takes whatever waits into one transaction.
//! - **One way out.** A [tail](event_log::tail) reads what follows its cursor, and waits when nothing is left.
//!   Replay and live are the same loop, so there is no seam between them. No queue per reader exists.
//! - **Current state, not old payloads.** An event row says what happened to which message; what is sent is the
//!   message as it is now. Applying an event twice is harmless, and deleted text is gone everywhere.
//!
//! # Where things are
//!
//! Dependencies point one way: [`cli`] → [`net`] → [`web`] → [`event_log`], [`auth`] → [`chat`] → [`store`] →
//! [`model`]; [`error`] and [`config`] know nobody; [`markdown`] knows [`model`] alone. A test reads the `use crate::` lines and names the offender.
//! The same noun has the same file name at every layer: `store/messages.rs`, `chat/messages.rs`,
//! `web/api/messages.rs`, `templates/messages/`.

pub mod app;
pub mod auth;
pub mod cache;
pub mod chat;
pub mod cli;
pub mod config;
pub mod error;
pub mod event_log;
pub mod markdown;
pub mod model;
pub mod net;
pub mod operations;
mod server;
pub mod store;
pub mod web;

pub use server::{Server, run};
