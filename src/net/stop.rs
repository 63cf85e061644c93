//! Stopping in two steps.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Tells every connection to stop, and waits for them.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Accept nothing more; finish the requests and streams that are open.
    pub soft: CancellationToken,
    /// Abort the remaining connections.
    pub hard: CancellationToken,
    /// The tasks that serve connections.
    pub tasks: TaskTracker,
}
