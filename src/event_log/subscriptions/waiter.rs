//! The flags and the waker of one reader.
//!
//! This file is compiled twice: with the atomics of the standard library, and in tests with those of loom, which runs
//! all interleavings of a few threads.

use super::sync::{AtomicBool, AtomicWaker, Ordering};
use std::{future::poll_fn, task::Poll};

/// Wakes one task. Notifications carry no data, and several before a wait count as one.
#[derive(Debug, Default)]
pub(super) struct Waiter {
    notified: AtomicBool,
    access_changed: AtomicBool,
    waker: AtomicWaker,
}

impl Waiter {
    /// Ends the current or the next wait.
    pub(super) fn notify(&self) {
        self.notified.swap(true, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Notes that permissions have changed, and notifies.
    pub(super) fn mark_access_changed(&self) {
        self.access_changed.swap(true, Ordering::AcqRel);
        self.notify();
    }

    /// Returns whether permissions have changed since the last call.
    pub(super) fn take_access_changed(&self) -> bool {
        self.access_changed.swap(false, Ordering::AcqRel)
    }

    /// Returns whether permissions have changed, without resetting the flag.
    pub(super) fn has_access_changed(&self) -> bool {
        self.access_changed.load(Ordering::Acquire)
    }

    /// Waits for a notification. Returns at once if there was one since the last wait.
    pub(super) async fn wait(&self) {
        poll_fn(|context| {
            // Register first: a notification between the two either sees the waker, or its flag is seen here.
            self.waker.register(context.waker());
            if self.notified.swap(false, Ordering::AcqRel) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}
