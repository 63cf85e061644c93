//! How connections are counted, refused, used and given back.

use super::{
    http::{Connection, ask_once, get, request},
    people::{Person, join},
    reader::Stream,
    server::Server,
    until::until,
};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::sleep};

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_limit_new_connections_are_refused_politely_and_old_ones_stay() {
    let server = Server::start_with(&["--max-connections", "40"]);
    let mut person = Person::join(server.addresses(), "ann").await;
    let mut streams = Vec::new();
    let overload = loop {
        let mut connection = Connection::open(server.address()).await.unwrap();
        connection.send(&get("/api/v1/events", None)).await.unwrap();
        // An EventSource gives up after anything but 200, so a stream that is refused is one, too.
        let mut stream = Stream::of(connection).await.unwrap();
        // A tenth of all is kept for what is no stream.
        if streams.len() == 36 {
            break stream.next().await.unwrap().unwrap();
        }
        assert_eq!(stream.next().await.unwrap().unwrap().event, "hello");
        streams.push(stream);
    };
    assert!(overload.retry >= Some(10_000), "{:?}", overload.retry);
    assert_eq!(
        (overload.event.as_str(), overload.data.as_str()),
        ("bye", r#"{"reason":"overload"}"#)
    );
    until("the refused stream has gone", || server.connections() == 36).await;
    assert_eq!(person.insist("GET", "/api/v1/me", None).await.status, 200);

    let mut others = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(server.address()).await.unwrap();
        assert_eq!(
            connection.ask(&get("/healthz", None)).await.unwrap().status,
            200
        );
        others.push(connection);
    }
    for _ in 0..20 {
        let mut refused = TcpStream::connect(server.address()).await.unwrap();
        let mut said = String::new();
        refused.read_to_string(&mut said).await.unwrap();
        assert!(
            said.starts_with("HTTP/1.1 503") && said.contains("retry-after: "),
            "{said}"
        );
        let refused = ask_once(server.address(), &get("/healthz", None))
            .await
            .expect("a refusal is an answer");
        assert_eq!(refused.status, 503);
    }
    let posted = person
        .ask(
            "POST",
            "/api/v1/rooms/general/messages",
            Some(&json!({ "body": "still here" })),
        )
        .await;
    let id = posted.unwrap().json()["id"].as_i64().unwrap();
    for stream in &mut streams {
        while stream.next().await.unwrap().unwrap().id != Some(id) {}
    }
    drop(others);
    until("there is a place again", || server.connections() == 37).await;
    assert_eq!(
        ask_once(server.address(), &get("/healthz", None))
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_closes_its_half_after_the_request_gets_its_answer() {
    let server = Server::start();
    let token = join(server.address(), "ann").await;
    let json = json!({ "body": "hello" });
    let post = request(
        "POST",
        "/api/v1/rooms/general/messages",
        Some(&token),
        Some(&json),
    );
    for (request, status) in [(post, 201), (get("/rooms", None), 200)] {
        let mut connection = Connection::open(server.address()).await.unwrap();
        connection.send(&request).await.unwrap();
        connection.close_writing().await.unwrap();
        assert_eq!(connection.answer().await.unwrap().status, status);
        assert_eq!(connection.rest().await.unwrap(), b"");
    }
    until("they have gone", || server.connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_16_kib_is_refused_and_the_client_is_told() {
    let server = Server::start();
    for (length, status) in [(12_000, 200), (60_000, 431)] {
        let long = format!(
            "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
            "a".repeat(length)
        );
        let answer = ask_once(server.address(), long.as_bytes()).await;
        assert_eq!(answer.expect("no reset").status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_close_their_half_cost_no_processor() {
    let server = Server::start();
    let mut person = Person::join(server.addresses(), "ann").await;
    let mut streams = Vec::new();
    for _ in 0..100 {
        let mut stream = Stream::open(server.address(), "/api/v1/events", None, None)
            .await
            .unwrap();
        stream.next().await.unwrap();
        streams.push(stream);
    }
    for stream in &mut streams {
        stream.close_writing().await.unwrap();
    }
    let posted = person
        .ask(
            "POST",
            "/api/v1/rooms/general/messages",
            Some(&json!({ "body": "hello" })),
        )
        .await;
    assert_eq!(posted.unwrap().status, 201);
    // A task that spins takes all of a processor: 100 ticks a second.
    let ticks = server.ticks();
    let begun = Instant::now();
    sleep(Duration::from_secs(2)).await;
    let per_second =
        f64::from(u32::try_from(server.ticks() - ticks).unwrap()) / begun.elapsed().as_secs_f64();
    assert!(
        per_second < 30.0,
        "{per_second} ticks of 10 ms a second, with nothing to do"
    );
    drop(streams);
    until("they have gone", || server.connections() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_sent_ahead_of_a_stream_on_one_connection_are_all_answered_before_it() {
    let server = Server::start();
    let token = join(server.address(), "ann").await;
    let long = json!({ "body": "🦀".repeat(8000) });
    let post = request(
        "POST",
        "/api/v1/rooms/general/messages",
        Some(&token),
        Some(&long),
    );
    // More than the buffers of two sockets hold: the stream has to wait until the pages have left.
    let pages = 40;
    let mut ahead: Vec<u8> = post.repeat(20);
    ahead.extend(get("/api/v1/rooms/general/messages?limit=20", None).repeat(pages));
    ahead.extend(get("/api/v1/events?after=0", Some(&token)));
    let mut connection = Connection::open(server.address()).await.unwrap();
    connection.send(&ahead).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..20 {
        let posted = connection.answer().await.unwrap();
        assert_eq!(posted.status, 201);
        ids.push(posted.json()["id"].as_i64().unwrap());
    }
    for _ in 0..pages {
        let page = connection.answer().await.unwrap();
        assert_eq!(page.json()["messages"].as_array().unwrap().len(), 20);
    }
    let mut stream = Stream::of(connection).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < ids.len() {
        let block = stream.next().await.unwrap().unwrap();
        seen.extend(block.id.filter(|_| block.event == "message"));
    }
    assert_eq!(seen, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_come_and_go_leave_nothing_behind() {
    let server = Server::start();
    let mut person = Person::join(server.addresses(), "ann").await;
    for n in 0..200 {
        let json = json!({ "body": format!("something to replay: {n}") });
        assert_eq!(
            person
                .insist("POST", "/api/v1/rooms/general/messages", Some(&json))
                .await
                .status,
            201
        );
    }
    person.hang_up();
    // What is made once and kept (threads, caches, the heap itself) is there after a first round.
    come_and_go(&server, 40).await;
    let (descriptors, memory) = (server.descriptors(), server.memory());
    come_and_go(&server, 100).await;
    assert!(
        server.descriptors() <= descriptors,
        "{descriptors} descriptors became {}",
        server.descriptors()
    );
    let grown = server.memory().saturating_sub(memory);
    // 5,000 readers have gone; a leak of 1 KiB each would be twice as much in the end.
    assert!(
        grown < memory / 8 + 2 * 1024 * 1024,
        "{memory} bytes grew by {grown}"
    );
}

/// Fifty readers at a time, of all kinds: gone before the head, in the middle of a replay, after it.
async fn come_and_go(server: &Server, rounds: usize) {
    for _ in 0..rounds {
        let mut streams = Vec::new();
        for n in 0..50 {
            let mut connection = Connection::open(server.address()).await.unwrap();
            let cursor = if n % 2 == 0 { "0" } else { "latest" };
            connection
                .send(&get(&format!("/api/v1/events?after={cursor}"), None))
                .await
                .unwrap();
            if n % 3 > 0 {
                let mut stream = Stream::of(connection).await.unwrap();
                stream.next().await.unwrap();
                streams.push(stream);
            }
        }
        drop(streams);
        until("all have gone", || server.connections() == 0).await;
    }
}
