//! The bare loop: one thread that writes each message to each socket as it arrives, with one `write(2)` each. It stores
//! nothing, batches nothing and checks nothing; it writes as many bytes as the server.

use super::{
    connection::{Connection, read_request},
    log::{FAULTS, Fault, Log},
};
use crate::{
    Result,
    load::{
        marker::Marker,
        poller::{Poller, if_ready},
    },
    machine::Machine,
    process::Process,
};
use std::{env, io::Read as _, net::TcpListener, process::Command};

/// The command-line argument that makes this program run as the loop.
pub(crate) const COMMAND: &str = "write-loop";

const LISTENER: u64 = u64::MAX;
const STREAM_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const POSTED: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";
const NOT_MODIFIED: &[u8] = b"HTTP/1.1 304 Not Modified\r\n\r\n";

/// Numbers of bytes to write.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sizes {
    /// Size of each message on a stream, framing included.
    pub(crate) message: usize,
    /// Number of messages that exist from the start.
    pub(crate) history: u32,
    /// Size of each response to a request that is neither a stream nor a post; 0 means 304.
    pub(crate) answer: usize,
    /// The fault to simulate.
    pub(crate) fault: Fault,
}

/// Starts this program as the loop on the server's core.
pub(crate) fn start(machine: Machine, sizes: Sizes) -> Result<Process> {
    let mut command = Command::new(env::current_exe()?);
    let Sizes {
        message,
        history,
        answer,
        fault,
    } = sizes;
    let numbers = [message, history as usize, answer, fault as usize];
    command
        .arg(COMMAND)
        .args(numbers.map(|number| number.to_string()));
    Process::start(machine, &mut command)
}

/// Runs the loop with the arguments of `start`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let sizes: Vec<usize> = arguments
        .iter()
        .map(|size| size.parse())
        .collect::<Result<_, _>>()?;
    let [message, history, answer, fault] = sizes[..] else {
        return Err("four numbers are required".into());
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // A thousand clients connect at once; the standard library's backlog is 128.
    rustix::net::listen(&listener, 4096)?;
    listener.set_nonblocking(true)?;
    let mut writer = Loop {
        poller: Poller::new()?,
        connections: Vec::new(),
        streams: Vec::new(),
        log: Log::new(message, FAULTS[fault]),
        answer: answer_of(answer),
    };
    for number in 0..u32::try_from(history)? {
        let mut text = Vec::new();
        Marker {
            poster: 0,
            number,
            planned: 0,
        }
        .write(&mut text);
        writer.log.append(&text);
    }
    writer.poller.watch(&listener, LISTENER)?;
    println!("http://{}", listener.local_addr()?);
    writer.serve(&listener)
}

fn answer_of(size: usize) -> Vec<u8> {
    if size == 0 {
        return NOT_MODIFIED.to_vec();
    }
    let head =
        |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
    let length = size.saturating_sub(head(size).len());
    let mut answer = head(length);
    answer.resize(answer.len() + length, b'.');
    answer
}

struct Loop {
    poller: Poller,
    connections: Vec<Option<Connection>>,
    /// Indexes of the connections that are streams.
    streams: Vec<usize>,
    log: Log,
    answer: Vec<u8>,
}

impl Loop {
    fn serve(&mut self, listener: &TcpListener) -> Result<()> {
        let mut names = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            self.poller.wait(None, &mut names)?;
            for &name in &names {
                if name == LISTENER {
                    self.accept(listener)?;
                    continue;
                }
                let place = usize::try_from(name)?;
                // Connections that have ended are removed.
                if !self.advance(place, &mut buffer).unwrap_or(false) {
                    self.connections[place] = None;
                    self.streams.retain(|&stream| stream != place);
                }
            }
        }
    }

    fn accept(&mut self, listener: &TcpListener) -> Result<()> {
        while let Some((socket, _)) = if_ready(listener.accept())? {
            socket.set_nonblocking(true)?;
            socket.set_nodelay(true)?;
            self.poller.watch(&socket, self.connections.len() as u64)?;
            self.connections.push(Some(Connection::new(socket)));
        }
        Ok(())
    }

    /// Processes an event of a connection. Returns whether the connection is still open.
    fn advance(&mut self, place: usize, buffer: &mut [u8]) -> Result<bool> {
        let Some(connection) = &mut self.connections[place] else {
            return Ok(false);
        };
        connection.flush(&self.log.bytes)?;
        while let Some(count) = if_ready(connection.socket.read(buffer))? {
            if count == 0 {
                return Ok(false);
            }
            connection.received.extend_from_slice(&buffer[..count]);
            if count < buffer.len() {
                break;
            }
        }
        let received = std::mem::take(&mut connection.received);
        match read_request(&received)? {
            Some((head, body)) => self.carry_out(place, head, body)?,
            None => connection.received = received,
        }
        Ok(true)
    }

    fn carry_out(&mut self, place: usize, head: &str, body: &[u8]) -> Result<()> {
        if head.starts_with("POST ") {
            self.log.append(body);
            self.write_to_all();
            return self.answer(place, POSTED);
        }
        if !head.contains("/events ") {
            let answer = self.answer.clone();
            return self.answer(place, &answer);
        }
        let newest = self.log.newest();
        let last_id = head
            .split_once("Last-Event-ID: ")
            .and_then(|(_, rest)| rest.lines().next());
        let last_id = last_id.map_or(Ok(newest), str::parse)?;
        self.answer(place, STREAM_HEAD)?;
        self.streams.push(place);
        if let Some(connection) = &mut self.connections[place] {
            connection.position = Some(self.log.end_of(last_id.min(newest)));
            connection.flush(&self.log.bytes)?;
        }
        Ok(())
    }

    fn answer(&mut self, place: usize, bytes: &[u8]) -> Result<()> {
        let connection = self.connections[place].as_mut().ok_or("no connection")?;
        connection.out.extend_from_slice(bytes);
        connection.flush(&self.log.bytes)
    }

    fn write_to_all(&mut self) {
        for &place in &self.streams {
            if let Some(connection) = &mut self.connections[place] {
                // A closed connection is detected when its end is read.
                let _ = connection.flush(&self.log.bytes);
            }
        }
    }
}
