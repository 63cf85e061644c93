//! Streams of every kind, and what they have to be told.

use super::{
    changes::Told,
    world::{HANDLES, NOBODY, Secret, World},
};
use crate::support::{AT_ONCE, sse::Block, stream::Stream};
use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
    time::Instant,
};

/// What a stream asks for. Rooms are given by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everything,
    Joined,
    /// The address of a room.
    Room(usize),
    /// The rooms of a query.
    Named(&'static [usize]),
}

/// A reader with a stream, which is open as long as it may be.
pub(super) struct Listener {
    who: usize,
    secret: Secret,
    scope: Scope,
    stream: Option<Stream>,
    /// The rooms that the stream could show since it was last read to an end that was known.
    rooms: BTreeSet<usize>,
    /// Ids of the events of changes, which belong to the state before or after them.
    moves: BTreeSet<i64>,
}

impl Listener {
    pub(super) fn all(world: &World) -> Vec<Self> {
        let scopes = [
            (Secret::Session, Scope::Everything),
            (Secret::Session, Scope::Joined),
            (Secret::Session, Scope::Room(1)),
            (Secret::Session, Scope::Room(2)),
            (Secret::Session, Scope::Named(&[0, 2])),
            (Secret::Token, Scope::Everything),
            (Secret::OfClub, Scope::Everything),
        ];
        let of_people =
            (0..HANDLES.len()).flat_map(|who| scopes.map(|(secret, scope)| (who, secret, scope)));
        let of_nobody =
            [Scope::Everything, Scope::Room(1)].map(|scope| (NOBODY, Secret::Session, scope));
        let listeners = of_people.chain(of_nobody).map(|(who, secret, scope)| Self {
            who,
            secret,
            scope,
            stream: None,
            rooms: BTreeSet::new(),
            moves: BTreeSet::new(),
        });
        let mut listeners: Vec<Self> = listeners.collect();
        for listener in &mut listeners {
            listener.note_rooms(world);
        }
        listeners
    }

    pub(super) fn name(&self) -> String {
        let who = HANDLES.get(self.who).unwrap_or(&"nobody");
        format!("{who} {:?} {:?}", self.secret, self.scope)
    }

    fn note_rooms(&mut self, world: &World) {
        let shown = (0..world.rooms.len()).filter(|room| self.shows(world, *room));
        let shown: Vec<usize> = shown.collect();
        self.rooms.extend(shown);
    }

    /// Returns whether the stream may show a room now.
    fn shows(&self, world: &World, room: usize) -> bool {
        let is_asked_for = match self.scope {
            Scope::Everything => self.secret != Secret::OfClub || room == 2,
            Scope::Joined => world.is_member(self.who, room),
            Scope::Room(only) => only == room,
            Scope::Named(rooms) => rooms.contains(&room),
        };
        is_asked_for && world.may_see(self.who, room)
    }

    /// Returns whether the stream may be open now.
    fn may_be_open(&self, world: &World) -> bool {
        let needs_room = !matches!(self.scope, Scope::Everything | Scope::Joined)
            || self.secret == Secret::OfClub;
        let sees_any = (0..world.rooms.len()).any(|room| self.shows(world, room));
        world.client(self.who, self.secret).is_some() && (sees_any || !needs_room)
    }

    fn path(&self, world: &World) -> String {
        let slug = |room: &usize| world.rooms[*room].slug.clone();
        match self.scope {
            Scope::Everything => "/api/v1/events?include=html".into(),
            Scope::Joined => "/api/v1/events?joined=true".into(),
            Scope::Room(room) => format!("/api/v1/rooms/{}/events?", slug(&room)),
            Scope::Named(rooms) => {
                let rooms: Vec<String> = rooms
                    .iter()
                    .map(|room| format!("room={}", slug(room)))
                    .collect();
                format!("/api/v1/events?{}", rooms.join("&"))
            }
        }
    }

    pub(super) async fn reopen(&mut self, world: &World) {
        let Some(person) = world.client(self.who, self.secret) else {
            return;
        };
        let path = self.path(world);
        if self.may_be_open(world) {
            self.stream = Some(Stream::open(&person.ask(&path)).await);
        } else {
            let refused = Stream::ask(&person.ask(&path)).await;
            assert!(refused.status == 404, "{}: {}", self.name(), refused.status);
        }
    }

    /// After a change: the stream ends at once if it may not go on, and is opened if it may be open again.
    pub(super) async fn follow(&mut self, world: &World, moves: &Range<i64>, step: &str) {
        let began = Instant::now();
        self.note_rooms(world);
        self.moves.extend(moves.clone());
        if self.may_be_open(world) && self.stream.is_some() {
            return;
        }
        if let Some(mut stream) = self.stream.take() {
            let (_, before) = stream.farewell().await;
            assert!(began.elapsed() < AT_ONCE, "{step}: {:?}", began.elapsed());
            for block in before.iter().filter(|block| block.event != "hello") {
                let id = block.id();
                assert!(
                    id.is_some_and(|id| self.moves.contains(&id)),
                    "{step}: {block:?}"
                );
            }
            self.check_signals(world, &mut stream, step);
        }
        self.reopen(world).await;
    }

    /// Reads what was told of the rooms that the stream shows, and nothing else.
    pub(super) async fn hear(&mut self, world: &World, told: &Told, step: &str) {
        let Some(mut stream) = self.stream.take() else {
            return;
        };
        let shown = told
            .events
            .iter()
            .filter(|event| self.shows(world, event.1));
        let mut expected: VecDeque<i64> = shown.map(|event| event.0).collect();
        let is_read_to_end = !expected.is_empty();
        while !expected.is_empty() {
            let block = stream.next().await;
            let block =
                block.unwrap_or_else(|| panic!("{step}: the stream ended before {expected:?}"));
            self.take(&block, &mut expected, step);
        }
        self.check_signals(world, &mut stream, step);
        if is_read_to_end {
            self.rooms.clear();
            self.note_rooms(world);
        }
        self.stream = Some(stream);
    }

    fn take(&self, block: &Block, expected: &mut VecDeque<i64>, step: &str) {
        if block.event == "hello" {
            // The reader fetches what came before the head.
            let head = block.json()["head"].as_i64().expect("hello has a head");
            expected.retain(|id| *id > head);
            return;
        }
        assert_ne!(block.event, "bye", "{step}: before {expected:?}");
        if block.is_control() {
            return;
        }
        let id = block.id().expect("an event has an id");
        if expected.front() == Some(&id) {
            expected.pop_front();
        } else {
            assert!(
                self.moves.contains(&id),
                "{step}: {block:?} in place of {expected:?}"
            );
        }
    }

    /// Signals are about rooms that the stream shows, or showed when it was read last.
    fn check_signals(&self, world: &World, stream: &mut Stream, step: &str) {
        for kind in ["typing", "presence"] {
            for signal in stream.signalled(kind) {
                let room = signal.json()["room"].clone();
                let rooms = self.rooms.iter();
                let mut slugs = rooms.map(|room| world.rooms[*room].slug.as_str());
                assert!(slugs.any(|slug| room == slug), "{step}: {signal:?}");
            }
        }
    }

    /// A replay from before the round tells of visible rooms only, and of each of their new messages.
    pub(super) async fn check_replay(&self, world: &World, head: i64, told: &Told, step: &str) {
        let Some(person) = world.client(self.who, self.secret) else {
            return;
        };
        if !self.may_be_open(world) {
            return;
        }
        let path = format!("{}&after={head}", self.path(world));
        let mut stream = Stream::open(&person.ask(&path)).await;
        if stream.outcome() != "replay" {
            return;
        }
        let (events, _) = stream.replay().await;
        for event in &events {
            let data = event.json();
            let is_shown = (0..world.rooms.len()).any(|room| {
                data["room"] == world.rooms[room].slug.as_str() && self.shows(world, room)
            });
            // Whoever has left a room is told so.
            let is_end = event.id().is_some_and(|id| self.moves.contains(&id));
            assert!(
                is_shown || is_end || event.event == "user",
                "{step}: {event:?}"
            );
        }
        let ids: BTreeSet<i64> = events.iter().filter_map(Block::id).collect();
        for (id, room, is_message) in &told.events {
            if *is_message && self.shows(world, *room) {
                assert!(ids.contains(id), "{step}: {id} is missing in {ids:?}");
            }
        }
    }

    /// After the server has stopped: nothing else was on its way.
    pub(super) async fn end(&mut self) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        let (_, rest) = stream.farewell().await;
        for block in rest.iter().filter(|block| !block.is_control()) {
            let id = block.id();
            assert!(id.is_some_and(|id| self.moves.contains(&id)), "{block:?}");
        }
    }
}
