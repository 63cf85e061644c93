//! An attacker: threads that send requests as fast as they are answered, whatever the answer is.

use super::http::Head;
use crate::Result;
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

/// Composes the request of a number.
pub(crate) type Attempt = fn(u64) -> String;

/// A running flood.
pub(crate) struct Flood {
    threads: Vec<JoinHandle<()>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    answered: AtomicU64,
    refused: AtomicU64,
    running: AtomicUsize,
}

impl Flood {
    /// Starts to send `total` requests over this many connections.
    pub(crate) fn start(
        address: SocketAddr,
        connections: usize,
        total: u64,
        attempt: Attempt,
    ) -> Self {
        let counts = Arc::new(Counts::default());
        counts.running.store(connections, Ordering::Relaxed);
        let threads = (0..connections).map(|_| {
            let counts = Arc::clone(&counts);
            thread::spawn(move || {
                while counts.sent.load(Ordering::Relaxed) < total {
                    // The server may close a connection; the attacker comes back.
                    let _ = send(address, total, attempt, &counts);
                }
                counts.running.fetch_sub(1, Ordering::Relaxed);
            })
        });
        let threads = threads.collect();
        Self { threads, counts }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.counts.running.load(Ordering::Relaxed) == 0
    }

    /// Waits for the end, and returns how many requests were answered, and how many of them were refused because there
    /// were too many (429) or the server was busy (503).
    pub(crate) fn finish(self) -> Result<(u64, u64)> {
        for thread in self.threads {
            thread.join().map_err(|_| "a thread of the flood failed")?;
        }
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Ok((count(&self.counts.answered), count(&self.counts.refused)))
    }
}

/// Sends requests over one connection, each when the last one is answered.
fn send(address: SocketAddr, total: u64, attempt: Attempt, counts: &Counts) -> Result<()> {
    let mut socket = TcpStream::connect(address)?;
    let mut answer = Vec::new();
    loop {
        let number = counts.sent.fetch_add(1, Ordering::Relaxed);
        if number >= total {
            return Ok(());
        }
        socket.write_all(attempt(number).as_bytes())?;
        answer.clear();
        let head = read(&mut socket, &mut answer)?;
        counts.answered.fetch_add(1, Ordering::Relaxed);
        let is_refused = matches!(head.status, 429 | 503);
        counts
            .refused
            .fetch_add(is_refused.into(), Ordering::Relaxed);
    }
}

fn read(socket: &mut TcpStream, answer: &mut Vec<u8>) -> Result<Head> {
    let mut bytes = [0; 16 * 1024];
    loop {
        if let Some(head) = Head::read(answer)? {
            let length = head.length.ok_or("an answer without a length")?;
            if answer.len() >= head.size + length {
                return Ok(head);
            }
        }
        match socket.read(&mut bytes)? {
            0 => return Err("the server closed the connection".into()),
            count => answer.extend_from_slice(&bytes[..count]),
        }
    }
}

/// Returns a POST of JSON.
pub(crate) fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
