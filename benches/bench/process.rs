//! A server as a child process: started on its own core, measured through /proc, and killed at the end.

use crate::{Result, machine::Machine};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running server, which is killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    /// Kept open, because a server may exit when its standard output is closed.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program on the server's core, and waits until it prints the address on which it listens.
    pub(crate) fn start(machine: Machine, command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = machine.on_server_core(|| Ok(command.spawn()?))?;
        let mut words = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let address = loop {
            let mut line = String::new();
            if words.read_line(&mut line)? == 0 {
                return Err(format!("the server did not start: {:?}", child.wait()?).into());
            }
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().parse()?;
            }
        };
        Ok(Self {
            child,
            address,
            _stdout: words,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the CPU time of all threads so far in microseconds, user and system.
    pub(crate) fn cpu(&self) -> Result<f64> {
        cpu_of(self.child.id())
    }

    /// Returns the resident memory in bytes, without the kernel's memory for its sockets.
    pub(crate) fn memory(&self) -> Result<u64> {
        kibibytes(&self.file("smaps_rollup"), "Rss:")
    }

    /// Returns the peak resident memory since `forget_peak`, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        kibibytes(&self.file("status"), "VmHWM:")
    }

    /// Resets the peak of the resident memory (`clear_refs` in proc(5)).
    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(self.file("clear_refs"), "5")?)
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the CPU time of a process in microseconds. It is read from the scheduler's statistics, which count
/// nanoseconds, because `stat` counts ticks of 10 ms. Threads that have ended are not included; servers rarely end
/// threads.
pub(crate) fn cpu_of(process: u32) -> Result<f64> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end while the threads are listed.
        let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let time = stat.split(' ').next().unwrap_or_default();
        nanos += time.parse::<u64>()?;
    }
    Ok(nanos as f64 / 1e3)
}

fn kibibytes(file: &str, field: &str) -> Result<u64> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let value = line.ok_or_else(|| format!("{file} has no {field}"))?;
    Ok(value.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
