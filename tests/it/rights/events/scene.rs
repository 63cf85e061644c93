//! A room with people of every kind, and everything that happens in a room.

use super::{PEOPLE, listener::Listener};
use crate::support::{chat::Chat, person::Person, sse::Block};
use backscroll::model::event::kind;
use reqwest::Method;
use serde_json::json;

/// A room, and what happens in it.
pub(super) struct Scene {
    pub(super) chat: Chat,
    pub(super) kind: &'static str,
    pub(super) room: String,
    /// A room that all people but visitors are members of.
    pub(super) haven: String,
    pub(super) owner: Person,
    /// A member of the room, and of no other.
    pub(super) target: Person,
    /// The id of the last event before everything in the table.
    pub(super) start: i64,
}

impl Scene {
    pub(super) async fn set(kind: &'static str) -> (Self, Vec<Person>) {
        let chat = Chat::start().await;
        let owner = chat.set_up("owner", "open").await;
        let target = chat.join("target").await;
        chat.join("newcomer")
            .await
            .remove("general", "me")
            .await
            .expect(204);
        target.remove("general", "me").await.expect(204);
        let mut people = vec![chat.visitor()];
        for handle in &PEOPLE[1..] {
            let person = chat.join(handle).await;
            if ["guest", "inside"].contains(handle) {
                person.remove("general", "me").await.expect(204);
            }
            people.push(person);
        }
        let roles = "update users set role = case handle when 'inside' then 'guest' else handle end
            where handle in ('guest', 'inside', 'bot', 'admin')";
        let changed = sqlx::query(roles).execute(&mut chat.outside().await).await;
        changed.expect("valid SQL");
        let haven = owner.create_room("Haven", "closed").await;
        for handle in &PEOPLE[1..] {
            owner.add(&haven, handle).await.expect(204);
        }
        let room = make_room(kind, &owner).await;
        if kind != "direct" {
            let former = people.iter().find(|person| person.handle == "former");
            former
                .expect("one of them")
                .remove(&room, "me")
                .await
                .expect(204);
        }
        let start = owner.head().await;
        let scene = Self {
            chat,
            kind,
            room,
            haven,
            owner,
            target,
            start,
        };
        (scene, people)
    }

    pub(super) fn is_direct(&self) -> bool {
        self.kind == "direct"
    }

    /// Disables and bans, and does everything that the room allows. Returns the id of an event after all of it, which
    /// everybody sees.
    pub(super) async fn play(&self, listeners: &mut [Listener]) -> i64 {
        let (owner, target, room) = (&self.owner, &self.target, self.room.as_str());
        let disabled = json!({ "disabled": true });
        let path = "/api/v1/users/disabled";
        owner.send(Method::PATCH, path, disabled).await.expect(200);
        let path = "/api/v1/users/banned/ban";
        owner.send(Method::POST, path, json!({})).await.expect(204);
        let id = target.post(room, "hello").await;
        target.edit(room, id, "hello again").await.expect(200);
        target.react(room, id, "👍").await.expect(200);
        let build = json!({ "number": 7 });
        target.custom(room, "ci.build", build).await.expect(201);
        if self.kind == "archived" {
            let archived = json!({ "archived": true });
            owner.change_room(room, archived).await.expect(200);
        }
        target.delete(room, id).await.expect(200);
        if !self.is_direct() {
            let topic = json!({ "topic": "What it is about" });
            owner.change_room(room, topic).await.expect(200);
            owner.name(room, "member", "manager").await.expect(204);
            owner.name(room, "member", "member").await.expect(204);
        }
        target.rename("Another Name").await.expect(200);
        let may_type = if self.kind == "archived" { 403 } else { 204 };
        target.type_in(room).await.expect(may_type);
        let _here = target.stream("").await;
        let member = listeners
            .iter_mut()
            .find(|listener| listener.person.handle == "member");
        let member = member.expect("one of them");
        loop {
            let presence = member.everything.signal("presence").await;
            member.signals.push(presence);
            if member.is_told("presence", self) {
                break;
            }
        }
        if self.is_direct() {
            owner.post(room, "the end").await;
        } else {
            owner.delete_room(room).await.expect(204);
        }
        owner.type_in("general").await.expect(204);
        owner.type_in(&self.haven).await.expect(204);
        owner.post("general", "the end").await;
        owner.post(&self.haven, "the end").await
    }

    /// Returns the types of the events of the room and of its member, by the name of the log.
    pub(super) fn own(&self, blocks: &[Block]) -> Vec<String> {
        let own = blocks.iter().filter(|block| {
            let data = block.json();
            data["room"] == self.room.as_str() || data["user"]["handle"] == "target"
        });
        own.map(|block| log_kind(&block.event)).collect()
    }
}

/// Returns the kind of an event in the log. On the wire, custom events have names of their own.
pub(super) fn log_kind(name: &str) -> String {
    let is_custom = name.contains('.');
    if is_custom { kind::CUSTOM } else { name }.to_owned()
}

async fn make_room(kind: &str, owner: &Person) -> String {
    let members = [
        "target", "disabled", "banned", "inside", "member", "manager",
    ];
    if kind == "direct" {
        let also = owner.create_room("Where one meets", "closed").await;
        owner.add(&also, "target").await.expect(204);
        return owner.open_direct(&members).await;
    }
    let made = if kind == "closed" { "closed" } else { "open" };
    let room = owner.create_room("The Room", made).await;
    for handle in members.into_iter().chain(["former"]) {
        owner.add(&room, handle).await.expect(204);
    }
    owner.name(&room, "manager", "manager").await.expect(204);
    room
}
