//! Signals that stop a command: Ctrl-C (SIGINT), SIGTERM, or the end of its terminal (SIGHUP).

use super::Failure;
use std::{fs, future};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Resolves when this process is asked to stop.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    /// `None` where the process was started with SIGHUP ignored, as by `nohup`: it stays ignored.
    hang_up: Option<Signal>,
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
            hang_up: if is_hang_up_ignored() {
                None
            } else {
                Some(listen(SignalKind::hangup())?)
            },
            was_asked: false,
        })
    }

    /// Waits for the first signal. Returns at once if one came before.
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

    /// Waits for a further SIGINT or SIGTERM: somebody does not want to wait. SIGHUP does not count here, because a
    /// terminal that closes sends it twice, once from the kernel and once from the shell.
    pub(super) async fn again(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        self.was_asked = true;
    }
}

/// Reads the mask of ignored signals, in which SIGHUP is the lowest bit (`SigIgn` in `proc_pid_status(5)`). Where
/// there is no such file, SIGHUP is taken not to be ignored.
fn is_hang_up_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}
