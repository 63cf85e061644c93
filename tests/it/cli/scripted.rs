//! A server that answers each connection with given bytes, then closes it.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// The head of an answer that is a stream.
pub(super) const STREAM: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// An answer with this header (or several, with CRLF between them) and body.
pub(super) fn answer(status: &str, header: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{header}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// An error as Backscroll itself answers it.
pub(super) fn problem(status: &str, code: &str) -> String {
    let body = format!(r#"{{"title":"T","detail":"Explained.","code":"{code}"}}"#);
    answer(status, "content-type: application/problem+json", &body)
}

pub(super) struct Scripted {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// The nth connection gets the nth answer; all that come later get the last one.
    pub(super) fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let (seen, answers) = (
            Arc::clone(&requests),
            answers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        );
        thread::spawn(move || {
            for (n, connection) in listener.incoming().map_while(Result::ok).enumerate() {
                respond(connection, &answers[n.min(answers.len() - 1)], &seen);
            }
        });
        Self { address, requests }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests until now, in lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

/// Notes the request before it is answered, so that a test which has the answer finds the request.
fn respond(mut connection: TcpStream, answer: &str, seen: &Mutex<Vec<String>>) {
    let request = read_request(&mut connection);
    seen.lock().expect("no panic").push(request.to_lowercase());
    let _ = connection.write_all(answer.as_bytes());
}

/// Reads a request with its body.
pub(super) fn read_request(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut more = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lower = text.to_lowercase();
        let head = lower.find("\r\n\r\n");
        let length = lower
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.trim().parse().ok());
        if head.is_some_and(|head| bytes.len() >= head + 4 + length.unwrap_or(0)) {
            return text;
        }
        match connection.read(&mut more) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&more[..n]),
            _ => return text,
        }
    }
}
