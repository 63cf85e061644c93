//! Promise 3: a hundred readers that are cut at random, while eight people talk.

use super::{
    evidence::read_file,
    history::History,
    log_checker::{Fault, faults},
    people::Person,
    poster::Poster,
    reader::Reader,
    server::Server,
    until::until,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::sleep;

const READERS: usize = 100;
const POSTERS: usize = 8;
const LASTS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn each_of_100_readers_cut_at_random_receives_every_event_exactly_once_and_in_order() {
    let server = Server::start();
    let history = Arc::new(Mutex::new(History::default()));
    let readers: Vec<Reader> = (0..READERS).map(|n| follow(&server, n)).collect();
    let mut posters = Vec::new();
    for n in 0..POSTERS {
        let person = Person::join(server.addresses(), &format!("p{n}")).await;
        posters.push(Poster::start(person, &["general"], Arc::clone(&history)));
    }
    sleep(LASTS).await;
    for poster in posters {
        poster.finish().await;
    }
    let mut history = Arc::into_inner(history).unwrap().into_inner().unwrap();
    read_file(server.db(), &mut history).await;
    assert_eq!(faults(&history), Vec::<Fault>::new());
    let log: Vec<i64> = history.log.iter().map(|entry| entry.id).collect();
    let mut streams = 0;
    for reader in &readers {
        until("a reader has everything", || {
            reader.last_event() >= log.last().copied()
        })
        .await;
        let received = reader.received();
        assert_eq!(received.complaints, Vec::<String>::new());
        let ids: Vec<i64> = received
            .events
            .iter()
            .filter_map(|block| block.id)
            .collect();
        assert_eq!(ids, log);
        streams += received.streams;
    }
    eprintln!(
        "{} events, {READERS} readers over {streams} streams",
        log.len()
    );
}

/// Some stay, some leave after six events, most in between.
fn follow(server: &Server, n: usize) -> Reader {
    let path = if n.is_multiple_of(4) {
        "/api/v1/rooms/general/events"
    } else {
        "/api/v1/events"
    };
    let leave_after = (!n.is_multiple_of(10)).then_some(n * n % 211 + 6);
    Reader::follow_ids(server.addresses(), path, 0, leave_after)
}
