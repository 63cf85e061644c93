//! Signals that stop a command: Ctrl-C (SIGINT), SIGTERM, and a closed terminal (SIGHUP).

use super::Failure;
use std::{fs, future};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A listener for the signals that stop this process.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    /// `None` if the process was started with SIGHUP ignored, as by `nohup`: the signal stays ignored.
    hang_up: Option<Signal>,
    was_asked: bool,
}

impl Stop {
    /// Installs the handlers. From then on these signals no longer terminate the process.
    pub(super) fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: if is_hang_up_ignored() {
                None
            } else {
                Some(listen(SignalKind::hangup())?)
            },
            was_asked: false,
        })
    }

    /// Waits for the first signal. Returns at once if one was received before.
    pub(super) async fn asked(&mut self) {
        if self.was_asked {
            return;
        }
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hang_up => {}
        }
        self.was_asked = true;
    }

    /// Waits for another SIGINT or SIGTERM, which means that the user does not want to wait. SIGHUP does not count,
    /// because a closing terminal sends it twice, once from the kernel and once from the shell.
    pub(super) async fn again(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        self.was_asked = true;
    }
}

/// Returns whether SIGHUP, the lowest bit, is set in the mask of ignored signals (`SigIgn` in `proc_pid_status(5)`).
/// Without that file, SIGHUP counts as not ignored.
fn is_hang_up_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}
