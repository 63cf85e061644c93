//! Clients of HTTP/2 and TLS that stop in the middle, or send what costs a server most.

use super::{SecureChat, SecurePerson};
use axum::http::Request;
use backscroll::config::timeouts::Timeouts;
use bytes::Bytes;
use futures_util::future::join_all;
use h2::{Reason, RecvStream, client::SendRequest};
use reqwest::Method;
use serde_json::json;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

/// The time limits of the server.
const LIMIT: Duration = Duration::from_secs(1);
/// How long to wait for what has to come, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// What a client of HTTP/2 sends first (RFC 9113, section 3.4), with empty settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

async fn start() -> (SecureChat, SecurePerson) {
    let limits = Timeouts {
        handshake: LIMIT,
        head: LIMIT,
        write: LIMIT,
    };
    let (server, root) = SecureChat::start_with(|config| config.timeouts = limits).await;
    let http = server.trusting(&[&root]).build().expect("a client");
    let ann = server.join(http, "ann").await;
    (server, ann)
}

/// Opens a connection that has agreed on a protocol.
async fn connect(server: &SecureChat, protocol: &[u8]) -> TlsStream<TcpStream> {
    let certificate = CertificateDer::from_pem_file(server.files.certificate());
    let mut roots = RootCertStore::empty();
    roots
        .add(certificate.expect("a certificate"))
        .expect("it is a root");
    let config = ClientConfig::builder().with_root_certificates(roots);
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let socket = TcpStream::connect(server.chat.address).await;
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    let connected = connector.connect(name, socket.expect("it listens"));
    connected.await.expect("a handshake")
}

/// Waits until the server closes the connection, and returns what it has sent.
async fn read_to_end(mut socket: impl tokio::io::AsyncRead + Unpin) -> Vec<u8> {
    let mut sent = Vec::new();
    let end = timeout(PATIENCE, socket.read_to_end(&mut sent)).await;
    // Whether it ends in order does not matter.
    let _: io::Result<usize> = end.expect("the server closes the connection");
    sent
}

/// A client of HTTP/2 that reads only what it is told to.
struct Client {
    requests: SendRequest<Bytes>,
    token: String,
}

impl Client {
    /// Each response of the client may have 64 KiB in flight, and all of them together more than enough.
    async fn open(server: &SecureChat, person: &SecurePerson) -> Self {
        let socket = connect(server, b"h2").await;
        let opened = h2::client::Builder::new()
            .initial_connection_window_size(1 << 24)
            .handshake(socket)
            .await;
        let (requests, connection) = opened.expect("a connection");
        tokio::spawn(connection);
        Self {
            requests,
            token: person.token.clone(),
        }
    }

    fn request(&self, path: &str) -> Request<()> {
        let request = Request::get(format!("https://localhost{path}"));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        request.body(()).expect("a request")
    }

    async fn get(&mut self, path: &str) -> RecvStream {
        let request = self.request(path);
        let mut requests = self.requests.clone().ready().await.expect("it is open");
        let (response, _) = requests.send_request(request, true).expect("it is sent");
        let response = response.await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.into_body()
    }
}

/// Reads the next piece, and tells the server so.
async fn read(body: &mut RecvStream) -> Option<Result<Bytes, h2::Error>> {
    let piece = timeout(PATIENCE, body.data())
        .await
        .expect("it comes, or ends")?;
    if let Ok(piece) = &piece {
        let released = body.flow_control().release_capacity(piece.len());
        released.expect("it was received");
    }
    Some(piece)
}

/// A page with more than a client takes without reading.
const PAGE: &str = "/api/v1/rooms/general/messages?limit=200";

async fn fill(ann: &SecurePerson) {
    for _ in 0..10 {
        let body = json!({ "body": "🦀".repeat(8000) });
        let request = ann.request(Method::POST, "/api/v1/rooms/general/messages");
        let posted = request.json(&body).send().await.expect("an answer");
        assert_eq!(posted.status(), 201);
    }
}

#[tokio::test]
async fn a_response_that_is_not_read_is_cut_and_the_others_of_its_connection_go_on() {
    let (server, ann) = start().await;
    fill(&ann).await;
    let mut client = Client::open(&server, &ann).await;
    let mut stuck = client.get(PAGE).await;
    let mut stream = client.get("/api/v1/events").await;
    let cut = timeout(PATIENCE, async {
        while let Some(piece) = stuck.data().await {
            // What has arrived is not released: the client reads nothing of it.
            if let Err(error) = piece {
                return error.reason();
            }
        }
        None
    });
    assert_eq!(cut.await.expect("it is cut"), Some(Reason::CANCEL));
    assert_eq!(ann.post("hello").await.status(), 201);
    let mut text = String::new();
    while !text.contains("hello") {
        let piece = read(&mut stream).await.expect("the stream goes on");
        text += &String::from_utf8_lossy(&piece.expect("it is whole"));
    }
}

#[tokio::test]
async fn a_response_that_is_read_slowly_arrives_whole() {
    let (server, ann) = start().await;
    fill(&ann).await;
    let mut client = Client::open(&server, &ann).await;
    let mut body = client.get(PAGE).await;
    let mut length = 0;
    while let Some(piece) = read(&mut body).await {
        length += piece.expect("it goes on").len();
        sleep(LIMIT / 10).await;
    }
    assert!(length > 10 * 32_000, "{length}");
}

#[tokio::test]
async fn requests_that_are_cancelled_at_once_end_their_connection_and_delay_nobody() {
    let (server, ann) = start().await;
    let client = Client::open(&server, &ann).await;
    let mut count = 0;
    let ended = timeout(PATIENCE, async {
        loop {
            let Ok(mut requests) = client.requests.clone().ready().await else {
                break;
            };
            let request = client.request("/api/v1/rooms/general/messages");
            let Ok((_, mut stream)) = requests.send_request(request, true) else {
                break;
            };
            stream.send_reset(Reason::CANCEL);
            count += 1;
            tokio::task::yield_now().await;
        }
    });
    ended.await.expect("the connection is closed");
    assert!(count < 100_000, "{count} were taken");
    assert_eq!(ann.post("hello").await.status(), 201);
}

#[tokio::test]
async fn heads_that_never_end_or_never_come_end_their_connection() {
    let (server, _) = start().await;
    // A head whose frames go on and on (CONTINUATION, RFC 9113, section 6.10).
    let mut socket = connect(&server, b"h2").await;
    let head = b"\0\0\x01\x01\x01\0\0\0\x01\x82";
    let more = [b"\0\x04\0\x09\0\0\0\0\x01".as_slice(), &[0x82; 1024]].concat();
    socket
        .write_all(&[PREFACE, head].concat())
        .await
        .expect("it is sent");
    let endless =
        async { while socket.write_all(&more).await.is_ok() && socket.flush().await.is_ok() {} };
    timeout(PATIENCE, endless)
        .await
        .expect("the server closes the connection");
    let beginnings = [
        (b"h2".as_slice(), [PREFACE, head].concat()),
        (b"h2", PREFACE.to_vec()),
        (b"h2", PREFACE[..10].to_vec()),
        (b"h2", Vec::new()),
        (b"http/1.1", b"GET /healthz HTTP/1.1\r\nho".to_vec()),
        (b"http/1.1", Vec::new()),
    ];
    let ends = beginnings.map(async |(protocol, beginning)| {
        let mut socket = connect(&server, protocol).await;
        socket.write_all(&beginning).await.expect("it is sent");
        socket.flush().await.expect("it is sent");
        read_to_end(socket).await;
    });
    join_all(ends).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_end_ends_its_connection() {
    let (server, _) = start().await;
    // The beginning of a record with a ClientHello of 512 bytes.
    for beginning in [b"\x16\x03\x01\x02\x00\x01".as_slice(), b"\x16"] {
        let mut socket = TcpStream::connect(server.chat.address)
            .await
            .expect("it listens");
        socket.write_all(beginning).await.expect("it is sent");
        assert_eq!(read_to_end(socket).await, b"");
    }
}
