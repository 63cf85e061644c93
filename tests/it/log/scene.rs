//! Three people, and changes of every kind that they make at random.

use crate::support::{
    chat::Chat,
    person::{Person, id_of},
};
use proptest::{collection::vec, prelude::*};
use reqwest::Method;
use serde_json::{Value, json};

const HANDLES: [&str; 3] = ["ann", "bob", "cara"];
const EMOJI: [&str; 3] = ["👍", "🎉", "👀"];

/// Numbers choose among what is there when the step is made.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Post {
        who: usize,
        room: usize,
        text: String,
    },
    Reply {
        who: usize,
        to: usize,
    },
    ReplyInThread {
        who: usize,
        to: usize,
        is_shown: bool,
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
        name: usize,
    },
    /// Closes, archives or opens again, or deletes a room, or lets only managers post.
    Manage {
        room: usize,
        how: usize,
    },
    NameManager {
        who: usize,
        room: usize,
        is_manager: bool,
    },
    OpenDirect {
        who: usize,
        with: usize,
    },
    Rename {
        room: usize,
        name: String,
    },
    RenamePerson {
        who: usize,
        name: String,
    },
    /// All of these at the same time.
    Together(Vec<Self>),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let number = 0..1000_usize;
    let text = "[a-z<&\"' 👩‍👩‍👧\n读]{0,12}x";
    let one = prop_oneof![
        5 => (number.clone(), number.clone(), text).prop_map(|(who, room, text)| Step::Post { who, room, text }),
        2 => (number.clone(), number.clone()).prop_map(|(who, to)| Step::Reply { who, to }),
        3 => (number.clone(), number.clone(), any::<bool>()).prop_map(|(who, to, is_shown)| Step::ReplyInThread { who, to, is_shown }),
        3 => (number.clone(), text).prop_map(|(which, text)| Step::Edit { which, text }),
        2 => number.clone().prop_map(|which| Step::Delete { which }),
        3 => (number.clone(), number.clone(), number.clone()).prop_map(|(who, which, emoji)| Step::React { who, which, emoji }),
        2 => (number.clone(), number.clone()).prop_map(|(which, emoji)| Step::Unreact { which, emoji }),
        1 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Custom { who, room }),
        2 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Join { who, room }),
        2 => (number.clone(), number.clone()).prop_map(|(who, room)| Step::Leave { who, room }),
        2 => (number.clone(), any::<bool>(), number.clone()).prop_map(|(who, closed, name)| Step::CreateRoom { who, closed, name }),
        3 => (number.clone(), number.clone()).prop_map(|(room, how)| Step::Manage { room, how }),
        1 => (number.clone(), number.clone(), any::<bool>()).prop_map(|(who, room, is_manager)| Step::NameManager { who, room, is_manager }),
        1 => (number.clone(), number.clone()).prop_map(|(who, with)| Step::OpenDirect { who, with }),
        1 => (number.clone(), "[A-Z<&]{1,8}").prop_map(|(room, name)| Step::Rename { room, name }),
        2 => (number, "[A-Z<&]{1,3}|ann|bob").prop_map(|(who, name)| Step::RenamePerson { who, name }),
    ];
    let together = vec(one.clone(), 2..8).prop_map(Step::Together);
    prop_oneof![6 => one, 1 => together]
}

/// The chat as the steps have made it so far.
pub(super) struct Scene {
    pub(super) people: Vec<Person>,
    /// Their slugs, and their makers, who see them for ever.
    rooms: Vec<(String, usize)>,
    messages: Vec<(String, i64)>,
}

impl Scene {
    pub(super) async fn set(chat: &Chat) -> Self {
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

    pub(super) async fn play(&mut self, steps: &[Step]) {
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
    async fn make(&self, step: &Step) -> (Option<(String, usize)>, Option<(String, i64)>) {
        match step {
            Step::Post { who, room, text } => {
                let (slug, _) = self.room(*room);
                return (None, self.post(*who, slug, json!({ "body": text })).await);
            }
            Step::Reply { who, to } => {
                if let Some((room, id)) = self.message(*to) {
                    let answer = json!({ "body": "answer", "reply_to": id });
                    return (None, self.post(*who, room, answer).await);
                }
            }
            Step::ReplyInThread { who, to, is_shown } => {
                if let Some((room, id)) = self.message(*to) {
                    let reply =
                        json!({ "body": "in a thread", "thread": id, "also_in_room": is_shown });
                    return (None, self.post(*who, room, reply).await);
                }
            }
            Step::CreateRoom { who, closed, name } => {
                let kind = if *closed { "closed" } else { "open" };
                let room = json!({ "name": format!("Room {}", name % 50), "kind": kind });
                let made = self.person(*who).send(Method::POST, "/api/v1/rooms", room);
                let made = made.await;
                // 409: another open room has the name.
                assert!([201, 409].contains(&made.status), "{made:?}");
                let slug = made.json()["slug"].as_str().map(str::to_owned);
                return (slug.map(|slug| (slug, who % self.people.len())), None);
            }
            Step::OpenDirect { who, with } => {
                let (who, with) = (self.person(*who), self.person(*with));
                if who.handle != with.handle {
                    who.open_direct(&[&with.handle]).await;
                }
            }
            Step::Edit { which, .. }
            | Step::Delete { which }
            | Step::React { which, .. }
            | Step::Unreact { which, .. } => {
                if let Some((room, id)) = self.message(*which) {
                    self.change(step, room, *id).await;
                }
            }
            Step::Custom { room, .. }
            | Step::Join { room, .. }
            | Step::Leave { room, .. }
            | Step::Manage { room, .. }
            | Step::NameManager { room, .. }
            | Step::Rename { room, .. } => {
                let (slug, maker) = self.room(*room);
                self.change_room(step, slug, *maker).await;
            }
            Step::RenamePerson { who, name } => {
                let answer = self.person(*who).rename(name).await;
                // 409: somebody else has the name.
                assert!([200, 409].contains(&answer.status), "{answer:?}");
            }
            Step::Together(_) => {}
        }
        (None, None)
    }

    async fn post(&self, who: usize, room: &str, message: Value) -> Option<(String, i64)> {
        let answer = self.person(who).try_post(room, message).await;
        (answer.status == 201).then(|| (room.to_owned(), id_of(&answer.json())))
    }

    /// Everybody tries: one of them is the author.
    async fn change(&self, step: &Step, room: &str, id: i64) {
        for person in &self.people {
            match step {
                Step::Edit { text, .. } => person.edit(room, id, text).await,
                Step::Delete { .. } => person.delete(room, id).await,
                Step::Unreact { emoji, .. } => {
                    person.unreact(room, id, EMOJI[emoji % EMOJI.len()]).await
                }
                Step::React { who, emoji, .. } => {
                    self.person(*who)
                        .react(room, id, EMOJI[emoji % EMOJI.len()])
                        .await;
                    return;
                }
                _ => return,
            };
        }
    }

    async fn change_room(&self, step: &Step, slug: &str, maker: usize) {
        match step {
            Step::Custom { who, .. } => drop(
                self.person(*who)
                    .custom(slug, "ci.build", json!({ "n": 1 }))
                    .await,
            ),
            // Nobody manages the first room.
            Step::Join { who, .. } if slug == "general" => {
                drop(self.person(*who).add(slug, "me").await);
            }
            Step::Join { who, .. } => drop(
                self.people[maker]
                    .add(slug, &self.person(*who).handle)
                    .await,
            ),
            // Makers stay, so that there is always somebody who sees the room.
            Step::Leave { who, .. } if who % self.people.len() != maker => {
                drop(self.person(*who).remove(slug, "me").await);
            }
            Step::NameManager {
                who, is_manager, ..
            } if who % self.people.len() != maker => {
                let role = if *is_manager { "manager" } else { "member" };
                let named = &self.person(*who).handle;
                self.people[maker].name(slug, named, role).await;
            }
            Step::Manage { how, .. } => {
                let change = match how % 8 {
                    0 => return drop(self.people[maker].delete_room(slug).await),
                    1 => json!({ "kind": "closed" }),
                    2 => json!({ "announcements": how % 16 == 2 }),
                    archived => json!({ "archived": archived == 3 }),
                };
                self.people[maker].change_room(slug, change).await;
            }
            Step::Rename { name, .. } => {
                let change = json!({ "name": name, "topic": name });
                self.people[maker].change_room(slug, change).await;
            }
            _ => {}
        }
    }

    fn person(&self, who: usize) -> &Person {
        &self.people[who % self.people.len()]
    }

    fn room(&self, which: usize) -> &(String, usize) {
        &self.rooms[which % self.rooms.len()]
    }

    fn message(&self, which: usize) -> Option<&(String, i64)> {
        self.messages.get(which % self.messages.len().max(1))
    }
}
