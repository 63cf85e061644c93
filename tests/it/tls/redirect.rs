//! The listener that redirects to TLS.

use super::SecureChat;
use std::net::{SocketAddr, TcpListener};

/// Starts a server that redirects, and returns the address that does.
async fn start(public_url: Option<&str>) -> (SecureChat, SocketAddr) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let (server, _) = SecureChat::start_with(|config| {
        config.tls.redirect = Some(address);
        config.public_url = public_url.map(|url| url.parse().expect("an address"));
    })
    .await;
    (server, address)
}

async fn ask(address: SocketAddr, host: &str, path: &str) -> (u16, String) {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let request = http
        .post(format!("http://{address}{path}"))
        .header("host", host);
    let answer = request.send().await.expect("an answer");
    let location = answer.headers().get("location");
    let location = location.map_or("", |location| location.to_str().expect("text"));
    (answer.status().as_u16(), location.to_owned())
}

#[tokio::test]
async fn plain_http_leads_to_the_same_path_over_tls() {
    let (server, address) = start(None).await;
    let port = server.chat.address.port();
    for path in [
        "/",
        "/rooms/general?before=7",
        "/a%20b//c",
        "//evil.example/x",
    ] {
        let expected = format!("https://localhost:{port}{path}");
        assert_eq!(ask(address, "localhost", path).await, (308, expected));
    }
    let unknown = ask(address, "evil.example", "/").await;
    assert_eq!(unknown, (421, String::new()));
}

#[tokio::test]
async fn plain_http_leads_to_the_public_address() {
    let (_server, address) = start(Some("https://chat.example")).await;
    let expected = "https://chat.example/rooms?x=1".to_owned();
    assert_eq!(
        ask(address, "chat.example", "/rooms?x=1").await,
        (308, expected)
    );
    let expected = "https://chat.example//evil.example".to_owned();
    assert_eq!(
        ask(address, "localhost", "//evil.example").await,
        (308, expected)
    );
}
