//! Promise 9: a stop is quick and clean however many streams are open, and loses nothing.

use super::{
    evidence::{read_file, view},
    history::History,
    http::ask_once,
    http::get,
    log_checker::{Fault, faults},
    people::Person,
    poster::Poster,
    reader::{Block, Received, Stream},
    server::Server,
    until::until,
};
use futures_util::{StreamExt as _, stream};
use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const STREAMS: usize = 1000;
/// Promised.
const STOPS_WITHIN: Duration = Duration::from_secs(3);
/// Promised for the last block, in milliseconds.
const RETRY: std::ops::RangeInclusive<u64> = 500..=5000;
const AT_ONCE: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn stop_takes_less_than_3_seconds_with_1000_open_streams_and_they_lose_nothing() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let mut server = Server::start();
    let history = Arc::new(Mutex::new(History::default()));
    let person = Person::join(server.addresses(), "ann").await;
    let poster = Poster::start(person, &["general"], Arc::clone(&history));
    let streams = open_streams(server.address()).await;
    let readings: Vec<_> = streams
        .into_iter()
        .map(|stream| tokio::spawn(read_to_end(stream)))
        .collect();
    until("posts come through", || {
        history.lock().unwrap().posts.len() > 50
    })
    .await;

    let begun = Instant::now();
    server.terminate();
    until("the server has ended", || server.ended().is_some()).await;
    let taken = begun.elapsed();
    assert!(server.ended().unwrap().success());
    let mut received = Vec::new();
    for reading in readings {
        received.push(reading.await.unwrap());
    }
    assert_byes(&received);
    assert!(taken < STOPS_WITHIN, "it took {taken:?}");

    server.start_again();
    poster.finish().await;
    let mut history = Arc::into_inner(history).unwrap().into_inner().unwrap();
    read_file(server.db(), &mut history).await;
    let last = history.log.last().unwrap().id;
    let resumed =
        stream::iter(received).map(|(first, blocks)| resume(server.address(), first, blocks, last));
    let views: Vec<_> = resumed.buffer_unordered(AT_ONCE).collect().await;
    history.views = views
        .iter()
        .map(|(first, received)| view("one of many", None, *first, received))
        .collect();
    assert_eq!(faults(&history), Vec::<Fault>::new());
    eprintln!("{STREAMS} streams ended in {taken:?}");
}

/// Every second one replays from the start; the others are live.
async fn open_streams(address: SocketAddr) -> Vec<Stream> {
    let open = |n: usize| async move {
        let cursor = n.is_multiple_of(2).then_some(0);
        Stream::open(address, "/api/v1/events", None, cursor)
            .await
            .unwrap()
    };
    stream::iter(0..STREAMS)
        .map(open)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// The first cursor, and all blocks up to a clean end.
async fn read_to_end(mut stream: Stream) -> (i64, Vec<Block>) {
    let hello = stream.next().await.unwrap().unwrap();
    assert_eq!(hello.event, "hello");
    let mut blocks = Vec::new();
    while let Some(block) = stream
        .next()
        .await
        .expect("a stream ends with its last chunk")
    {
        blocks.push(block);
    }
    (hello.id.unwrap(), blocks)
}

fn assert_byes(received: &[(i64, Vec<Block>)]) {
    let mut retries = HashSet::new();
    for (_, blocks) in received {
        let bye = blocks.last().unwrap();
        assert_eq!((bye.event.as_str(), bye.id), ("bye", None), "{bye:?}");
        assert_eq!(bye.json()["reason"], "restart");
        let retry = bye.retry.expect("a bye says when to come back");
        assert!(RETRY.contains(&retry), "{retry}");
        retries.insert(retry);
    }
    let (first, last) = (retries.iter().min().unwrap(), retries.iter().max().unwrap());
    assert!(
        last - first > 3000 && retries.len() > STREAMS / 3,
        "all would come back at the same time: {first}..{last}"
    );
}

/// Comes back with the cursor that it had, and reads on to the end of the log.
async fn resume(address: SocketAddr, first: i64, blocks: Vec<Block>, last: i64) -> (i64, Received) {
    let cursor = blocks
        .iter()
        .rev()
        .find_map(|block| block.id)
        .unwrap_or(first);
    let mut received = Received {
        cursor,
        ..Received::default()
    };
    received.events = blocks.into_iter().filter(Block::is_history).collect();
    let mut stream = Stream::open(address, "/api/v1/events", None, Some(cursor))
        .await
        .unwrap();
    let hello = stream.next().await.unwrap().unwrap();
    assert_ne!(hello.json()["outcome"], "reset");
    while received.cursor < last {
        let block = stream.next().await.unwrap().unwrap();
        received.cursor = block.id.unwrap_or(received.cursor);
        received
            .events
            .extend(Some(block).filter(Block::is_history));
    }
    (first, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_does_not_wait_for_readers_that_are_stuck_or_requests_that_never_end() {
    let mut server = Server::start();
    let mut person = Person::join(server.addresses(), "ann").await;
    for n in 0..400 {
        let json = serde_json::json!({ "body": "🦀".repeat(8000), "nonce": format!("{n}") });
        assert_eq!(
            person
                .insist("POST", "/api/v1/rooms/general/messages", Some(&json))
                .await
                .status,
            201
        );
    }
    let mut half = super::http::Connection::open(server.address())
        .await
        .unwrap();
    half.send(
        b"POST /api/v1/rooms/general/messages HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
    )
    .await
    .unwrap();
    let mut stuck = Vec::new();
    for _ in 0..20 {
        stuck.push(
            Stream::open(server.address(), "/api/v1/events?after=0", None, None)
                .await
                .unwrap(),
        );
    }
    assert_eq!(
        ask_once(server.address(), &get("/healthz", None))
            .await
            .unwrap()
            .status,
        200
    );
    let begun = Instant::now();
    server.terminate();
    until("the server has ended", || server.ended().is_some()).await;
    let taken = begun.elapsed();
    assert!(server.ended().unwrap().success());
    assert!(taken < STOPS_WITHIN, "it took {taken:?}");
}
