//! Texts of one line, and the log, with characters that hide, turn or break lines.

use crate::support::{
    chat::Chat,
    program::{Running, command, until},
};
use proptest::{
    collection::vec, prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// Ends of lines, controls, marks of direction, invisible characters, noncharacters, and ordinary ones.
const CHARACTERS: [char; 40] = [
    'a',
    'B',
    '9',
    ' ',
    'é',
    '读',
    '🦀',
    '-',
    '\'',
    '<',
    '\0',
    '\t',
    '\n',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{e0001}',
    '\u{e0041}',
    '\u{301}',
    '\u{20dd}',
    '\u{1d173}',
];
const TEXTS: usize = 150;

/// What nobody may show in a line: it breaks the line, turns what follows, or is not seen.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{3164}' | '\u{e0001}'..='\u{e007f}')
}

fn texts() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let text = vec(select(&CHARACTERS[..]), 1..20).prop_map(|text| text.into_iter().collect());
    let texts = (0..TEXTS).map(|_| text.new_tree(&mut runner).expect("a text").current());
    texts.collect()
}

/// Fails if a text of an answer misleads. Bodies may have lines and tabs.
fn check(value: &Value, what: &str) {
    match value {
        Value::String(text) => assert!(!text.contains(misleads), "{what}: {text:?}"),
        Value::Array(values) => values.iter().for_each(|value| check(value, what)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            check(&json!(name), what);
            check(value, what);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn no_name_title_or_line_hides_or_turns_anything_whatever_is_sent() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let mut accepted = 0;
    for text in texts() {
        for (method, path, body) in [
            (Method::PATCH, "/api/v1/me", json!({ "name": text })),
            (Method::PATCH, "/api/v1/me", json!({ "about": text })),
            (Method::PATCH, "/api/v1/me", json!({ "time_zone": text })),
            (Method::PATCH, "/api/v1/server", json!({ "name": text })),
            (
                Method::PATCH,
                "/api/v1/rooms/general",
                json!({ "topic": text }),
            ),
            (
                Method::PATCH,
                "/api/v1/rooms/general",
                json!({ "name": text }),
            ),
            (
                Method::POST,
                "/api/v1/rooms",
                json!({ "name": text, "topic": text }),
            ),
            (Method::POST, "/api/v1/me/tokens", json!({ "name": text })),
            (Method::POST, "/api/v1/join", json!({ "handle": text })),
        ] {
            let answer = ann.send(method.clone(), path, body).await;
            assert!(
                answer.status < 500,
                "{method} {path} {text:?}: {}",
                answer.status
            );
            if answer.status < 300 {
                accepted += 1;
                if !answer.text.is_empty() {
                    check(&answer.json(), &format!("{method} {path}"));
                }
            }
        }
    }
    assert!(accepted > 10, "{accepted}");
    for path in [
        "/api/v1/me",
        "/api/v1/server",
        "/api/v1/rooms?limit=100",
        "/api/v1/me/tokens",
        "/api/v1/users?limit=100",
        "/api/v1/audit",
    ] {
        check(&ann.see(path).await, path);
    }
}

#[tokio::test]
async fn nobody_writes_a_line_of_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let log = fs::File::create(path("log")).unwrap();
    let mut serve = command([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--door",
        "open",
        "--db",
        &path("chat.db"),
    ]);
    serve.env("BACKSCROLL_LOG", "trace,sqlx=info,hyper=info,mio=info");
    let (mut server, address) = Running::logging(&mut serve, log);
    let injected = "2026-11-28T20:00:00Z  INFO injected";
    for head in [
        format!("GET /%0d%0a{} HTTP/1.1", injected.replace(' ', "%20")),
        format!("GET /rooms/%0A{} HTTP/1.1", injected.replace(' ', "%20")),
        format!("GET /?x=%0A{} HTTP/1.1", injected.replace(' ', "%20")),
        format!("GET / HTTP/1.1\r\nuser-agent: x\u{85}{injected}"),
        format!("GET / HTTP/1.1\r\nx-request-id: {injected}"),
        format!("GET / HTTP/1.1\r\nreferer: \u{2028}{injected}"),
        format!("GET / HTTP/1.1\r\nx-forwarded-for: 1.2.3.4\t{injected}"),
        format!("GET / HTTP/1.1\r\ncookie: backscroll=\u{b}{injected}"),
        format!("GET / HTTP/1.1\r\nauthorization: Bearer \u{1b}[31m{injected}"),
        format!("{injected} / HTTP/1.1"),
    ] {
        let mut socket = TcpStream::connect(address).unwrap();
        let request = format!("{head}\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
    }
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, body) in [
        ("join", json!({ "handle": format!("\n{injected}") })),
        (
            "sign-in",
            json!({ "handle": format!("x\r\n{injected}"), "password": format!("\n{injected}") }),
        ),
        ("join", json!({ format!("\n{injected}"): 7 })),
    ] {
        let sent = http
            .post(format!("http://{address}/api/v1/{path}"))
            .json(&body);
        assert!(sent.send().await.unwrap().status().is_client_error());
    }
    server.signal("TERM");
    until("the server ends", || server.ended().is_some());
    let log = fs::read_to_string(path("log")).unwrap();
    assert!(log.lines().count() > 20, "{log}");
    for line in log.lines() {
        assert!(!line.starts_with(injected), "{line}");
        assert!(
            !line.contains(['\u{1b}', '\r', '\u{85}', '\u{2028}']),
            "{line:?}"
        );
    }
}
