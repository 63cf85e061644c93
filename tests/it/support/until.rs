//! Waiting for a condition, up to a deadline.

use std::time::{Duration, Instant};

/// Time limit, long enough for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, condition: impl FnMut() -> bool) {
    assert!(
        comes_true(PATIENCE, condition).await,
        "not so within {PATIENCE:?}: {what}"
    );
}

/// Waits until a condition holds whose answer has to be waited for, too.
pub(crate) async fn until_told(
    what: &str,
    patience: Duration,
    mut told: impl AsyncFnMut() -> bool,
) {
    let deadline = Instant::now() + patience;
    while !told().await {
        assert!(
            Instant::now() < deadline,
            "not so within {patience:?}: {what}"
        );
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Returns whether a condition holds before the time limit.
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
