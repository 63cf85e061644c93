//! What the people and the owner do.

use super::{
    Move, Talk,
    world::{HANDLES, Kind, Room, Secret, World, create_token},
};
use crate::support::person::id_of;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, ops::Range};

/// What happened in a room: the ids of events, and in which rooms somebody typed.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The id of each event, its room, and whether it is a message that nothing has changed since.
    pub(super) events: Vec<(i64, usize, bool)>,
}

impl World {
    /// Makes a change, and returns the ids of the events that it brings.
    pub(super) async fn make(&mut self, moved: &Move) -> Range<i64> {
        let before = self.head().await;
        self.change(moved).await;
        before + 1..self.head().await + 1
    }

    async fn change(&mut self, moved: &Move) {
        match *moved {
            Move::Role(who, role) => {
                let who = who % HANDLES.len();
                let role = ["guest", "member", "admin"][role % 3];
                if self.update(who, json!({ "role": role })).await {
                    self.people[who].is_guest = role == "guest";
                }
            }
            Move::Disable(who) | Move::Enable(who) => {
                let who = who % HANDLES.len();
                let is_disabled = matches!(moved, Move::Disable(_));
                if self.update(who, json!({ "disabled": is_disabled })).await {
                    self.people[who].is_disabled = is_disabled;
                }
            }
            Move::Ban(who) => {
                let who = who % HANDLES.len();
                let path = format!("/api/v1/users/{}/ban", HANDLES[who]);
                let banned = self.owner.send(Method::POST, &path, json!({})).await;
                banned.expect(204);
                let standing = &mut self.people[who];
                standing.is_disabled = true;
                standing.has_session = false;
                (standing.token, standing.of_club) = (None, None);
            }
            Move::Add(who, room) | Move::Remove(who, room) => {
                let (who, room) = (who % HANDLES.len(), room % self.rooms.len());
                let slug = &self.rooms[room].slug;
                let (answer, is_added) = if matches!(moved, Move::Add(..)) {
                    (self.owner.add(slug, HANDLES[who]).await, true)
                } else {
                    (self.owner.remove(slug, HANDLES[who]).await, false)
                };
                if answer.status == 204 && is_added {
                    self.rooms[room].members.insert(who);
                } else if answer.status == 204 {
                    self.rooms[room].members.remove(&who);
                }
            }
            Move::Door { is_open } => {
                let door = if is_open { "open" } else { "invite" };
                let server = json!({ "door": door });
                let path = "/api/v1/server";
                self.owner
                    .send(Method::PATCH, path, server)
                    .await
                    .expect(200);
                self.is_door_open = is_open;
            }
            Move::Close(_) | Move::Delete(_) | Move::Create { .. } => {
                self.change_rooms(moved).await;
            }
            Move::RevokeToken(who) | Move::CreateToken(who) | Move::SignOut(who) => {
                self.change_secrets(moved, who % HANDLES.len()).await;
            }
            Move::Say(who, room) => {
                let (who, room) = (who % HANDLES.len(), room % self.rooms.len());
                let said = json!({ "body": "here I am" });
                let person = &self.people[who].person;
                let posted = person.try_post(&self.rooms[room].slug, said).await;
                if posted.status == 201 {
                    self.rooms[room].members.insert(who);
                }
            }
        }
    }

    async fn update(&self, who: usize, change: Value) -> bool {
        let path = format!("/api/v1/users/{}", HANDLES[who]);
        self.owner.send(Method::PATCH, &path, change).await.status == 200
    }

    async fn change_rooms(&mut self, moved: &Move) {
        let count = self.rooms.len();
        // Everybody comes into the first room.
        let other = |room: usize| 1 + room % (count - 1);
        match *moved {
            Move::Close(room) => {
                let room = &mut self.rooms[other(room)];
                let closed = json!({ "kind": "closed" });
                let answer = self.owner.change_room(&room.slug, closed).await;
                if answer.status == 200 && room.kind == Kind::Open {
                    room.kind = Kind::Closed;
                }
            }
            Move::Delete(room) => {
                let room = &mut self.rooms[other(room)];
                if self.owner.delete_room(&room.slug).await.status == 204 {
                    room.kind = Kind::Deleted;
                }
            }
            Move::Create { is_closed } => {
                let (kind, made) = if is_closed {
                    (Kind::Closed, "closed")
                } else {
                    (Kind::Open, "open")
                };
                let slug = self.owner.create_room(&format!("Room {count}"), made).await;
                let members = BTreeSet::new();
                self.rooms.push(Room {
                    slug,
                    kind,
                    members,
                });
            }
            _ => {}
        }
    }

    async fn change_secrets(&mut self, moved: &Move, who: usize) {
        let Some(person) = self.client(who, Secret::Session) else {
            return;
        };
        let standing = &mut self.people[who];
        match moved {
            Move::RevokeToken(_) => {
                if let Some((_, id)) = standing.token.take() {
                    let path = format!("/api/v1/me/tokens/{id}");
                    let revoked = person.send(Method::DELETE, &path, Value::Null).await;
                    revoked.expect(204);
                }
            }
            Move::CreateToken(_) if standing.token.is_none() => {
                let body = json!({ "name": "bot", "scopes": ["read"] });
                standing.token = Some(create_token(&self.chat, &person, body).await);
            }
            Move::SignOut(_) => {
                person.sign_out().await;
                standing.has_session = false;
            }
            _ => {}
        }
    }

    /// Lets the owner write into rooms.
    pub(super) async fn talk(&mut self, talk: &[(Talk, usize)]) -> Told {
        let mut told = Told::default();
        for (what, room) in talk {
            let room = room % self.rooms.len();
            if self.rooms[room].kind == Kind::Deleted {
                continue;
            }
            let slug = self.rooms[room].slug.clone();
            let before = self.head().await;
            match (what, self.last_post) {
                (Talk::Type, _) => drop(self.owner.type_in(&slug).await),
                (Talk::Custom, _) => {
                    let payload = json!({ "room": slug });
                    let posted = self.owner.custom(&slug, "ci.build", payload).await;
                    told.events.push((id_of(&posted.json()), room, false));
                }
                (Talk::Edit, Some((room, id))) if self.rooms[room].kind != Kind::Deleted => {
                    let slug = self.rooms[room].slug.clone();
                    let text = format!("edited in {slug} after {before}");
                    self.owner.edit(&slug, id, &text).await.expect(200);
                    told.has_changed(id);
                    told.events.push((self.head().await, room, false));
                }
                (Talk::Reply, Some((room, id))) if self.rooms[room].kind != Kind::Deleted => {
                    let slug = self.rooms[room].slug.clone();
                    let reply = json!({ "body": format!("in {slug}"), "thread": id });
                    let posted = self.owner.try_post(&slug, reply).await.expect(201);
                    told.events.push((id_of(&posted.json()), room, true));
                }
                (Talk::React, Some((room, id))) if self.rooms[room].kind != Kind::Deleted => {
                    let slug = self.rooms[room].slug.clone();
                    self.owner.react(&slug, id, "👍").await.expect(200);
                    let head = self.head().await;
                    if head > before {
                        told.has_changed(id);
                        told.events.push((head, room, false));
                    }
                }
                _ => {
                    let id = self.owner.post(&slug, &format!("in {slug}")).await;
                    told.events.push((id, room, true));
                    self.last_post = Some((room, id));
                }
            }
        }
        told
    }
}

impl Told {
    fn has_changed(&mut self, message: i64) {
        for event in self.events.iter_mut().filter(|event| event.0 == message) {
            event.2 = false;
        }
    }
}
