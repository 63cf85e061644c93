//! Being asked to stop: Ctrl-C (SIGINT) or SIGTERM.

use super::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Resolves when this process is asked to stop.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    was_asked: bool,
}

impl Stop {
    /// From now on these signals no longer end the process by themselves.
    pub(super) fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            was_asked: false,
        })
    }

    /// Waits for the first of them; once that came, this returns at once.
    pub(super) async fn asked(&mut self) {
        if !self.was_asked {
            self.again().await;
        }
    }

    /// Waits for the next of them: somebody is impatient.
    pub(super) async fn again(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        self.was_asked = true;
    }
}
