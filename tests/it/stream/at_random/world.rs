//! A server, and who may see what of it, told independently of the server's own rules.

use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const HANDLES: [&str; 3] = ["bob", "cara", "dan"];
/// Of a visitor who is not signed in, the number after those of [`HANDLES`].
pub(super) const NOBODY: usize = HANDLES.len();

/// What somebody is on the server.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) person: Person,
    pub(super) is_guest: bool,
    pub(super) is_disabled: bool,
    /// Whether the session is valid, unless the account is disabled.
    pub(super) has_session: bool,
    /// Another token, and its id.
    pub(super) token: Option<(Person, String)>,
    /// A token that reaches the room `club` only.
    pub(super) of_club: Option<Person>,
}

#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) slug: String,
    pub(super) kind: Kind,
    pub(super) members: BTreeSet<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Closed,
    Direct,
    Deleted,
}

/// By which secret a stream is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secret {
    Session,
    Token,
    OfClub,
}

pub(super) struct World {
    pub(super) chat: Chat,
    pub(super) owner: Person,
    pub(super) people: Vec<Standing>,
    pub(super) rooms: Vec<Room>,
    pub(super) is_door_open: bool,
    pub(super) last_post: Option<(usize, i64)>,
}

impl World {
    pub(super) async fn start() -> Self {
        let chat = Chat::start().await;
        let owner = chat.set_up("owner", "open").await;
        let mut people = Vec::new();
        for handle in HANDLES {
            let person = chat.join(handle).await;
            people.push(Standing {
                person,
                is_guest: false,
                is_disabled: false,
                has_session: true,
                token: None,
                of_club: None,
            });
        }
        let everybody: BTreeSet<usize> = (0..HANDLES.len()).collect();
        let room = |slug: &str, kind, members: &[usize]| Room {
            slug: slug.to_owned(),
            kind,
            members: members.iter().copied().collect(),
        };
        owner.create_room("Park", "open").await;
        let club = owner.create_room("Club", "closed").await;
        for handle in HANDLES {
            owner.add(&club, handle).await.expect(204);
        }
        let direct = owner.open_direct(&["bob"]).await;
        for standing in &mut people {
            let body = json!({ "name": "club", "scopes": ["read"], "rooms": [club] });
            let made = create_token(&chat, &standing.person, body).await;
            standing.of_club = Some(made.0);
        }
        let everybody: Vec<usize> = everybody.into_iter().collect();
        let rooms = vec![
            room("general", Kind::Open, &everybody),
            room("park", Kind::Open, &[]),
            room(&club, Kind::Closed, &everybody),
            room(&direct, Kind::Direct, &[0]),
        ];
        Self {
            chat,
            owner,
            people,
            rooms,
            is_door_open: true,
            last_post: None,
        }
    }

    /// Returns the client with a secret, if it is valid.
    pub(super) fn client(&self, who: usize, secret: Secret) -> Option<Person> {
        let Some(standing) = self.people.get(who) else {
            return self.is_door_open.then(|| self.chat.visitor());
        };
        let person = match secret {
            Secret::Session => standing.has_session.then(|| standing.person.clone()),
            Secret::Token => standing.token.as_ref().map(|token| token.0.clone()),
            Secret::OfClub => standing.of_club.clone(),
        };
        person.filter(|_| !standing.is_disabled)
    }

    pub(super) fn is_member(&self, who: usize, room: usize) -> bool {
        self.rooms[room].kind != Kind::Deleted && self.rooms[room].members.contains(&who)
    }

    pub(super) fn may_see(&self, who: usize, room: usize) -> bool {
        let sees_open = match self.people.get(who) {
            Some(standing) => !standing.is_guest,
            None => self.is_door_open,
        };
        self.is_member(who, room) || self.rooms[room].kind == Kind::Open && sees_open
    }

    pub(super) async fn head(&self) -> i64 {
        let head = sqlx::query_scalar("select max(id) from events");
        let head = head.fetch_one(&mut self.chat.outside().await).await;
        head.expect("there are events")
    }

    /// Fails unless everybody gets exactly the rooms that they may see.
    pub(super) async fn check_pages(&self, number: usize) {
        let who = number % (HANDLES.len() + 1);
        let Some(person) = self.client(who, Secret::Session) else {
            return;
        };
        let listed = person.see("/api/v1/rooms").await;
        let mut seen: Vec<&str> = listed["rooms"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|room| room["slug"].as_str().expect("a slug"))
            .collect();
        seen.sort_unstable();
        let rooms = (0..self.rooms.len()).filter(|room| self.may_see(who, *room));
        let mut expected: Vec<&str> = rooms.map(|room| self.rooms[room].slug.as_str()).collect();
        expected.sort_unstable();
        assert_eq!(seen, expected, "round {number}");
        for (place, room) in self.rooms.iter().enumerate() {
            let status = if self.may_see(who, place) { 200 } else { 404 };
            for path in [
                format!("/api/v1/rooms/{}/messages", room.slug),
                format!("/rooms/{}", room.slug),
            ] {
                assert_eq!(
                    person.get(&path).await.status,
                    status,
                    "round {number}: {path}"
                );
            }
        }
    }
}

pub(super) async fn create_token(chat: &Chat, owner: &Person, body: Value) -> (Person, String) {
    let made = owner.send(Method::POST, "/api/v1/me/tokens", body).await;
    let made = made.expect(201).json();
    let text = |field: &str| made[field].as_str().expect("a text").to_owned();
    (chat.known(&owner.handle, &text("token")), text("id"))
}
