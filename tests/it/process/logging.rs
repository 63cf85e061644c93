//! Standard error and standard output that cannot be written to: lines are lost, and nothing else.

use super::{
    http::{ask_once, get},
    server::Server,
    until::{comes_true, until},
};
use crate::support::program::{command, send_signal};
use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// More lines than a pipe and the queue behind it hold.
const REQUESTS: usize = 3000;
const STOPS_WITHIN: Duration = Duration::from_secs(3);

/// A server that logs every request, with these streams; killed when dropped.
struct Logging {
    child: Child,
    address: SocketAddr,
}

impl Logging {
    async fn start(db: &Path, set: impl FnOnce(&mut Command)) -> Self {
        // The banner cannot be read in all of these cases, so the port is chosen here.
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut command = command(["serve", "--listen", &address.to_string(), "--db"]);
        command.arg(db).env("BACKSCROLL_LOG", "debug");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        set(&mut command);
        let mut child = command.spawn().unwrap();
        let is_there = comes_true(Duration::from_secs(30), || {
            std::net::TcpStream::connect(address).is_ok()
        })
        .await;
        assert!(is_there, "it ended: {:?}", child.try_wait());
        Self { child, address }
    }

    async fn answers(&mut self, requests: usize) {
        for _ in 0..requests {
            let answer = ask_once(self.address, &get("/readyz", None)).await;
            assert_eq!(answer.expect("each request is answered").status, 200);
        }
        assert_eq!(self.child.try_wait().unwrap(), None, "it still runs");
    }

    async fn stops(&mut self, signal: &str) {
        send_signal(self.child.id(), signal);
        let ended = comes_true(STOPS_WITHIN, || self.child.try_wait().unwrap().is_some()).await;
        assert!(ended, "it does not stop");
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Both ends of a pipe.
fn pipe() -> (OwnedFd, OwnedFd) {
    let (reader, writer) = std::io::pipe().unwrap();
    (reader.into(), writer.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_log_costs_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut server = Logging::start(&directory.path().join("chat.db"), |command| {
        command.stdout(full()).stderr(full());
    })
    .await;
    server.answers(20).await;
    server.stops("TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_costs_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let (_reader, writer) = pipe();
    let mut server = Logging::start(&directory.path().join("chat.db"), |command| {
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
    })
    .await;
    server.answers(REQUESTS).await;
    server.stops("TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_has_gone_costs_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let (reader, writer) = pipe();
    drop(reader);
    let mut server = Logging::start(&directory.path().join("chat.db"), |command| {
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
    })
    .await;
    server.answers(20).await;
    server.stops("TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_no_colours_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log.txt");
    let mut server = Logging::start(&directory.path().join("chat.db"), |command| {
        command.stderr(File::create(&log).unwrap());
    })
    .await;
    server.answers(3).await;
    server.stops("TERM").await;
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("/readyz"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_closes_stops_the_server_like_a_service_manager() {
    let mut server = Server::start();
    server.signal("HUP");
    until("the server has ended", || server.ended().is_some()).await;
    assert!(server.ended().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_started_with_nohup_outlives_its_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut nohup = Command::new("nohup");
    nohup.arg(env!("CARGO_BIN_EXE_backscroll"));
    nohup.args(["serve", "--listen", &address.to_string(), "--db"]);
    nohup.arg(directory.path().join("chat.db"));
    nohup
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = nohup.spawn().unwrap();
    let mut server = Logging { child, address };
    until("it listens", || {
        std::net::TcpStream::connect(address).is_ok()
    })
    .await;
    send_signal(server.child.id(), "HUP");
    server.answers(20).await;
    server.stops("TERM").await;
}
