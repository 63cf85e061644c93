//! A server as a child process: started on its core, looked at through /proc, killed at the end.

use crate::{Result, machine::Machine};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running server. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    /// Kept open: a server whose words nobody can read any more may end because of that.
    _words: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program on the server's core, and waits until it says at which address it listens.
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
            _words: words,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Microseconds on a processor so far, user and system, of all its threads.
    pub(crate) fn cpu(&self) -> Result<f64> {
        cpu_of(self.child.id())
    }

    /// Resident memory in bytes, without what the kernel holds for its sockets.
    pub(crate) fn memory(&self) -> Result<u64> {
        kibibytes(&self.file("smaps_rollup"), "Rss:")
    }

    /// The most resident memory since `forget_peak`, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        kibibytes(&self.file("status"), "VmHWM:")
    }

    /// From now on the peak counts anew (`clear_refs` in proc(5)).
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

/// In microseconds, by the scheduler's own clock, which counts nanoseconds: `stat` counts in ticks of 10 ms. Threads that have ended are left
/// out, but servers keep theirs.
pub(crate) fn cpu_of(process: u32) -> Result<f64> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // One may end while they are listed.
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
