//! THE IDEA: one log, many cursors.
//!
//! Everything that happens goes through the [sequencer](local) and is stored by the [applier], the only way in.
//! Everything that reads is a cursor moved by a [tail], the only way out. Invariants:
//!
//! - Ids rise in commit order. Nothing is shown to anybody before its commit is on disk.
//! - A tail reads what follows its cursor until nothing is left, then waits; replay and live are the same loop. No
//!   queue per reader exists, so none can overflow, double or overtake.
//! - Notifications carry no data. Losing one delays a reader until the next, and loses nothing.
//! - [`recent`] holds nothing that the store does not say as well: it only saves asking.
//! - Rights are looked at after reading and before sending; what moves them marks the readers concerned before
//!   anything that follows can be read.
//! - The log hands over events and knows nothing of how its consumers encode them.

pub mod access;
pub mod applier;
pub mod batch;
pub mod local;
pub mod log;
mod lookups;
pub mod presence;
pub mod recent;
pub mod replays;
pub mod signals;
pub mod subscriptions;
pub mod tail;
pub mod transaction;
