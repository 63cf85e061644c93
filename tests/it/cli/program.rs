//! Running the program: to its end, or beside the test.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read, Write as _},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// For everything that a test waits for.
const WITHIN: Duration = Duration::from_mins(1);

/// Waits for a condition, up to a deadline.
pub(super) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + WITHIN;
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "not so within {WITHIN:?}: {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// The program with these arguments, in a clean environment.
pub(super) fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backscroll"));
    for name in [
        "BACKSCROLL_TOKEN",
        "BACKSCROLL_DB",
        "BACKSCROLL_LISTEN",
        "http_proxy",
        "HTTP_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

/// What a run of the program came to.
#[derive(Debug)]
pub(super) struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// What it printed, if it ended well.
    pub(super) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// Ended with this code and a sentence that holds these words.
    pub(super) fn failed(&self, code: i32, words: &str) {
        assert!(
            self.code == code && self.stderr.contains(words),
            "not {code} with {words:?}: {self:?}"
        );
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

/// Runs the program to its end.
pub(super) fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ended {
    Ended::new(
        command(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("the program starts"),
    )
}

/// Runs the program to its end, with this on its standard input.
pub(super) fn run_with_input<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    input: &str,
) -> Ended {
    let mut command = command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    let writing = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let ended = Ended::new(child.wait_with_output().expect("it ends"));
    let _ = writing.join().expect("no panic");
    ended
}

/// A run of the program beside the test; killed when dropped.
pub(super) struct Running {
    pub child: Child,
    out: Lines,
    err: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Running {
    pub(super) fn start<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let out = collect(child.stdout.take().expect("a pipe"));
        let err = collect(child.stderr.take().expect("a pipe"));
        Self { child, out, err }
    }

    /// The lines of its standard output until now.
    pub(super) fn out(&self) -> Vec<String> {
        self.out.lock().expect("no panic").clone()
    }

    /// Whether it has said this on its standard error.
    pub(super) fn has_told(&self, words: &str) -> bool {
        self.err
            .lock()
            .expect("no panic")
            .iter()
            .any(|line| line.contains(words))
    }

    /// Sends a signal, such as `TERM`.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(sent.expect("there is a kill").success());
    }

    /// Waits for its end.
    pub(super) fn code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().expect("it is ours");
            status.is_some()
        });
        status.and_then(|status| status.code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(source: impl Read + Send + 'static) -> Lines {
    let lines = Lines::default();
    let seen = Arc::clone(&lines);
    thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            seen.lock().expect("no panic").push(line);
        }
    });
    lines
}
