//! Random changes of every kind, seen through pages, through a stream, and through both.

use super::{
    model::{State, apply, look, look_at_room},
    scene::{Scene, Step, step},
};
use crate::support::{chat::Chat, person::Person, sse::Block, stream::Stream};
use proptest::{collection::vec, proptest, test_runner::Config};
use std::collections::BTreeSet;

/// A room that becomes visible, again or for the first time, is fetched: its past does not come through the stream.
async fn apply_all(person: &Person, mut state: State, events: &[Block]) -> State {
    let known: BTreeSet<String> = state.keys().cloned().collect();
    let mut fetch = BTreeSet::<String>::new();
    for event in events {
        apply(&mut state, event);
        let data = event.json();
        if event.event == "room-deleted" {
            fetch.retain(|room: &String| data["room"] != room.as_str());
            continue;
        }
        if data["handle"] == person.handle.as_str() {
            fetch.extend(data["room"].as_str().map(str::to_owned));
        }
    }
    fetch.extend(state.keys().filter(|room| !known.contains(*room)).cloned());
    for room in fetch {
        if person.get(&format!("/api/v1/rooms/{room}")).await.status == 200 {
            let fetched = look_at_room(person, &room).await;
            state.insert(room, fetched);
        }
    }
    state
}

/// What somebody saw, and what they heard from then on.
struct Watcher {
    person: Person,
    head: i64,
    before: State,
    live: Stream,
    heard: Vec<Block>,
}

impl Watcher {
    async fn start(person: &Person) -> Self {
        let (head, before) = look(person).await;
        let live = person.stream(&format!("after={head}&include=html")).await;
        Self {
            person: person.clone(),
            head,
            before,
            live,
            heard: Vec::new(),
        }
    }

    /// The page as it is now, and as these events make it.
    async fn check(&self, events: &[Block], how: &str) {
        let (_, now) = look(&self.person).await;
        agree(
            &apply_all(&self.person, self.before.clone(), events).await,
            &now,
            how,
        );
    }

    /// What was heard live is what a replay tells, as far as one could see the room all the time.
    async fn check_replay(&self, how: &str) {
        let mut stream = self
            .person
            .stream(&format!("after={}&include=html", self.head))
            .await;
        let told = stream.replay().await.0;
        self.check(&told, how).await;
        let (_, now) = look(&self.person).await;
        let of_open_rooms = |blocks: &[Block]| -> Vec<(Option<i64>, String)> {
            let is_open = |block: &&Block| {
                let data = block.json();
                let room = data["room"].as_str()?;
                let [before, now] = [&self.before, &now].map(|state| state.get(room));
                Some(
                    [before?, now?]
                        .iter()
                        .all(|room| room.info["kind"] == "open"),
                )
            };
            blocks
                .iter()
                .filter(|block| is_open(block) == Some(true))
                .map(|block| (block.id(), block.event.clone()))
                .collect()
        };
        assert_eq!(of_open_rooms(&self.heard), of_open_rooms(&told), "{how}");
    }
}

async fn page_and_stream_make_the_next_page(before: &[Step], after: &[Step]) {
    let mut chat = Chat::start().await;
    let mut scene = Scene::set(&chat).await;
    scene.play(before).await;
    let mut watchers = Vec::new();
    for person in &scene.people {
        watchers.push(Watcher::start(person).await);
    }
    scene.play(after).await;
    let end = scene.people[0].post("general", "end").await;
    for watcher in &mut watchers {
        watcher.heard = watcher.live.events_to(end).await;
        watcher.check(&watcher.heard, "live").await;
        watcher.check_replay("replayed from memory").await;
    }
    chat.restart().await;
    for watcher in &watchers {
        watcher.check_replay("replayed from the file").await;
    }
}

#[track_caller]
fn agree(told: &State, now: &State, how: &str) {
    for slug in told.keys() {
        assert!(
            now.contains_key(slug),
            "{how}: the end of {slug} was not told"
        );
    }
    for (slug, room) in now {
        let told = told
            .get(slug)
            .unwrap_or_else(|| panic!("{how}: nothing was told of {slug}"));
        assert_eq!(told.messages, room.messages, "{how}: messages of {slug}");
        assert_eq!(told.rows, room.rows, "{how}: rows of {slug}");
        assert_eq!(told.lines, room.lines, "{how}: threads of {slug}");
        assert_eq!(told.info, room.info, "{how}: {slug}");
        assert_eq!(told.members, room.members, "{how}: members of {slug}");
    }
}

#[test]
fn a_page_and_the_events_after_it_make_the_next_page() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    proptest!(config, |(before in vec(step(), 0..25), after in vec(step(), 1..35))| {
        runtime.block_on(page_and_stream_make_the_next_page(&before, &after));
    });
}
