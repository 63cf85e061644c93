//! How a command ends: a sentence for people, a code for scripts.

use crate::error::Error;
use std::{
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long the end of a command waits for its sentence to be written.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(1);

/// Why a command did not do what it was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: u8,
    sentence: String,
}

impl Failure {
    /// For a reason without a code of its own.
    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// The command line makes no sense; clap ends with the same code.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }

    /// What was looked at is at fault: a database, a line of a file.
    pub(super) fn fault(sentence: impl Into<String>) -> Self {
        Self {
            code: 3,
            sentence: sentence.into(),
        }
    }

    /// Another process has the file.
    fn in_use(sentence: String) -> Self {
        Self { code: 4, sentence }
    }

    /// The server answered, and the answer is no.
    pub(super) fn refused(sentence: impl Into<String>) -> Self {
        Self {
            code: 5,
            sentence: sentence.into(),
        }
    }

    /// The server did not answer.
    pub(super) fn unreachable(sentence: impl Into<String>) -> Self {
        Self {
            code: 6,
            sentence: sentence.into(),
        }
    }

    /// Whoever read standard output has seen enough, as in `backscroll export | head`. Nothing is wrong.
    pub(super) fn reader_gone() -> Self {
        Self {
            code: 0,
            sentence: String::new(),
        }
    }

    /// Prints the sentence on standard error and returns the exit code.
    pub(super) fn end(self) -> ExitCode {
        let Self { code, sentence } = self;
        if !sentence.is_empty() {
            let (written, is_written) = mpsc::channel();
            thread::spawn(move || {
                tell(&sentence);
                let _ = written.send(());
            });
            // A pipe that nobody reads must not keep the process from ending.
            let _ = is_written.recv_timeout(LAST_WORDS_WITHIN);
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

/// Prints to standard output; once this returns it has left the process.
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

/// Tells something on standard error. Where nobody reads that any more, it is not told: no reason to fail.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "backscroll: {text}");
}
