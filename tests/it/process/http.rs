//! HTTP/1.1 by hand, so that a test knows what was sent, and whether an answer came.

use serde_json::Value;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// Longer than any honest answer takes.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// One connection, kept for further requests.
pub(super) struct Connection {
    socket: BufReader<TcpStream>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The lines of its head, in lower case.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket: BufReader::new(socket),
        })
    }

    /// Sends a request and waits for its answer. After an error nobody knows whether it was carried out.
    pub(super) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.send(request).await?;
        self.answer().await
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.get_mut().write_all(bytes).await
    }

    /// Closes the sending side.
    pub(super) async fn close_writing(&mut self) -> io::Result<()> {
        self.socket.get_mut().shutdown().await
    }

    /// The next answer.
    pub(super) async fn answer(&mut self) -> io::Result<Answer> {
        timeout(ANSWER_WITHIN, self.read_answer())
            .await
            .map_err(|_| io::ErrorKind::TimedOut)?
    }

    /// Reads until the server ends the connection.
    pub(super) async fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.socket.read_to_end(&mut rest).await?;
        Ok(rest)
    }

    pub(super) fn into_inner(self) -> BufReader<TcpStream> {
        self.socket
    }

    async fn read_answer(&mut self) -> io::Result<Answer> {
        let head = read_head(&mut self.socket).await?;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        let length = answer
            .header("content-length")
            .map_or(Ok(0), str::parse)
            .map_err(|_| io::ErrorKind::InvalidData)?;
        answer.body.resize(length, 0);
        self.socket.read_exact(&mut answer.body).await?;
        Ok(answer)
    }
}

/// Reads the head of an answer, its empty line included.
pub(super) async fn read_head(socket: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut head = String::new();
    loop {
        let start = head.len();
        if socket.read_line(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head[start..].trim_end().is_empty() {
            return Ok(head.to_ascii_lowercase());
        }
    }
}

/// A request without a body.
pub(super) fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    request("GET", path, token, None)
}

/// A request with JSON in it.
pub(super) fn request(
    method: &str,
    path: &str,
    token: Option<&str>,
    json: Option<&Value>,
) -> Vec<u8> {
    let body = json.map(Value::to_string).unwrap_or_default();
    let token = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let about_body = json.map(|_| {
        format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        )
    });
    let about_body = about_body.unwrap_or_default();
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{token}{about_body}\r\n{body}")
        .into_bytes()
}

/// One request on a connection of its own.
pub(super) async fn ask_once(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    Connection::open(address).await?.ask(request).await
}
