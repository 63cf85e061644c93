//! How a command ends: a sentence for people, an exit code for scripts.

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
    /// A failure without an exit code of its own.
    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// The command line is wrong; clap ends with the same exit code.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }

    /// The data is at fault: a database, a line of a file, a line of standard input.
    pub(super) fn fault(sentence: impl Into<String>) -> Self {
        Self {
            code: 3,
            sentence: sentence.into(),
        }
    }

    /// Another process uses the file.
    fn in_use(sentence: String) -> Self {
        Self { code: 4, sentence }
    }

    /// Backscroll itself refused the request.
    pub(super) fn refused(sentence: impl Into<String>) -> Self {
        Self {
            code: 5,
            sentence: sentence.into(),
        }
    }

    /// Backscroll did not answer: nothing did, or something else did in its place.
    pub(super) fn unreachable(sentence: impl Into<String>) -> Self {
        Self {
            code: 6,
            sentence: sentence.into(),
        }
    }

    /// The reader of standard output has closed it, as in `backscroll export | head`. This is no error.
    pub(super) fn reader_gone() -> Self {
        Self {
            code: 0,
            sentence: String::new(),
        }
    }

    /// Adds where it happened, before the sentence, and what to do, after it.
    pub(super) fn in_context(self, place: &str, advice: &str) -> Self {
        Self {
            sentence: format!("{place}: {}. {advice}", self.sentence),
            ..self
        }
    }

    /// Prints the sentence to standard error and returns the exit code.
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

/// Prints a line to standard error; a closed standard error is no reason to fail. Control characters are replaced,
/// because parts of the text may come from a server, and must not control the terminal.
pub(super) fn tell(text: &str) {
    let is_control = |c: char| c.is_control() && c != '\n';
    let _ = writeln!(
        io::stderr(),
        "backscroll: {}",
        text.replace(is_control, " ")
    );
}
