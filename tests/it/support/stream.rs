//! An open stream on a separate socket.

use super::{
    WITHIN,
    sse::{Block, Chunks, Parser},
};
use serde_json::Value;
use std::{collections::VecDeque, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpStream,
    pub(crate) status: u16,
    /// The headers in their order, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    chunks: Option<Chunks>,
    parser: Parser,
    waiting: VecDeque<Block>,
    /// Signals that were received and not returned yet.
    signals: VecDeque<Block>,
    /// All bytes of the body, without the framing of chunks.
    pub(crate) body: Vec<u8>,
    is_over: bool,
    /// The first block.
    pub(crate) opening: Block,
}

/// The request of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) version: &'a str,
    pub(crate) headers: Vec<(&'a str, String)>,
}

impl Ask<'_> {
    fn to_bytes(&self) -> Vec<u8> {
        let Self {
            method,
            target,
            version,
            address,
            ..
        } = self;
        let first = format!("{method} {target} {version}\r\nhost: {address}\r\n");
        let fields = self.headers.iter();
        let fields = fields.map(|(name, value)| format!("{name}: {value}\r\n"));
        let head: String = [first].into_iter().chain(fields).collect();
        (head + "\r\n").into_bytes()
    }
}

impl Stream {
    /// Sends the request, and reads the head of the response.
    pub(crate) async fn ask(ask: &Ask<'_>) -> Self {
        let mut socket = TcpStream::connect(ask.address)
            .await
            .expect("the server listens");
        socket
            .write_all(&ask.to_bytes())
            .await
            .expect("the server takes the request");
        let head = read_head(&mut socket).await;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let is_chunked = headers.contains(&("transfer-encoding".into(), "chunked".into()));
        Self {
            socket,
            status: status.expect("an answer has a status"),
            headers,
            chunks: is_chunked.then(Chunks::new),
            parser: Parser::default(),
            waiting: VecDeque::new(),
            signals: VecDeque::new(),
            body: Vec::new(),
            is_over: false,
            opening: Block::default(),
        }
    }

    /// Opens a stream and reads its first block. Panics if the response is an error.
    pub(crate) async fn open(ask: &Ask<'_>) -> Self {
        let mut stream = Self::ask(ask).await;
        assert_eq!(stream.status, 200, "{}", ask.target);
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        stream.opening = stream.next().await.expect("a stream begins with a block");
        stream
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|header| header.0 == name)
            .map(|header| header.1.as_str())
    }

    /// Returns the data of the first block: outcome, from, head, log, server.
    pub(crate) fn hello(&self) -> Value {
        assert_eq!(self.opening.event, "hello");
        self.opening.json()
    }

    pub(crate) fn outcome(&self) -> String {
        self.hello()["outcome"]
            .as_str()
            .expect("hello has an outcome")
            .to_owned()
    }

    /// Returns the cursor with which a client would reconnect now.
    pub(crate) fn retry(&self) -> Option<u64> {
        self.parser.retry
    }

    /// Returns the next block that is not a signal; `None` after an orderly end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Block> {
        loop {
            match self.next_of_any_kind().await {
                Some(block) if block.is_signal() => self.signals.push_back(block),
                block => return block,
            }
        }
    }

    async fn next_of_any_kind(&mut self) -> Option<Block> {
        let next = timeout(WITHIN, self.read_block()).await;
        next.unwrap_or_else(|_| panic!("nothing came within {WITHIN:?}"))
    }

    /// Returns the next signal of this kind. Other signals are kept for later calls.
    pub(crate) async fn signal(&mut self, kind: &str) -> Block {
        let mut others = VecDeque::new();
        loop {
            let wanted = self.signals.iter().position(|signal| signal.event == kind);
            if let Some(signal) = wanted.and_then(|wanted| self.signals.remove(wanted)) {
                others.append(&mut self.waiting);
                self.waiting = others;
                return signal;
            }
            let block = self.next_of_any_kind().await;
            match block.expect("the stream goes on") {
                block if block.is_signal() => self.signals.push_back(block),
                block => others.push_back(block),
            }
        }
    }

    /// Takes the signals of this kind that were received so far.
    pub(crate) fn signalled(&mut self, kind: &str) -> Vec<Block> {
        let signals = std::mem::take(&mut self.signals);
        let (wanted, others) = signals.into_iter().partition(|signal| signal.event == kind);
        self.signals = others;
        wanted.into()
    }

    async fn read_block(&mut self) -> Option<Block> {
        let mut bytes = vec![0; 64 * 1024];
        while self.waiting.is_empty() && !self.is_over {
            let count = self
                .socket
                .read(&mut bytes)
                .await
                .expect("the connection is not reset");
            if count == 0 {
                let whole = self
                    .chunks
                    .as_ref()
                    .is_none_or(|chunks| matches!(chunks, Chunks::Over));
                assert!(whole, "the stream broke off");
                self.is_over = true;
            }
            self.take(&bytes[..count]);
        }
        self.waiting.pop_front()
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let byte = match &mut self.chunks {
                Some(chunks) => chunks.feed(*byte),
                None => Some(*byte),
            };
            let Some(byte) = byte else { continue };
            self.body.push(byte);
            self.waiting.extend(self.parser.feed(byte));
        }
    }

    /// Returns the next event of the log, and skips all other blocks.
    pub(crate) async fn event(&mut self) -> Block {
        let event = timeout(WITHIN, async {
            loop {
                let block = self.next().await.expect("the stream goes on");
                if !block.is_control() {
                    return block;
                }
            }
        });
        event
            .await
            .unwrap_or_else(|_| panic!("no event came within {WITHIN:?}"))
    }

    /// Returns the events of the log up to the one with this id.
    pub(crate) async fn events_to(&mut self, id: i64) -> Vec<Block> {
        let mut events = Vec::new();
        loop {
            let event = self.event().await;
            let at = event.id().expect("an event has an id");
            assert!(at <= id, "{id} did not come, but {at}: {event:?}");
            events.push(event);
            if at == id {
                return events;
            }
        }
    }

    /// Reads a replay. Returns its events, and the block `caught-up`.
    pub(crate) async fn replay(&mut self) -> (Vec<Block>, Block) {
        let mut events = Vec::new();
        loop {
            let block = self.next().await.expect("the stream goes on");
            if block.event == "caught-up" {
                return (events, block);
            }
            assert!(!block.is_control(), "{block:?}");
            events.push(block);
        }
    }

    /// Reads the stream up to its end, which `bye` must announce. Returns the reason, and the events before it.
    pub(crate) async fn farewell(&mut self) -> (String, Vec<Block>) {
        let mut blocks = Vec::new();
        while let Some(block) = self.next().await {
            assert_ne!(
                block.event, "ping",
                "the stream goes on as if nothing had happened"
            );
            blocks.push(block);
        }
        let bye = blocks.pop().expect("a stream says goodbye");
        assert_eq!(bye.event, "bye", "{bye:?}");
        let reason = bye.json()["reason"]
            .as_str()
            .expect("bye has a reason")
            .to_owned();
        (reason, blocks)
    }
}

/// Reads the head byte by byte, so that no byte of the body is consumed.
async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = timeout(WITHIN, socket.read_u8())
            .await
            .expect("the head leaves at once");
        head.push(byte.expect("an answer has a head"));
    }
    String::from_utf8(head).expect("heads are ASCII")
}

/// Returns the ids of events.
pub(crate) fn ids(blocks: &[Block]) -> Vec<i64> {
    blocks.iter().filter_map(Block::id).collect()
}
