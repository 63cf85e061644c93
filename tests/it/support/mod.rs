//! A real server with a real file, and HTTP clients.

pub(crate) mod answer;
pub(crate) mod authenticator;
pub(crate) mod browser;
pub(crate) mod chat;
pub(crate) mod event_streams;
pub(crate) mod markup;
pub(crate) mod person;
pub(crate) mod program;
pub(crate) mod routes;
pub(crate) mod small_disk;
pub(crate) mod sse;
pub(crate) mod stream;
pub(crate) mod until;

use std::time::Duration;

/// Time limit for everything that a test waits for, long enough for a busy machine.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);
/// Time limit for a stream to end after its reader has lost the permission.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(1);
