//! The server's log on standard error.
//!
//! Standard error may be on a full disk, a closed terminal, or a pipe whose reader has stalled. Lines are therefore
//! queued in memory and written by a separate thread. Lines that do not fit into the queue, or cannot be written, are
//! lost. Requests never wait for the log or fail because of it.

use super::Failure;
use std::{
    backtrace::{Backtrace, BacktraceStatus},
    env,
    io::{self, IsTerminal as _, Write},
    mem, panic,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// Greatest size of the queue in bytes; further lines are lost.
const QUEUE_BYTES: usize = 1024 * 1024;

/// Starts logging `tracing` events and panic messages to standard error.
///
/// `BACKSCROLL_LOG` sets the filter, as in `BACKSCROLL_LOG=debug` or `BACKSCROLL_LOG=backscroll=debug,warn`. Colours
/// are used only on a terminal, and never if `NO_COLOR` is set (<https://no-color.org>).
pub(super) fn start() -> Result<Log, Failure> {
    let log = Log::default();
    let writer = log.clone();
    thread::Builder::new()
        .name("log".into())
        .spawn(move || writer.write_to(&mut io::stderr()))
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let filter = env::var("BACKSCROLL_LOG")
        .ok()
        .and_then(|directives| EnvFilter::try_new(directives).ok());
    let has_colours =
        io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let queue = log.clone();
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|| EnvFilter::new("info")))
        .with_ansi(has_colours)
        .log_internal_errors(false)
        .with_writer(move || queue.clone())
        .try_init();
    // The standard library's hook writes to standard error directly, and would block on a pipe whose reader has
    // stalled.
    panic::set_hook(Box::new(|panic| {
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tracing::error!("{panic}\n{backtrace}");
        } else {
            tracing::error!("{panic}");
        }
    }));
    Ok(log)
}

/// A queue of lines. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Log(Arc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    /// Notified when lines are queued.
    queued: Condvar,
    /// Notified when all queued lines are written.
    written: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<u8>,
    /// Number of lines that did not fit since the last write.
    lost: u64,
    is_writing: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.lost == 0
    }
}

impl Log {
    /// Waits until all queued lines are written, at most for `patience`.
    pub(super) fn flush_within(&self, patience: Duration) {
        let is_pending = |state: &mut State| state.is_writing || !state.is_empty();
        let waited = self
            .0
            .written
            .wait_timeout_while(self.lock(), patience, is_pending);
        drop(waited);
    }

    /// Writes queued lines in an endless loop. Errors of the writer are ignored.
    fn write_to(&self, writer: &mut impl Write) {
        loop {
            let (lines, lost) = self.take();
            let _ = writer.write_all(&lines);
            if lost > 0 {
                let _ = writeln!(writer, "backscroll: {lost} log lines were dropped here");
            }
            let _ = writer.flush();
            self.note_written();
        }
    }

    /// Waits for lines and takes them out of the queue, with the number of lines that were lost after them.
    fn take(&self) -> (Vec<u8>, u64) {
        let waited = self
            .0
            .queued
            .wait_while(self.lock(), |state| state.is_empty());
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.is_writing = true;
        (mem::take(&mut state.lines), mem::take(&mut state.lost))
    }

    fn note_written(&self) {
        let mut state = self.lock();
        state.is_writing = false;
        if state.is_empty() {
            self.0.written.notify_all();
        }
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        // Once a line is lost, all lines after it are lost until the next write, so that the note about the loss is at
        // the gap.
        if state.lost > 0 || state.lines.len() + line.len() > QUEUE_BYTES {
            state.lost += 1;
        } else {
            state.lines.extend_from_slice(line);
        }
        self.0.queued.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `tracing_subscriber` writes each event with one call.
impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_loses_lines_and_counts_them() {
        let log = Log::default();
        log.push(&vec![b'a'; QUEUE_BYTES]);
        log.push(b"lost\n");
        log.push(b"also lost\n");
        let (lines, lost) = log.take();
        assert_eq!((lines.len(), lost), (QUEUE_BYTES, 2));
        log.push(b"next\n");
        assert_eq!(log.take(), (b"next\n".to_vec(), 0));
    }

    #[test]
    fn flushing_waits_no_longer_than_allowed() {
        let log = Log::default();
        log.flush_within(Duration::from_mins(1));
        log.push(b"nobody writes this\n");
        log.flush_within(Duration::from_millis(1));
        assert!(!log.lock().is_empty());
    }
}
