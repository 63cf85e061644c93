//! The server's log, on standard error.
//!
//! Standard error may be a full disk, a terminal that is gone, or a pipe that nobody reads. Lines are therefore queued
//! in memory and written by a thread of their own. Lines that do not fit into the queue are lost, and so are lines that
//! cannot be written; no request ever waits for the log or fails because of it.

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

/// Bytes of lines that wait to be written; lines beyond are lost.
const QUEUE_BYTES: usize = 1024 * 1024;

/// Sends the events of `tracing` and the messages of panics to standard error.
///
/// `BACKSCROLL_LOG` filters them, as in `BACKSCROLL_LOG=debug` or `BACKSCROLL_LOG=backscroll=debug,warn`. Colours are
/// used on a terminal only, and never where `NO_COLOR` is set (<https://no-color.org>).
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
    // The standard library's hook writes to standard error itself, and would wait there for a pipe that nobody reads.
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
    /// Notified when lines were queued.
    queued: Condvar,
    /// Notified when everything queued was written.
    written: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<u8>,
    /// Lines that did not fit since the last write.
    lost: u64,
    is_writing: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.lost == 0
    }
}

impl Log {
    /// Waits until everything queued was written, at most for this long.
    pub(super) fn flush_within(&self, patience: Duration) {
        let is_pending = |state: &mut State| state.is_writing || !state.is_empty();
        let waited = self
            .0
            .written
            .wait_timeout_while(self.lock(), patience, is_pending);
        drop(waited);
    }

    /// Writes what is queued, for ever. Errors of the writer are ignored.
    fn write_to(&self, writer: &mut impl Write) {
        loop {
            let (lines, lost) = self.take();
            let _ = writer.write_all(&lines);
            if lost > 0 {
                let _ = writeln!(writer, "backscroll: {lost} lines of the log were lost here");
            }
            let _ = writer.flush();
            self.note_written();
        }
    }

    /// Waits for lines and takes them out of the queue, with the number of lines that were lost behind them.
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
        // Once a line is lost, those behind it are, too, so that the note about the loss stands where the gap is.
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
