//! The outcome of a command that failed: a message for people and an exit code for scripts.

use crate::error::Error;
use std::{
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
    sync::mpsc,
    thread,
    time::Duration,
};

/// Time limit for writing the message to standard error at the end.
const LAST_MESSAGE_WITHIN: Duration = Duration::from_secs(1);

/// The reason why a command failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: u8,
    sentence: String,
}

impl Failure {
    /// Creates a failure with the general exit code.
    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// Creates a failure for an invalid command line, with the exit code that clap uses.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }

    /// Creates a failure for invalid data: a database, a line of a file, or a line of standard input.
    pub(super) fn fault(sentence: impl Into<String>) -> Self {
        Self {
            code: 3,
            sentence: sentence.into(),
        }
    }

    /// Creates a failure for a file that another process uses.
    pub(super) fn in_use(sentence: String) -> Self {
        Self { code: 4, sentence }
    }

    /// Creates a failure for a request that Backscroll itself refused.
    pub(super) fn refused(sentence: impl Into<String>) -> Self {
        Self {
            code: 5,
            sentence: sentence.into(),
        }
    }

    /// Creates a failure for a request without a response of Backscroll: there was none, or it came from another
    /// program.
    pub(super) fn unreachable(sentence: impl Into<String>) -> Self {
        Self {
            code: 6,
            sentence: sentence.into(),
        }
    }

    /// Ends the command because the reader of standard output has closed it, as in `backscroll export | head`. This is
    /// not an error.
    pub(super) fn reader_gone() -> Self {
        Self {
            code: 0,
            sentence: String::new(),
        }
    }

    /// Adds the place of the failure before the message, and advice after it.
    pub(super) fn in_context(self, place: &str, advice: &str) -> Self {
        Self {
            sentence: format!("{place}: {}. {advice}", self.sentence),
            ..self
        }
    }

    /// Prints the message to standard error and returns the exit code.
    pub(super) fn end(self) -> ExitCode {
        let Self { code, sentence } = self;
        if !sentence.is_empty() {
            let (written, is_written) = mpsc::channel();
            thread::spawn(move || {
                tell(&sentence);
                let _ = written.send(());
            });
            // A pipe whose reader has stalled must not keep the process from ending.
            let _ = is_written.recv_timeout(LAST_MESSAGE_WITHIN);
        }
        code.into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::InUse(sentence) => Self::in_use(sentence),
            error => Self::failed(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

/// Prints to standard output and flushes it.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::reader_gone(),
        _ => Failure::failed(format!("cannot write to standard output: {error}")),
    })
}

/// Prints a line to standard error. Errors of writing it are ignored. Control characters are replaced, because parts of
/// the text may come from a server and must not control the terminal.
pub(super) fn tell(text: &str) {
    let is_control = |c: char| c.is_control() && c != '\n';
    let _ = writeln!(
        io::stderr(),
        "backscroll: {}",
        text.replace(is_control, " ")
    );
}
