//! Connections that ask and wait for the answer, over and over: posters, and readers of pages.

use super::{
    clock::Clock,
    histogram::Histogram,
    http::Head,
    poller::{Poller, connect, moved},
};
use crate::Result;
use std::{
    collections::VecDeque,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// A request that is to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) asker: usize,
    /// Counts the asker's requests from 0.
    pub(crate) number: u32,
    /// When it was to be sent.
    pub(crate) planned: u64,
}

/// Writes requests.
pub(crate) type Compose = Box<dyn FnMut(&mut Vec<u8>, Turn)>;

/// When requests are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan {
    /// At fixed times, whatever becomes of the answers: open loop.
    Paced {
        start: u64,
        every: u64,
        sent: u64,
        total: u64,
    },
    /// By each connection as soon as its last one is answered: closed loop.
    Hurried { left: u64, until: u64 },
}

pub(crate) struct Askers {
    connections: Vec<Asker>,
    idle: VecDeque<usize>,
    plan: Plan,
    compose: Compose,
    /// Requests of each connection.
    pub(crate) asked: Vec<u32>,
    /// From the planned time to the end of the answer.
    pub(crate) latency: Histogram,
    pub(crate) answers: u64,
    /// Bytes of all answers, with their heads.
    pub(crate) bytes: u64,
    pub(crate) last_head: Option<Head>,
    buffer: Vec<u8>,
}

struct Asker {
    socket: TcpStream,
    connected: bool,
    out: Vec<u8>,
    sent: usize,
    answer: Vec<u8>,
    /// Bytes of the answer in all, once its head has told.
    size: Option<usize>,
    received: usize,
    planned: u64,
}

impl Askers {
    pub(crate) fn none() -> Self {
        Self {
            connections: Vec::new(),
            idle: VecDeque::new(),
            plan: Plan::Hurried { left: 0, until: 0 },
            compose: Box::new(|_, _| {}),
            asked: Vec::new(),
            latency: Histogram::default(),
            answers: 0,
            bytes: 0,
            last_head: None,
            buffer: vec![0; 256 * 1024],
        }
    }

    /// Connects; `names` are those of the sockets, in order.
    pub(crate) fn connect(
        poller: &Poller,
        address: SocketAddr,
        names: impl Iterator<Item = u64>,
        compose: Compose,
    ) -> Result<Self> {
        let mut askers = Self {
            compose,
            ..Self::none()
        };
        for name in names {
            let socket = connect(address)?;
            poller.watch(&socket, name)?;
            askers.connections.push(Asker {
                socket,
                connected: false,
                out: Vec::new(),
                sent: 0,
                answer: Vec::new(),
                size: None,
                received: 0,
                planned: 0,
            });
            askers.asked.push(0);
        }
        Ok(askers)
    }

    pub(crate) fn all_idle(&self) -> bool {
        self.idle.len() == self.connections.len()
    }

    pub(crate) fn start(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// Whether everything is sent and answered.
    pub(crate) fn finished(&self, now: u64) -> bool {
        let sent = match self.plan {
            Plan::Paced { sent, total, .. } => sent == total,
            Plan::Hurried { left, until } => left == 0 || now >= until,
        };
        sent && self.all_idle()
    }

    /// When the next request is to be sent, if that is known.
    pub(crate) fn due(&self) -> Option<u64> {
        match self.plan {
            _ if self.idle.is_empty() => None,
            Plan::Paced {
                start,
                every,
                sent,
                total,
            } => (sent < total).then(|| start + sent * every),
            Plan::Hurried { left, until } => (left > 0).then_some(0).filter(|_| until > 0),
        }
    }

    /// Sends what is due.
    pub(crate) fn send_due(&mut self, now: u64) -> Result<()> {
        while let Some(&asker) = self.idle.front() {
            let planned = match &mut self.plan {
                Plan::Paced {
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
                Plan::Hurried { left, until } => {
                    if *left == 0 || now >= *until {
                        return Ok(());
                    }
                    *left -= 1;
                    now
                }
            };
            self.idle.pop_front();
            let number = self.asked[asker];
            self.asked[asker] += 1;
            let connection = &mut self.connections[asker];
            connection.out.clear();
            (self.compose)(
                &mut connection.out,
                Turn {
                    asker,
                    number,
                    planned,
                },
            );
            (connection.sent, connection.planned) = (0, planned);
            connection.flush()?;
        }
        Ok(())
    }

    /// Something happened on a connection.
    pub(crate) fn advance(&mut self, index: usize, clock: Clock) -> Result<()> {
        let Some(asker) = self.connections.get_mut(index) else {
            return Ok(());
        };
        if !asker.connected {
            asker.connected = true;
            self.idle.push_back(index);
            return Ok(());
        }
        asker.flush()?;
        while let Some(count) = moved(asker.socket.read(&mut self.buffer))? {
            if count == 0 {
                return Err("the server closed a connection for requests".into());
            }
            if let Some(head) = asker.take(&self.buffer[..count])? {
                let now = clock.now();
                self.bytes += asker.received as u64;
                self.latency.add(now.saturating_sub(asker.planned));
                self.last_head = Some(head);
                self.answers += 1;
                asker.answer.clear();
                (asker.size, asker.received) = (None, 0);
                self.idle.push_back(index);
            }
            if count < self.buffer.len() {
                break;
            }
        }
        Ok(())
    }
}

impl Asker {
    fn flush(&mut self) -> Result<()> {
        while self.sent < self.out.len() {
            let Some(count) = moved(self.socket.write(&self.out[self.sent..]))? else {
                break;
            };
            self.sent += count;
        }
        Ok(())
    }

    /// Takes bytes of the answer; gives its head back when it is complete. Of the body only the length is looked at.
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
            Some(size) if self.received > size => Err("more than an answer came".into()),
            _ => Ok(None),
        }
    }
}
