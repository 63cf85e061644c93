//! SQLite alone: the command `sqlite3` runs a script, without a server, network or second thread.

use crate::{
    Result,
    load::{clock::nanos, histogram::Histogram},
    machine::Machine,
    process::cpu_of,
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The settings of the server.
const SETTINGS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
    pragma secure_delete = fast; pragma busy_timeout = 5000;";

/// A `sqlite3` process on a file, which is killed when dropped.
#[derive(Debug)]
pub(crate) struct Sqlite {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    script: PathBuf,
}

/// The cost of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) time: Duration,
    /// CPU time in microseconds.
    pub(crate) cpu: f64,
}

impl Sqlite {
    /// Opens a file on the server's core; `None` if `sqlite3` is not installed.
    pub(crate) fn open(machine: Machine, db: &Path) -> Result<Option<Self>> {
        let mut command = Command::new("sqlite3");
        command
            .arg("-bail")
            .arg(db)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let spawned = machine.on_server_core(|| Ok(command.spawn()));
        let Ok(mut child) = spawned? else {
            return Ok(None);
        };
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let script = db.with_extension("script");
        let mut sqlite = Self {
            child,
            input,
            output,
            script,
        };
        sqlite.run(SETTINGS)?;
        Ok(Some(sqlite))
    }

    /// Runs a script from a file. The selected rows are formatted and discarded.
    pub(crate) fn run(&mut self, script: &str) -> Result<Spent> {
        fs::write(&self.script, script)?;
        let cpu = cpu_of(self.child.id())?;
        let started = Instant::now();
        let script = self.script.display();
        writeln!(
            self.input,
            ".output /dev/null\n.read {script}\n.output stdout\n.print done"
        )?;
        self.input.flush()?;
        self.read_done()?;
        let time = started.elapsed();
        let cpu = cpu_of(self.child.id())? - cpu;
        Ok(Spent { time, cpu })
    }

    /// Returns the time that each script takes if they run one at a time at a fixed interval.
    pub(crate) fn run_at_pace<'a>(
        &mut self,
        scripts: impl Iterator<Item = &'a str>,
        every: Duration,
    ) -> Result<Histogram> {
        let mut times = Histogram::default();
        for script in scripts {
            sleep(every);
            let started = Instant::now();
            writeln!(self.input, "{script}\n.print done")?;
            self.input.flush()?;
            self.await_output()?;
            times.add(nanos(started.elapsed()));
            self.read_done()?;
        }
        Ok(times)
    }

    /// Waits without sleeping, as the generator waits for the server.
    fn await_output(&self) -> Result<()> {
        let at_once = Timespec::default();
        loop {
            let mut readable = [PollFd::new(self.output.get_ref(), PollFlags::IN)];
            match poll(&mut readable, Some(&at_once)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read_done(&mut self) -> Result<()> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 || line.trim() != "done" {
            return Err(format!("sqlite3 says: {line}").into());
        }
        Ok(())
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a script with this many commits of this many messages, as on a server on which one person posts in the room
/// `general`.
pub(crate) fn commits(commits: usize, messages: usize, text: &str) -> String {
    // Greater than all existing ids.
    let mut id = 1_000_000;
    let mut script = String::new();
    for _ in 0..commits {
        let mut rows = String::new();
        for _ in 0..messages {
            id += 1;
            let comma = if rows.is_empty() { "" } else { "," };
            let time = "'2026-11-22T05:41:03.123Z'";
            // 2 is the room: the event after the creation of the server's own account. 3 is the first person.
            let _ = write!(rows, "{comma}({id},2,3,'{text}',{time})");
        }
        let _ = writeln!(
            script,
            "insert into messages (id, room_id, author_id, body, created_at) values {rows};"
        );
    }
    script
}

/// Returns a script that selects pages of 50 messages before these ids.
pub(crate) fn pages(room: &str, before: impl Iterator<Item = u64>) -> String {
    let mut script = String::new();
    for id in before {
        let _ = writeln!(
            script,
            "select m.id, u.handle, u.name, m.body, m.created_at, m.edited_at, m.deleted_at, m.reply_to, m.nonce \
             from messages m join users u on u.id = m.author_id \
             where m.room_id = (select id from rooms where slug = '{room}') and m.id < {id} \
             order by m.id desc limit 50;"
        );
    }
    script
}
