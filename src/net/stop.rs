//! Stopping.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How everything that serves connections is told to stop.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Finish what was begun.
    pub soft: CancellationToken,
    /// Now.
    pub hard: CancellationToken,
    /// Everything that serves a connection.
    pub tasks: TaskTracker,
}
