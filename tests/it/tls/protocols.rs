//! What is the same over all protocols, and what is not.

use super::SecureChat;
use crate::support::{WITHIN, program::run};
use reqwest::{Method, Version};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[tokio::test]
async fn the_client_chooses_the_protocol_and_browsers_are_told_to_stay_with_tls() {
    let (server, root) = SecureChat::start().await;
    let http1 = server.trusting(&[&root]).http1_only();
    let http2 = server.trusting(&[&root]);
    for (client, version) in [(http1, Version::HTTP_11), (http2, Version::HTTP_2)] {
        let http = client.build().expect("a client");
        let page = http
            .get(server.url("/join"))
            .send()
            .await
            .expect("an answer");
        assert_eq!((page.status().as_u16(), page.version()), (200, version));
        let hsts = &page.headers()["strict-transport-security"];
        assert!(hsts.to_str().expect("text").starts_with("max-age="));
    }
    let plain = crate::support::chat::Chat::start().await;
    let page = plain.visitor().get("/join").await.expect(200);
    assert_eq!(page.header("strict-transport-security"), "");
}

#[tokio::test]
async fn http2_is_checked_like_http1() {
    let (server, root) = SecureChat::start().await;
    let client = server.trusting(&[&root]);
    let client = client.danger_accept_invalid_hostnames(true);
    let client = client.resolve("evil.example", server.chat.address);
    let http = client.build().expect("a client");
    let evil = server.url("/join").replace("localhost", "evil.example");
    let misdirected = http.get(evil).send().await.expect("an answer");
    assert_eq!(
        (misdirected.status().as_u16(), misdirected.version()),
        (421, Version::HTTP_2)
    );
    let ann = server.join(http.clone(), "ann").await;
    // A page of another site.
    let posted = ann.request(Method::POST, "/api/v1/rooms/general/messages");
    let posted = posted.header("origin", "https://evil.example");
    let posted = posted
        .json(&json!({ "body": "x" }))
        .send()
        .await
        .expect("an answer");
    let problem: Value = posted.json().await.expect("JSON");
    assert_eq!(problem["code"], "other-site");
    let own = ann.request(Method::POST, "/api/v1/rooms/general/messages");
    let own = own.header("origin", server.url(""));
    let own = own
        .json(&json!({ "body": "x" }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(own.status(), 201);
    let long = ann
        .request(Method::GET, "/")
        .header("x-long", "x".repeat(20_000));
    assert_eq!(long.send().await.expect("an answer").status(), 431);
}

#[tokio::test]
async fn what_is_no_handshake_ends_the_connection() {
    let (server, _) = SecureChat::start().await;
    let mut socket = TcpStream::connect(server.chat.address)
        .await
        .expect("it listens");
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    socket.write_all(request).await.expect("it takes bytes");
    let mut answer = Vec::new();
    let ended = timeout(WITHIN, socket.read_to_end(&mut answer)).await;
    let _ = ended.expect("the server closes the connection");
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_at_the_start() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (db, missing, other) = (file("chat.db"), file("missing.pem"), file("other.pem"));
    std::fs::write(&other, "no certificate").expect("a file");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--db", &db];
    let with = |flags: &[&str]| run([&serve[..], flags].concat());
    with(&["--tls-cert", &missing, "--tls-key", &other]).failed(1, "missing.pem");
    with(&["--tls-cert", &other, "--tls-key", &other]).failed(1, "other.pem");
    with(&["--tls-cert", &other]).failed(2, "--tls-key");
    with(&["--http-redirect", "127.0.0.1:0"]).failed(2, "--tls-cert");
}
