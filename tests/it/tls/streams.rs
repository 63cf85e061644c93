//! Streams over TLS.

use super::SecureChat;
use reqwest::Method;

#[tokio::test]
async fn a_message_reaches_streams_over_both_protocols() {
    let (server, root) = SecureChat::start().await;
    let http1 = server.trusting(&[&root]).http1_only().build();
    let http2 = server.trusting(&[&root]).build();
    let ann = server.join(http1.expect("a client"), "ann").await;
    let bob = server.join(http2.expect("a client"), "bob").await;
    let mut streams = [ann.stream().await, bob.stream().await];
    assert_eq!(ann.post("hello").await.status(), 201);
    for stream in &mut streams {
        assert_eq!(stream.message().await, "hello");
    }
}

#[tokio::test]
async fn twenty_tabs_share_one_connection_and_pages_still_load() {
    let (mut server, root) = SecureChat::start().await;
    let http = server.trusting(&[&root]).build().expect("a client");
    let ann = server.join(http, "ann").await;
    let mut tabs = Vec::new();
    for _ in 0..20 {
        tabs.push(ann.stream().await);
    }
    let page = ann.request(Method::GET, "/rooms/general").send().await;
    assert_eq!(page.expect("an answer").status(), 200);
    assert_eq!(ann.post("hello").await.status(), 201);
    for tab in &mut tabs {
        assert_eq!(tab.message().await, "hello");
    }
    // Panics if that takes too long.
    server.chat.stop().await;
    for tab in &mut tabs {
        assert_eq!(tab.farewell().await, "restart");
    }
}

#[tokio::test]
async fn the_server_stops_in_time_with_many_streams_over_http2() {
    const PEOPLE: usize = 10;
    const STREAMS: usize = 40;
    let (mut server, root) = SecureChat::start().await;
    let mut streams = Vec::new();
    for n in 0..PEOPLE {
        let http = server.trusting(&[&root]).build().expect("a client");
        let person = server.join(http, &format!("person{n}")).await;
        for _ in 0..STREAMS {
            streams.push(person.stream().await);
        }
    }
    server.chat.stop().await;
    for mut stream in streams {
        assert_eq!(stream.farewell().await, "restart");
    }
}
