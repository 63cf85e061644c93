//! The program as a separate process: run to its end, in parallel with the test, or as a server.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead as _, BufReader, Read, Write as _},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// Time limit for everything that a test waits for.
const WITHIN: Duration = Duration::from_mins(1);

/// Waits for a condition, up to a deadline.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + WITHIN;
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "not so within {WITHIN:?}: {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_backscroll");

/// Returns the program with these arguments, a clean environment and no input.
pub(crate) fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    clean(PROGRAM, arguments)
}

/// Returns the program with these arguments, which ignores SIGXFSZ: writes beyond a limit on the size of files fail as
/// on a full disk.
pub(crate) fn limited<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = clean("sh", ["-c", "trap '' XFSZ; exec \"$@\"", "sh", PROGRAM]);
    command.args(arguments);
    command
}

fn clean<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program);
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
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs `kill -NAME PID`.
pub(crate) fn send_signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status();
    assert!(
        sent.expect("there is a kill").success(),
        "kill -{name} {pid}"
    );
}

/// The result of a run of the program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Returns standard output, and panics if the program failed.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// Panics unless the program failed with this code and a message that contains these words.
    pub(crate) fn failed(&self, code: i32, words: &str) {
        assert!(
            self.code == code && self.stderr.contains(words),
            "not {code} with {words:?}: {self:?}"
        );
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

/// Runs the program to its end.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ended {
    Ended::new(command(arguments).output().expect("the program starts"))
}

/// Runs the program to its end with this standard input.
pub(crate) fn run_with_input<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    input: &(impl AsRef<[u8]> + ?Sized),
) -> Ended {
    let mut command = command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.as_ref().to_owned();
    let writing = thread::spawn(move || stdin.write_all(&input));
    let ended = Ended::new(child.wait_with_output().expect("it ends"));
    let _ = writing.join().expect("no panic");
    ended
}

/// A running process of the program; killed when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Running {
    pub(crate) fn start<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::spawn(&mut command(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let out = collect(child.stdout.take().expect("a pipe"));
        let err = collect(child.stderr.take().expect("a pipe"));
        Self { child, out, err }
    }

    /// Starts a server, and waits until it has printed its address.
    pub(crate) fn listening(command: &mut Command) -> (Self, SocketAddr) {
        let server = Self::spawn(command);
        let address = server.address();
        (server, address)
    }

    fn address(&self) -> SocketAddr {
        let mut address = None;
        until("the server says where it listens", || {
            address = self.out().iter().find_map(|line| address_in(line));
            address.is_some()
        });
        address.expect("until it was there")
    }

    /// Starts a server like [`Self::listening`] whose standard error is a file.
    pub(crate) fn logging(command: &mut Command, log: File) -> (Self, SocketAddr) {
        command.stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("the program starts");
        let out = collect(child.stdout.take().expect("a pipe"));
        let server = Self {
            child,
            out,
            err: Lines::default(),
        };
        let address = server.address();
        (server, address)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// Returns the exit status if the process has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is ours")
    }

    /// Returns the lines of standard output so far.
    pub(crate) fn out(&self) -> Vec<String> {
        self.out.lock().expect("no panic").clone()
    }

    /// Returns the lines of standard error so far.
    pub(crate) fn told(&self) -> Vec<String> {
        self.err.lock().expect("no panic").clone()
    }

    /// Returns whether standard error contains these words.
    pub(crate) fn has_told(&self, words: &str) -> bool {
        self.err
            .lock()
            .expect("no panic")
            .iter()
            .any(|line| line.contains(words))
    }

    /// Returns the number of lines of standard error that contain these words.
    pub(crate) fn lines_with(&self, words: &str) -> usize {
        let lines = self.err.lock().expect("no panic");
        lines.iter().filter(|line| line.contains(words)).count()
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        send_signal(self.pid(), name);
    }

    /// Waits for the end of the process.
    pub(crate) fn code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the program ends", || {
            status = self.ended();
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

/// Returns the address in a line such as `  http://127.0.0.1:3000`.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("://")?;
    rest.split(|c: char| c.is_whitespace() || c == '/')
        .next()?
        .parse()
        .ok()
}
