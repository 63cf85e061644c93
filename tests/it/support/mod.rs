//! A real server on a real file, and clients that speak HTTP with it.

pub(crate) mod answer;
pub(crate) mod chat;
pub(crate) mod event_streams;
pub(crate) mod markup;
pub(crate) mod person;
pub(crate) mod program;
pub(crate) mod small_disk;
pub(crate) mod sse;
pub(crate) mod stream;
pub(crate) mod until;

use std::time::Duration;

/// For everything that a test waits for: long enough for a busy machine.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);
/// Rights that are lost end what a stream delivers within this.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(1);
