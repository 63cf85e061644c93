//! The server as a child process: started, killed, stopped, and looked at from outside.

use crate::support::program::{Running, limited};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};
use tempfile::TempDir;
use tokio::sync::watch;

/// A server on a file of its own. Killed when dropped.
pub(super) struct Server {
    directory: TempDir,
    db: PathBuf,
    flags: Vec<String>,
    process: Running,
    sockets_at_start: usize,
    address: watch::Sender<SocketAddr>,
}

impl Server {
    /// Starts one on a new file.
    pub(super) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further flags.
    pub(super) fn start_with(flags: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let db = directory.path().join("chat.db");
        Self::start_in(directory, db, flags)
    }

    /// Starts one on this file; the directory lives as long as the server.
    pub(super) fn start_in(directory: TempDir, db: PathBuf, flags: &[&str]) -> Self {
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let (process, address) = Running::listening(&mut serve(&db, &flags));
        let sockets_at_start = sockets(process.pid());
        Self {
            directory,
            db,
            flags,
            process,
            sockets_at_start,
            address: watch::Sender::new(address),
        }
    }

    /// Where it listens now; another port after each start, since the old one may be taken by then.
    pub(super) fn address(&self) -> SocketAddr {
        *self.address.borrow()
    }

    /// Where it listens, for clients that outlive it.
    pub(super) fn addresses(&self) -> watch::Receiver<SocketAddr> {
        self.address.subscribe()
    }

    /// Its file.
    pub(super) fn db(&self) -> &Path {
        &self.db
    }

    /// Where its file is.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// kill -9.
    pub(super) fn kill(&mut self) {
        self.process.kill();
    }

    /// What a service manager sends.
    pub(super) fn terminate(&self) {
        self.process.signal("TERM");
    }

    /// Sends a signal, such as `HUP`.
    pub(super) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// How many lines of its log hold these words.
    pub(super) fn lines_with(&self, words: &str) -> usize {
        self.process.lines_with(words)
    }

    /// Starts it again on the same file.
    pub(super) fn start_again(&mut self) {
        let (process, address) = Running::listening(&mut serve(&self.db, &self.flags));
        self.process = process;
        self.address.send_replace(address);
    }

    /// The same with other flags.
    pub(super) fn start_again_with(&mut self, flags: &[&str]) {
        self.flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        self.start_again();
    }

    /// Memory in use, in bytes, without what the kernel holds for its sockets.
    pub(super) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Connections that it holds.
    pub(super) fn connections(&self) -> usize {
        sockets(self.pid()) - self.sockets_at_start
    }

    /// Open files and sockets.
    pub(super) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid()))
            .unwrap()
            .count()
    }

    /// Time on a processor so far, in ticks of 10 ms.
    pub(super) fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // After the name, which may hold spaces: utime and stime are fields 14 and 15 (proc_pid_stat(5)).
        let (_, fields) = stat.rsplit_once(')').unwrap();
        fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum()
    }
}

fn sockets(pid: u32) -> usize {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    // One may have been closed since it was listed.
    let links = descriptors.filter_map(|descriptor| fs::read_link(descriptor.ok()?.path()).ok());
    links
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count()
}

fn serve(db: &Path, flags: &[String]) -> Command {
    let mut command = limited([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--rate-limits",
        "off",
        "--db",
    ]);
    command.arg(db).args(flags);
    command
}
