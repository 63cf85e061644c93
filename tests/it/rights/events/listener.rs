//! One of the people, with open streams of every kind.

use super::scene::Scene;
use crate::support::{person::Person, sse::Block, stream::Stream};
use serde_json::json;

/// One of the people, with what their streams are told.
pub(super) struct Listener {
    pub(super) person: Person,
    pub(super) everything: Stream,
    /// Not of whoever is not signed in.
    pub(super) joined: Option<Stream>,
    /// A stream of the room, if it may be opened.
    pub(super) room: Option<Stream>,
    pub(super) told: Vec<Block>,
    pub(super) signals: Vec<Block>,
    /// Why the stream of the room has ended.
    pub(super) bye: String,
}

impl Listener {
    pub(super) async fn start(person: &Person, room: &str) -> Self {
        let path = format!("/api/v1/rooms/{room}");
        let sees_room = person.get(&path).await.status == 200;
        let is_signed_in = !person.handle.is_empty();
        Self {
            everything: person.stream("").await,
            joined: if is_signed_in {
                Some(person.stream("joined=true").await)
            } else {
                None
            },
            room: if sees_room {
                Some(person.stream_of(room, "").await)
            } else {
                None
            },
            person: person.clone(),
            told: Vec::new(),
            signals: Vec::new(),
            bye: "-".into(),
        }
    }

    /// Reads all streams up to these ends: the last typing, after all other signals, and an event after all others.
    pub(super) async fn read(&mut self, scene: &Scene, last: i64) {
        if ["disabled", "banned"].contains(&self.person.handle.as_str()) {
            let (reason, told) = self.everything.farewell().await;
            let joined = self.joined.as_mut().expect("it was opened");
            let (_, of_joined) = joined.farewell().await;
            let of_room = self.room.as_mut().expect("it was a member's");
            let (_, in_room) = of_room.farewell().await;
            assert_eq!([&told, &of_joined, &in_room], [&vec![]; 3]);
            self.bye = reason;
            return;
        }
        self.told = self.everything.events_to(last).await;
        let own = |blocks: &[Block]| scene.own(blocks);
        if let Some(joined) = &mut self.joined {
            let is_member = ["inside", "member", "manager"].contains(&self.person.handle.as_str());
            let expected = if is_member {
                own(&self.told)
            } else {
                Vec::new()
            };
            let told = own(&joined.events_to(last).await);
            let told: Vec<_> = told
                .into_iter()
                .filter(|event| is_member || event != "user")
                .collect();
            assert_eq!(told, expected, "{}: joined", self.person.handle);
        }
        loop {
            let typing = self.everything.signal("typing").await;
            if typing.json()["by"]["handle"] == "owner" {
                break;
            }
            self.signals.push(typing);
        }
        self.signals.extend(self.everything.signalled("presence"));
    }

    /// Reads the stream of the room after its deletion, if there was one.
    pub(super) async fn read_room(&mut self, scene: &Scene, last: i64) {
        let Some(room) = &mut self.room else {
            assert!(scene.own(&self.told).iter().all(|told| told == "user"));
            return;
        };
        if self.bye != "-" {
            return;
        }
        let told = if scene.is_direct() {
            room.events_to(last).await
        } else {
            let (reason, told) = room.farewell().await;
            self.bye = reason;
            told
        };
        assert_eq!(
            scene.own(&told),
            scene.own(&self.told),
            "{}",
            self.person.handle
        );
    }

    pub(super) fn is_told(&self, signal: &str, scene: &Scene) -> bool {
        self.signals.iter().any(|block| {
            let data = block.json();
            let here = data["here"]
                .as_array()
                .is_some_and(|here| here.contains(&json!("target")));
            let is_targets = data["by"]["handle"] == "target" || here;
            block.event == signal && data["room"] == scene.room.as_str() && is_targets
        })
    }
}
