//! Connections that send a request and wait for the response, repeatedly: posters, and readers of pages.

use super::{
    clock::Clock,
    histogram::Histogram,
    http::Head,
    poller::{Poller, connect, if_ready},
};
use crate::Result;
use std::{
    collections::VecDeque,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// The request to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) requester: usize,
    /// Number of the request, counted from 0 for each connection.
    pub(crate) number: u32,
    /// Planned time of sending.
    pub(crate) planned: u64,
}

/// A function that writes requests.
pub(crate) type Compose = Box<dyn FnMut(&mut Vec<u8>, Turn)>;

/// When requests are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan {
    /// At fixed times, independently of the responses (open loop).
    OpenLoop {
        start: u64,
        every: u64,
        sent: u64,
        total: u64,
    },
    /// On each connection as soon as the previous response is complete (closed loop).
    ClosedLoop { left: u64, until: u64 },
}

pub(crate) struct Requesters {
    connections: Vec<Requester>,
    idle: VecDeque<usize>,
    plan: Plan,
    compose: Compose,
    /// Number of requests of each connection.
    pub(crate) asked: Vec<u32>,
    /// Latency from the planned time to the end of the response.
    pub(crate) latency: Histogram,
    pub(crate) answers: u64,
    /// Size of all responses in bytes, heads included.
    pub(crate) bytes: u64,
    pub(crate) last_head: Option<Head>,
    buffer: Vec<u8>,
}

struct Requester {
    socket: TcpStream,
    connected: bool,
    out: Vec<u8>,
    sent: usize,
    answer: Vec<u8>,
    /// Size of the response in bytes, once its head is parsed.
    size: Option<usize>,
    received: usize,
    planned: u64,
}

impl Requesters {
    pub(crate) fn none() -> Self {
        Self {
            connections: Vec::new(),
            idle: VecDeque::new(),
            plan: Plan::ClosedLoop { left: 0, until: 0 },
            compose: Box::new(|_, _| {}),
            asked: Vec::new(),
            latency: Histogram::default(),
            answers: 0,
            bytes: 0,
            last_head: None,
            buffer: vec![0; 256 * 1024],
        }
    }

    /// Connects. `names` are the names of the sockets, in order.
    pub(crate) fn connect(
        poller: &Poller,
        address: SocketAddr,
        names: impl Iterator<Item = u64>,
        compose: Compose,
    ) -> Result<Self> {
        let mut requesters = Self {
            compose,
            ..Self::none()
        };
        for name in names {
            let socket = connect(address)?;
            poller.watch(&socket, name)?;
            requesters.connections.push(Requester {
                socket,
                connected: false,
                out: Vec::new(),
                sent: 0,
                answer: Vec::new(),
                size: None,
                received: 0,
                planned: 0,
            });
            requesters.asked.push(0);
        }
        Ok(requesters)
    }

    pub(crate) fn all_idle(&self) -> bool {
        self.idle.len() == self.connections.len()
    }

    pub(crate) fn start(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// Returns whether every request is sent and answered.
    pub(crate) fn finished(&self, now: u64) -> bool {
        let sent = match self.plan {
            Plan::OpenLoop { sent, total, .. } => sent == total,
            Plan::ClosedLoop { left, until } => left == 0 || now >= until,
        };
        sent && self.all_idle()
    }

    /// Returns when the next request is due, if that is known.
    pub(crate) fn due(&self) -> Option<u64> {
        match self.plan {
            _ if self.idle.is_empty() => None,
            Plan::OpenLoop {
                start,
                every,
                sent,
                total,
            } => (sent < total).then(|| start + sent * every),
            Plan::ClosedLoop { left, until } => (left > 0).then_some(0).filter(|_| until > 0),
        }
    }

    /// Sends the due requests.
    pub(crate) fn send_due(&mut self, now: u64) -> Result<()> {
        while let Some(&requester) = self.idle.front() {
            let planned = match &mut self.plan {
                Plan::OpenLoop {
                    start,
                    every,
                    sent,
                    total,
                } => {
                    let planned = *start + *sent * *every;
                    if sent == total || planned > now {
                        return Ok(());
                    }
                    *sent += 1;
                    planned
                }
                Plan::ClosedLoop { left, until } => {
                    if *left == 0 || now >= *until {
                        return Ok(());
                    }
                    *left -= 1;
                    now
                }
            };
            self.idle.pop_front();
            let number = self.asked[requester];
            self.asked[requester] += 1;
            let connection = &mut self.connections[requester];
            connection.out.clear();
            (self.compose)(
                &mut connection.out,
                Turn {
                    requester,
                    number,
                    planned,
                },
            );
            (connection.sent, connection.planned) = (0, planned);
            connection.flush()?;
        }
        Ok(())
    }

    /// Processes an event of a connection.
    pub(crate) fn advance(&mut self, index: usize, clock: Clock) -> Result<()> {
        let Some(requester) = self.connections.get_mut(index) else {
            return Ok(());
        };
        if !requester.connected {
            requester.connected = true;
            self.idle.push_back(index);
            return Ok(());
        }
        requester.flush()?;
        while let Some(count) = if_ready(requester.socket.read(&mut self.buffer))? {
            if count == 0 {
                return Err("the server closed a connection for requests".into());
            }
            if let Some(head) = requester.take(&self.buffer[..count])? {
                let now = clock.now();
                self.bytes += requester.received as u64;
                self.latency.add(now.saturating_sub(requester.planned));
                self.last_head = Some(head);
                self.answers += 1;
                requester.answer.clear();
                (requester.size, requester.received) = (None, 0);
                self.idle.push_back(index);
            }
            if count < self.buffer.len() {
                break;
            }
        }
        Ok(())
    }
}

impl Requester {
    fn flush(&mut self) -> Result<()> {
        while self.sent < self.out.len() {
            let Some(count) = if_ready(self.socket.write(&self.out[self.sent..]))? else {
                break;
            };
            self.sent += count;
        }
        Ok(())
    }

    /// Consumes bytes of the response. Returns its head when it is complete. The content of the body is not examined.
    fn take(&mut self, bytes: &[u8]) -> Result<Option<Head>> {
        self.received += bytes.len();
        if self.size.is_none() {
            self.answer.extend_from_slice(bytes);
            let Some(head) = Head::read(&self.answer)? else {
                return Ok(None);
            };
            if !matches!(head.status, 200..=299 | 304) {
                return Err(format!("refused: {}", String::from_utf8_lossy(&self.answer)).into());
            }
            self.size = Some(head.size + head.length.ok_or("an answer without a length")?);
            self.answer.truncate(head.size);
        }
        match self.size {
            Some(size) if self.received == size => Head::read(&self.answer),
            Some(size) if self.received > size => {
                Err("the server sent more than one response".into())
            }
            _ => Ok(None),
        }
    }
}
