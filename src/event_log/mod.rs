//! The event log: one log, many cursors.
//!
//! All changes go through the [sequencer](local) and are stored by the [applier], which is the only writer. All
//! readers are cursors that are moved by a [tail]. Invariants:
//!
//! - Ids increase in commit order. Events become visible only after their commit is on disk.
//! - A tail reads the events after its cursor until none is left, then waits; replay and live delivery are the same
//!   loop. There is no queue per reader that could overflow, duplicate or reorder events.
//! - Notifications carry no data. A lost one would delay a reader until the next, but lose no event.
//! - [`recent`] contains only events that are also in the store; it saves queries.
//! - Permissions are checked after reading and before sending. A change of permissions marks the readers concerned
//!   before later events can be read.
//! - The log returns events and does not depend on how its consumers encode them.

pub mod access;
pub mod answer;
pub mod applier;
pub mod batch;
pub mod event_types;
pub mod local;
pub mod log;
mod lookups;
pub mod opening;
pub mod presence;
pub mod recent;
pub mod replays;
pub mod session_uses;
pub mod signals;
pub mod subscriptions;
pub mod tail;
pub mod transaction;
