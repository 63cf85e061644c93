//! The waiter in all interleavings of a reader and of those who notify it.

use loom::{
    future::block_on,
    model::Builder,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The atomics that the waiter is made of, as loom models them.
mod sync {
    pub(super) use loom::sync::atomic::{AtomicBool, Ordering};
    use std::task::Waker;

    /// A waker behind a lock, since loom's own one spins.
    #[derive(Debug, Default)]
    pub(super) struct AtomicWaker(loom::sync::Mutex<Option<Waker>>);

    impl AtomicWaker {
        pub(super) fn register(&self, waker: &Waker) {
            *self.0.lock().unwrap() = Some(waker.clone());
        }

        pub(super) fn wake(&self) {
            let waker = self.0.lock().unwrap().take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

#[path = "../waiter.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "the file is compiled with other atomics here"
)]
mod waiter;

use waiter::Waiter;

/// The events that are appended one after the other.
const EVENTS: usize = 2;
/// Interleavings with more preemptions are left out: they take minutes, and loom's manual says that two or three catch most faults.
const PREEMPTIONS_MAX: usize = 3;

/// Loom fails where the reader waits for ever.
#[test]
fn a_reader_that_reads_before_it_waits_misses_no_event() {
    let mut model = Builder::new();
    model.preemption_bound = Some(PREEMPTIONS_MAX);
    model.check(|| {
        let (waiter, head) = (Arc::new(Waiter::default()), Arc::new(AtomicUsize::new(0)));
        let writer = thread::spawn({
            let (waiter, head) = (Arc::clone(&waiter), Arc::clone(&head));
            move || {
                for id in 1..=EVENTS {
                    head.store(id, Ordering::Release);
                    waiter.notify();
                }
            }
        });
        block_on(async {
            while head.load(Ordering::Acquire) < EVENTS {
                waiter.wait().await;
            }
        });
        writer.join().expect("it does not panic");
    });
}

#[test]
fn a_reader_that_is_woken_after_permissions_have_changed_sees_the_change() {
    loom::model(|| {
        let waiter = Arc::new(Waiter::default());
        let writer = thread::spawn({
            let waiter = Arc::clone(&waiter);
            move || waiter.mark_access_changed()
        });
        block_on(waiter.wait());
        assert!(waiter.has_access_changed() && waiter.take_access_changed());
        writer.join().expect("it does not panic");
    });
}
