//! Time limits of connections.

use std::time::Duration;

/// Time limits of connections. They have no flags; tests shorten them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For the first byte of a request, and then for its head. Idle connections are closed after this, too.
    pub head: Duration,
    /// For a client to read something of a response, or else to be cut.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(15),
            write: Duration::from_secs(30),
        }
    }
}
