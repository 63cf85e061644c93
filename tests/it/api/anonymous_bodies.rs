//! Who has not signed in is told so before the body of the request is read.

use crate::support::{WITHIN, chat::Chat};
use std::{fs, net::SocketAddr, path::Path};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// Addresses that are for everybody, and whose handlers need the body.
const FOR_EVERYBODY: [&str; 9] = [
    "/join",
    "/api/v1/join",
    "/account/looks",
    "/sign-in",
    "/sign-in/{link}",
    "/sign-in/passkey",
    "/api/v1/sign-in",
    "/api/v1/sign-in/passkey",
    "/api/v1/setup",
];
/// Addresses with the secret of a link, which is checked first.
const LINKS: [&str; 4] = [
    "/setup/{token}",
    "/invite/{token}",
    "/device/{link}",
    "/api/v1/invites/{secret}/redeem",
];

#[tokio::test]
async fn anonymous_requests_are_answered_before_their_bodies_come() {
    let chat = Chat::start().await;
    let routes = state_changing_routes();
    assert!(routes.len() > 20, "{routes:?}");
    for path in FOR_EVERYBODY {
        assert!(routes.iter().any(|(_, route)| route == path), "{path}");
    }
    for (method, route) in routes {
        if FOR_EVERYBODY.contains(&route.as_str()) {
            continue;
        }
        let path = with_parameters(&route);
        let answered = timeout(WITHIN, status_without_body(chat.address, method, &path)).await;
        let status = answered.unwrap_or_else(|_| panic!("{method} {path} waits for the body"));
        let expected = match route.as_str() {
            link if LINKS.contains(&link) => 404,
            // Is for everybody, and needs no body.
            "/api/v1/sign-in/passkey/challenge" => 200,
            api if api.starts_with("/api/") || api.starts_with("/files") => 401,
            _ => 303,
        };
        assert_eq!(status, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn what_everybody_may_send_is_short() {
    let chat = Chat::start().await;
    for path in FOR_EVERYBODY {
        let answered = timeout(WITHIN, status_without_body(chat.address, "POST", path)).await;
        assert_eq!(answered.ok(), Some(413), "{path}");
    }
}

#[tokio::test]
async fn an_early_answer_is_not_lost_while_the_body_is_still_being_sent() {
    let chat = Chat::start().await;
    let mut socket = TcpStream::connect(chat.address).await.unwrap();
    let head = head_of("POST", "/api/v1/rooms/general/messages", 4_000_000);
    socket.write_all(head.as_bytes()).await.unwrap();
    // Whoever reads only when everything is sent still finds the answer, and no reset.
    let piece = vec![b'a'; 100_000];
    for _ in 0..40 {
        let sent = timeout(WITHIN, socket.write_all(&piece)).await;
        sent.expect("the server takes the body")
            .expect("no reset comes");
    }
    let mut answer = String::new();
    let read = timeout(WITHIN, socket.read_to_string(&mut answer)).await;
    read.expect("the connection ends").expect("it is not reset");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

/// Methods and addresses as the table of addresses has them.
fn state_changing_routes() -> Vec<(&'static str, String)> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/mod.rs");
    let table = fs::read_to_string(table).expect("sources are text");
    let mut routes = Vec::new();
    for route in table.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("a route has an address");
        let methods = [
            ("POST", "post("),
            ("PUT", "put("),
            ("PATCH", "patch("),
            ("DELETE", "delete("),
        ];
        for (method, call) in methods {
            let is_called = route.match_indices(call).any(|(start, _)| {
                !route[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            });
            if is_called {
                routes.push((method, path.to_owned()));
            }
        }
    }
    routes
}

fn with_parameters(route: &str) -> String {
    route
        .replace("{room}", "general")
        .replace("{handle}", "me")
        .replace("{id}", "1")
        .replace("{emoji}", "%F0%9F%91%8D")
}

fn head_of(method: &str, path: &str, length: usize) -> String {
    let is_form = !path.starts_with("/api/");
    let content_type = if is_form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends a head that announces a body which never comes, and returns the status of the answer.
async fn status_without_body(address: SocketAddr, method: &str, path: &str) -> u16 {
    let mut socket = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let head = head_of(method, path, 200_000);
    socket
        .write_all(head.as_bytes())
        .await
        .expect("the server takes the head");
    let mut line = String::new();
    let read = BufReader::new(socket).read_line(&mut line).await;
    read.expect("no reset comes");
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.unwrap_or_else(|| panic!("no status: {line:?}"))
}
