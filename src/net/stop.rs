//! Stopping in two steps.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Signals all connections to stop, and waits for them.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Accept no more connections, and finish open requests and streams.
    pub soft: CancellationToken,
    /// Abort the remaining connections.
    pub hard: CancellationToken,
    /// The tasks that serve connections.
    pub tasks: TaskTracker,
}
