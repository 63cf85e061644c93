//! A reader of a stream on a raw socket, which knows how each stream ended.

use super::http::{Connection, get, read_head};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// Between two tries of a reader whose server is away.
const PAUSE: Duration = Duration::from_millis(10);

/// A block of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) event: String,
    pub(super) data: String,
    pub(super) id: Option<i64>,
    /// In milliseconds.
    pub(super) retry: Option<u64>,
}

impl Block {
    fn parse(text: &str) -> Self {
        let mut block = Self {
            event: "message".into(),
            ..Self::default()
        };
        for (field, value) in text.lines().filter_map(|line| line.split_once(": ")) {
            match field {
                "event" => value.clone_into(&mut block.event),
                "data" => value.clone_into(&mut block.data),
                "id" => block.id = Some(value.parse().unwrap()),
                "retry" => block.retry = Some(value.parse().unwrap()),
                _ => panic!("an unknown field: {text}"),
            }
        }
        block
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).unwrap()
    }

    /// Whether it tells of an event of the log, and not of the stream itself.
    pub(super) fn is_history(&self) -> bool {
        !matches!(
            self.event.as_str(),
            "hello" | "caught-up" | "ping" | "bye" | "typing" | "presence"
        )
    }
}

/// One open stream.
pub(super) struct Stream {
    socket: BufReader<TcpStream>,
    /// Taken out of chunks, not yet a whole block.
    text: Vec<u8>,
}

impl Stream {
    /// Opens a stream, at a cursor if there is one, and reads its head.
    pub(super) async fn open(
        address: SocketAddr,
        path: &str,
        token: Option<&str>,
        cursor: Option<i64>,
    ) -> io::Result<Self> {
        let mut connection = Connection::open(address).await?;
        connection.send(&opening(path, token, cursor)).await?;
        Self::of(connection).await
    }

    /// The stream that a request has opened on this connection.
    pub(super) async fn of(connection: Connection) -> io::Result<Self> {
        let mut socket = connection.into_inner();
        let head = read_head(&mut socket).await?;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        Ok(Self {
            socket,
            text: Vec::new(),
        })
    }

    /// The next block; `None` at a clean end, an error at any other.
    pub(super) async fn next(&mut self) -> io::Result<Option<Block>> {
        loop {
            if let Some(end) = self.text.windows(2).position(|window| window == b"\n\n") {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                return Ok(Some(Block::parse(std::str::from_utf8(&block).unwrap())));
            }
            if !self.read_chunk().await? {
                assert!(self.text.is_empty(), "a block was cut short by a clean end");
                return Ok(None);
            }
        }
    }

    /// Takes in one chunk; `false`: it was the last one.
    async fn read_chunk(&mut self) -> io::Result<bool> {
        let mut size = String::new();
        if self.socket.read_line(&mut size).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let size =
            usize::from_str_radix(size.trim_end(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let start = self.text.len();
        self.text.resize(start + size + 2, 0);
        let read = self.socket.read_exact(&mut self.text[start..]).await;
        read.inspect_err(|_| self.text.truncate(start))?;
        assert!(self.text.ends_with(b"\r\n"), "a chunk ends where it says");
        self.text.truncate(start + size);
        Ok(size > 0)
    }

    /// Says that nothing more will be said by this side.
    pub(super) async fn close_writing(&mut self) -> io::Result<()> {
        self.socket.get_mut().shutdown().await
    }
}

fn opening(path: &str, token: Option<&str>, cursor: Option<i64>) -> Vec<u8> {
    let mut request = get(path, token);
    if let Some(cursor) = cursor {
        request.truncate(request.len() - 2);
        request.extend_from_slice(format!("last-event-id: {cursor}\r\n\r\n").as_bytes());
    }
    request
}

/// What a reader has received over all its streams.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    /// Events of the log, in the order in which they came.
    pub(super) events: Vec<Block>,
    /// The cursor: the id of the last block that had one.
    pub(super) cursor: i64,
    /// Streams that were opened.
    pub(super) streams: usize,
    /// Anything that a resumed stream may not say.
    pub(super) complaints: Vec<String>,
}

impl Received {
    fn take(&mut self, mut block: Block, keeps_data: bool) {
        if block.event == "hello" {
            let outcome = block.json()["outcome"].clone();
            if outcome != "live" && outcome != "replay" {
                self.complaints.push(format!(
                    "cursor {} was answered with {}",
                    self.cursor, block.data
                ));
            }
        }
        self.cursor = block.id.unwrap_or(self.cursor);
        if block.is_history() {
            if !keeps_data {
                block.data = String::new();
            }
            self.events.push(block);
        }
    }
}

/// A reader that comes back for ever, with the last id that it saw. Stops when dropped.
pub(super) struct Reader {
    received: Arc<Mutex<Received>>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Follows from a cursor. Leaves by itself after every `leave_after` events, in the middle of things.
    pub(super) fn follow(
        addresses: watch::Receiver<SocketAddr>,
        path: &str,
        cursor: i64,
        leave_after: Option<usize>,
    ) -> Self {
        let habits = Habits {
            path: path.to_owned(),
            leave_after,
            keeps_data: true,
        };
        Self::with(addresses, habits, cursor)
    }

    /// The same, but keeps only which events came, and not what they said.
    pub(super) fn follow_ids(
        addresses: watch::Receiver<SocketAddr>,
        path: &str,
        cursor: i64,
        leave_after: Option<usize>,
    ) -> Self {
        let habits = Habits {
            path: path.to_owned(),
            leave_after,
            keeps_data: false,
        };
        Self::with(addresses, habits, cursor)
    }

    fn with(addresses: watch::Receiver<SocketAddr>, habits: Habits, cursor: i64) -> Self {
        let received = Arc::new(Mutex::new(Received {
            cursor,
            ..Received::default()
        }));
        let task = tokio::spawn(follow(addresses, habits, Arc::clone(&received)));
        Self { received, task }
    }

    pub(super) fn received(&self) -> Received {
        self.received.lock().unwrap().clone()
    }

    pub(super) fn last_event(&self) -> Option<i64> {
        self.received
            .lock()
            .unwrap()
            .events
            .last()
            .and_then(|block| block.id)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Habits {
    path: String,
    leave_after: Option<usize>,
    keeps_data: bool,
}

async fn follow(
    addresses: watch::Receiver<SocketAddr>,
    habits: Habits,
    received: Arc<Mutex<Received>>,
) {
    loop {
        let cursor = received.lock().unwrap().cursor;
        let address = *addresses.borrow();
        if let Ok(stream) = Stream::open(address, &habits.path, None, Some(cursor)).await {
            received.lock().unwrap().streams += 1;
            read_to_end(stream, &received, &habits).await;
        }
        sleep(PAUSE).await;
    }
}

async fn read_to_end(mut stream: Stream, received: &Mutex<Received>, habits: &Habits) {
    let mut left = habits.leave_after;
    while left != Some(0) {
        let Ok(Some(block)) = stream.next().await else {
            return;
        };
        if block.is_history() {
            left = left.map(|left| left - 1);
        }
        received.lock().unwrap().take(block, habits.keeps_data);
    }
}
