//! Random changes of every kind, seen through pages, through a stream, and through both.

use super::model::{State, apply, look, look_at_room};
use crate::support::{chat::Chat, person::Person, sse::Block, stream::Stream};
use proptest::{collection::vec, prelude::*, test_runner::Config};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

const HANDLES: [&str; 3] = ["ann", "bob", "cara"];
const EMOJI: [&str; 3] = ["👍", "🎉", "👀"];

/// Numbers choose among what is there when the step is made.
#[derive(Clone, Debug)]
enum Step {
    Post {
        who: usize,
        room: usize,
        text: String,
    },
    Reply {
        who: usize,
        to: usize,
    },
    Edit {
        which: usize,
        text: String,
    },
    Delete {
        which: usize,
    },
    React {
        who: usize,
        which: usize,
        emoji: usize,
    },
    Unreact {
        which: usize,
        emoji: usize,
    },
    Custom {
        who: usize,
        room: usize,
    },
    Join {
        who: usize,
        room: usize,
    },
    Leave {
        who: usize,
        room: usize,
    },
    CreateRoom {
        who: usize,
        closed: bool,
    },
    Rename {
        room: usize,
        name: String,
    },
    /// All of these at the same time.
    Together(Vec<Self>),
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0..1000_usize;
    let text = "[a-z<&\"' 👩‍👩‍👧\n读]{0,12}x";
    let one = prop_oneof![
        5 => (number.clone(), number.clone(), text).prop_map(|(who, room, text)| Step::Post { who, room, text }),
        2 => (number.clone(), number.clone()).prop_map(|(who, to)| Step::Reply { who, to }),
        3 => (number.clone(), text).prop_map(|(which, text)| Step::Edit { which, text }),
        2 => number.clone().prop_map(|which| Step::Delete { which }),
        3 => (number.clone(), number.clone(), number.clone()).prop_map(|(who, which, emoji)| Step::React { who, which, emoji }),
        2 => (number.clone(), number.clone()).prop_map(|(which, emoji)| Step::Unreact { which, emoji }),
        1 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Custom { who, room }),
        2 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Join { who, room }),
        2 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Leave { who, room }),
        1 => (number.clone(), any::<bool>()).prop_map(|(who, closed)| Step::CreateRoom { who, closed }),
        1 => (number, "[A-Z<&]{1,8}").prop_map(|(room, name)| Step::Rename { room, name }),
    ];
    let together = vec(one.clone(), 2..8).prop_map(Step::Together);
    prop_oneof![6 => one, 1 => together]
}

/// The chat as the steps have made it so far.
struct Scene {
    people: Vec<Person>,
    /// Their slugs, and their makers, who see them for ever.
    rooms: Vec<(String, usize)>,
    messages: Vec<(String, i64)>,
}

impl Scene {
    async fn set(chat: &Chat) -> Self {
        let mut people = Vec::new();
        for handle in HANDLES {
            people.push(chat.join(handle).await);
        }
        Self {
            people,
            rooms: vec![("general".into(), 0)],
            messages: Vec::new(),
        }
    }

    async fn play(&mut self, steps: &[Step]) {
        for step in steps {
            let together = if let Step::Together(steps) = step {
                steps.as_slice()
            } else {
                std::slice::from_ref(step)
            };
            let made =
                futures_util::future::join_all(together.iter().map(|step| self.make(step))).await;
            for (room, message) in made {
                self.rooms.extend(room);
                self.messages.extend(message);
            }
        }
    }

    /// What a step does is up to the server: it may well refuse. New rooms and messages are given back.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of change")]
    async fn make(&self, step: &Step) -> (Option<(String, usize)>, Option<(String, i64)>) {
        let person = |who: usize| &self.people[who % self.people.len()];
        let room = |which: usize| &self.rooms[which % self.rooms.len()];
        let message = |which: usize| self.messages.get(which % self.messages.len().max(1));
        let mut posted = None;
        match step {
            Step::Post {
                who,
                room: place,
                text,
            } => {
                posted = Some((
                    person(*who),
                    room(*place).0.clone(),
                    json!({ "body": text }),
                ));
            }
            Step::Reply { who, to } => {
                posted = message(*to).map(|(room, id)| {
                    (
                        person(*who),
                        room.clone(),
                        json!({ "body": "answer", "reply_to": id }),
                    )
                });
            }
            Step::Edit { which, text } => {
                if let Some((room, id)) = message(*which) {
                    for person in &self.people {
                        person.edit(room, *id, text).await;
                    }
                }
            }
            Step::Delete { which } => {
                if let Some((room, id)) = message(*which) {
                    for person in &self.people {
                        person.delete(room, *id).await;
                    }
                }
            }
            Step::React { who, which, emoji } => {
                if let Some((room, id)) = message(*which) {
                    person(*who)
                        .react(room, *id, EMOJI[emoji % EMOJI.len()])
                        .await;
                }
            }
            Step::Unreact { which, emoji } => {
                if let Some((room, id)) = message(*which) {
                    for person in &self.people {
                        person.unreact(room, *id, EMOJI[emoji % EMOJI.len()]).await;
                    }
                }
            }
            Step::Custom { who, room: place } => drop(
                person(*who)
                    .custom(&room(*place).0, "ci.build", json!({ "n": 1 }))
                    .await,
            ),
            Step::Join { who, room: place } => {
                let (slug, maker) = room(*place);
                person(*maker).add(slug, &person(*who).handle).await;
            }
            Step::Leave { who, room: place } => {
                let (slug, maker) = room(*place);
                // Makers stay, so that there is always somebody who sees the room.
                if who % self.people.len() != *maker {
                    person(*who).remove(slug, "me").await;
                }
            }
            Step::CreateRoom { who, closed } => {
                let kind = if *closed { "closed" } else { "open" };
                return (
                    Some((
                        person(*who).create_room("A room", kind).await,
                        who % self.people.len(),
                    )),
                    None,
                );
            }
            Step::Rename { room: place, name } => {
                let (slug, maker) = room(*place);
                let path = format!("/api/v1/rooms/{slug}");
                person(*maker)
                    .send(Method::PATCH, &path, json!({ "name": name, "topic": name }))
                    .await;
            }
            Step::Together(_) => {}
        }
        let Some((person, room, body)) = posted else {
            return (None, None);
        };
        let answer = person.try_post(&room, body).await;
        (
            None,
            (answer.status == 201).then(|| {
                (
                    room,
                    answer.json()["id"].as_i64().expect("a message has an id"),
                )
            }),
        )
    }
}

/// A room that becomes visible, again or for the first time, is fetched: its past does not come through the stream.
async fn apply_all(person: &Person, mut state: State, events: &[Block]) -> State {
    let known: BTreeSet<String> = state.keys().cloned().collect();
    let mut fetch = BTreeSet::new();
    for event in events {
        apply(&mut state, event);
        let data = event.json();
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
        let of_open_rooms = |blocks: &[Block]| -> Vec<(Option<i64>, String)> {
            let is_open = |block: &&Block| {
                self.before
                    .get(block.json()["room"].as_str()?)
                    .map(|room| room.info["kind"] == "open")
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

/// Rooms that one may not see any more are not compared.
#[track_caller]
fn agree(told: &State, now: &State, how: &str) {
    for (slug, room) in now {
        let told = told
            .get(slug)
            .unwrap_or_else(|| panic!("{how}: nothing was told of {slug}"));
        assert_eq!(told.messages, room.messages, "{how}: messages of {slug}");
        assert_eq!(told.rows, room.rows, "{how}: rows of {slug}");
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
