//! Waiting for a condition, up to a deadline.

use std::time::{Duration, Instant};

/// Long enough for a busy machine; nothing is measured by it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Waits until something is so.
pub(crate) async fn until(what: &str, condition: impl FnMut() -> bool) {
    assert!(
        comes_true(PATIENCE, condition).await,
        "not so within {PATIENCE:?}: {what}"
    );
}

/// Whether something becomes so in time.
pub(crate) async fn comes_true(patience: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    true
}
