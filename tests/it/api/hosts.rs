//! The names that the server answers to.

use crate::support::chat::Chat;
use backscroll::model::role::Door;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Sends a GET with these `Host` lines, and returns the status and the whole answer.
async fn get(chat: &Chat, target: &str, version: &str, hosts: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(chat.address)
        .await
        .expect("a connection");
    let request = format!("GET {target} {version}\r\n{hosts}connection: close\r\n\r\n");
    socket
        .write_all(request.as_bytes())
        .await
        .expect("it writes");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    (status.expect("an answer has a status"), answer)
}

#[tokio::test]
async fn a_request_names_its_host_once() {
    let chat = Chat::start().await;
    let twice = "host: localhost\r\nhost: localhost\r\n";
    for (version, hosts, status) in [
        ("HTTP/1.1", "host: localhost\r\n", 200),
        ("HTTP/1.1", "", 400),
        ("HTTP/1.1", "host:\r\n", 400),
        ("HTTP/1.1", twice, 400),
        ("HTTP/1.1", "host: ann@localhost\r\n", 400),
        ("HTTP/1.1", "host: localhost:http\r\n", 400),
        ("HTTP/1.1", "host: zürich\r\n", 400),
        ("HTTP/1.0", "", 200),
        ("HTTP/1.0", "host: localhost\r\n", 200),
        ("HTTP/1.0", twice, 400),
    ] {
        let (sent, answer) = get(&chat, "/healthz", version, hosts).await;
        assert_eq!(sent, status, "{version} {hosts:?}: {answer}");
    }
}

#[tokio::test]
async fn a_name_that_a_stranger_can_own_is_refused_whatever_the_door() {
    for door in [None, Some(Door::Open)] {
        let chat = Chat::start_with(|config| config.door = door).await;
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            for path in [
                "/rooms/general",
                "/api/v1/rooms",
                "/api/v1/events",
                "/healthz",
            ] {
                let (status, answer) =
                    get(&chat, path, version, "host: Evil.example:3000\r\n").await;
                assert_eq!(status, 421, "{version} {path}: {answer}");
                assert!(answer.contains("--host evil.example"), "{path}: {answer}");
            }
        }
        for own in [
            "127.0.0.1:1",
            "[::1]",
            "192.168.1.7",
            "backscroll",
            "nas.local",
            "a.internal",
        ] {
            let (status, answer) =
                get(&chat, "/healthz", "HTTP/1.1", &format!("host: {own}\r\n")).await;
            assert_eq!(status, 200, "{own}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_host_of_a_target_in_absolute_form_counts() {
    let chat = Chat::start().await;
    let host = "host: localhost\r\n";
    for (target, status) in [
        ("http://localhost/healthz", 200),
        ("http://evil.example/healthz", 421),
        ("http://localhost@evil.example/healthz", 400),
    ] {
        let (sent, answer) = get(&chat, target, "HTTP/1.1", host).await;
        assert_eq!(sent, status, "{target}: {answer}");
    }
    let evil = "host: evil.example\r\n";
    let (status, answer) = get(&chat, "http://localhost/healthz", "HTTP/1.1", evil).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn configured_names_are_answered() {
    let chat = Chat::start_with(|config| {
        config.public_url = "https://chat.example".parse().ok();
        config.hosts = vec!["other.example".into()];
    })
    .await;
    for (host, status) in [
        ("chat.example", 200),
        ("CHAT.example.:443", 200),
        ("other.example:3000", 200),
        ("localhost", 200),
        ("sub.chat.example", 421),
    ] {
        let (sent, answer) = get(&chat, "/healthz", "HTTP/1.1", &format!("host: {host}\r\n")).await;
        assert_eq!(sent, status, "{host}: {answer}");
    }
}
