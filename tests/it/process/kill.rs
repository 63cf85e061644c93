//! Promises 1, 2, 3 and 6: kill -9 under load, again and again.

use super::{
    evidence::{assert_sound, read_file, view},
    history::{History, Outcome},
    http::{ask_once, request},
    log_checker::{Fault, faults},
    people::{Person, join},
    poster::Poster,
    reader::Reader,
    server::Server,
    until::until,
};
use std::{
    env,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::sleep;

const ROUNDS: u32 = 200;
/// In all `ROUNDS`; another number can be asked for.
const ROUNDS_VARIABLE: &str = "BACKSCROLL_TEST_KILLS";
const POSTERS: usize = 4;
const ROOMS: &[&str] = &["general", "kitchen"];
/// How long each server lives, in milliseconds.
const LIFE: (u64, u64) = (50, 500);
/// The file is looked at each time after so many rounds.
const ROUNDS_BETWEEN_LOOKS: u32 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_and_nobody_misses_repeats_or_reorders_a_message() {
    let rounds = env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut server = Server::start();
    let history = Arc::new(Mutex::new(History::default()));
    let (readers, posters) = people(&server, &history).await;

    for round in 1..=rounds {
        sleep(Duration::from_millis(random_between(LIFE))).await;
        server.kill();
        if round % ROUNDS_BETWEEN_LOOKS == 0 {
            assert_sound(server.db()).await;
        }
        server.start_again();
    }

    for poster in posters {
        poster.finish().await;
    }
    let mut history = Arc::into_inner(history).unwrap().into_inner().unwrap();
    read_file(server.db(), &mut history).await;
    for (name, room, reader) in &readers {
        let own = history
            .log
            .iter()
            .rev()
            .find(|entry| room.is_none_or(|room| room == entry.room))
            .unwrap();
        catch_up(name, reader, own.id).await;
        history.views.push(view(name, *room, 0, &reader.received()));
    }
    assert_sound(server.db()).await;
    assert_eq!(faults(&history), Vec::<Fault>::new());
    let unknown = history
        .posts
        .iter()
        .filter(|post| post.outcome == Outcome::Unknown)
        .count();
    eprintln!(
        "{rounds} kills, {} events, {} posts, {unknown} without an answer",
        history.log.len(),
        history.posts.len()
    );
    assert!(
        u32::try_from(unknown).unwrap() > rounds / 10,
        "the kills hit nothing: {unknown} of {rounds}"
    );
}

/// However far a reader has fallen behind, it is waited for as long as it gets on.
async fn catch_up(name: &str, reader: &Reader, id: i64) {
    while reader.last_event() < Some(id) {
        let before = reader.last_event();
        until(&format!("{name} gets on from {before:?} to {id}"), || {
            reader.last_event() > before
        })
        .await;
    }
}

type NamedReader = (&'static str, Option<&'static str>, Reader);

async fn people(server: &Server, history: &Arc<Mutex<History>>) -> (Vec<NamedReader>, Vec<Poster>) {
    let token = join(server.address(), "host").await;
    let room = serde_json::json!({ "name": "Kitchen", "slug": "kitchen" });
    let made = ask_once(
        server.address(),
        &request("POST", "/api/v1/rooms", Some(&token), Some(&room)),
    )
    .await
    .unwrap();
    assert_eq!(made.status, 201);
    let follow = |path, leave_after| Reader::follow(server.addresses(), path, 0, leave_after);
    let readers = vec![
        ("all", None, follow("/api/v1/events", None)),
        (
            "all, leaving now and then",
            None,
            follow("/api/v1/events?include=html", Some(97)),
        ),
        (
            "all, leaving at once",
            None,
            follow("/api/v1/events", Some(20)),
        ),
        (
            "general",
            Some("general"),
            follow("/api/v1/rooms/general/events", None),
        ),
        (
            "kitchen",
            Some("kitchen"),
            follow("/api/v1/events?room=kitchen&room=nowhere", Some(31)),
        ),
    ];
    let mut posters = Vec::new();
    for n in 0..POSTERS {
        let person = Person::join(server.addresses(), &format!("p{n}")).await;
        posters.push(Poster::start(person, ROOMS, Arc::clone(history)));
    }
    (readers, posters)
}

/// Different in each run.
fn random_between((low, high): (u64, u64)) -> u64 {
    low + RandomState::new().hash_one(()) % (high - low)
}
