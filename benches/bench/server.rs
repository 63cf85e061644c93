//! The real program, with its own database file.

use crate::{
    Result,
    load::{
        http::Head,
        marker::{Marker, TEXT},
        requesters::{Compose, Turn},
    },
    machine::Machine,
    process::Process,
};
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_backscroll");

/// Creates a temporary folder on the disk of the build, for the files of a server.
pub(crate) fn folder() -> Result<TempDir> {
    Ok(TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// A server with its folder. It is killed, and its folder deleted, when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) folder: TempDir,
}

/// The rate limits of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limits {
    Off,
    Default,
}

impl Server {
    /// Starts a server without rate limits on a new file.
    pub(crate) fn start(machine: Machine) -> Result<Self> {
        Self::start_with(machine, Limits::Off)
    }

    /// Starts a server with these limits on a new file.
    pub(crate) fn start_with(machine: Machine, limits: Limits) -> Result<Self> {
        let folder = folder()?;
        let process = serve_with(machine, &file_in(folder.path()), limits)?;
        Ok(Self { process, folder })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.address()
    }

    /// Creates this many accounts, and returns their tokens.
    pub(crate) fn join(&self, people: usize) -> Result<Vec<String>> {
        let join = |person: usize| -> Result<String> {
            let body = format!(r#"{{"handle":"poster{person}"}}"#);
            let answer = ask(self.address(), "POST", "/api/v1/join", None, &body)?;
            Ok(answer["token"].as_str().ok_or("no token")?.to_owned())
        };
        (0..people).map(join).collect()
    }

    /// Creates a room.
    pub(crate) fn make_room(&self, token: &str, slug: &str) -> Result<()> {
        let body = format!(r#"{{"slug":"{slug}","name":"{slug}"}}"#);
        ask(self.address(), "POST", "/api/v1/rooms", Some(token), &body).map(drop)
    }

    /// Returns the id of the newest event.
    pub(crate) fn head(&self) -> Result<u64> {
        let page = ask(
            self.address(),
            "GET",
            "/api/v1/rooms/general/messages?limit=1",
            None,
            "",
        )?;
        Ok(page["head"].as_u64().ok_or("no head")?)
    }
}

/// Starts the program without rate limits on a file.
pub(crate) fn serve(machine: Machine, db: &Path) -> Result<Process> {
    serve_with(machine, db, Limits::Off)
}

fn serve_with(machine: Machine, db: &Path, limits: Limits) -> Result<Process> {
    let mut command = Command::new(PROGRAM);
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    if matches!(limits, Limits::Off) {
        command.args(["--rate-limits", "off"]);
    }
    command.arg("--db").arg(db);
    Process::start(machine, &mut command)
}

/// Returns the path of the database in its folder.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join("chat.db")
}

/// Imports an archive into a database.
pub(crate) fn import(archive: &Path, db: &Path) -> Result<()> {
    let mut command = Command::new(PROGRAM);
    command.arg("import").arg(archive).arg("--db").arg(db);
    let status = command.stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("the import of {} failed", archive.display()).into());
    }
    Ok(())
}

/// Returns the request that opens a stream of a room, after an id or at the head.
pub(crate) fn stream_request(room: &str, last_id: Option<&str>) -> String {
    let last_id = last_id
        .map(|id| format!("Last-Event-ID: {id}\r\n"))
        .unwrap_or_default();
    format!(
        "GET /api/v1/rooms/{room}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{last_id}\r\n"
    )
}

/// Returns requests that post marked messages into the room `general`. Each connection uses its own token.
pub(crate) fn posts(tokens: &[String]) -> Compose {
    let length = TEXT + r#"{"body":""}"#.len();
    let heads = tokens.iter().map(|token| {
        format!(
            "POST /api/v1/rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\ncontent-length: {length}\r\n\r\n{{\"body\":\""
        )
    });
    let heads: Vec<String> = heads.collect();
    Box::new(
        move |out,
              Turn {
                  requester,
                  number,
                  planned,
              }| {
            out.extend_from_slice(heads[requester].as_bytes());
            let poster = u32::try_from(requester).unwrap_or(u32::MAX);
            Marker {
                poster,
                number,
                planned,
            }
            .write(out);
            out.extend_from_slice(b"\"}");
        },
    )
}

/// Sends one request on a new connection.
fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &str,
) -> Result<Value> {
    let token = token
        .map(|token| format!("Authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{token}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    let head = Head::read(&answer)?.ok_or("no answer")?;
    if !(200..300).contains(&head.status) {
        return Err(format!("{method} {path}: {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(serde_json::from_slice(&answer[head.size..])?)
}
