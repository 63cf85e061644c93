//! Who may do what in which room: every operation of the API, as every kind of person, in every kind of room.

use super::{MISSING, agrees_with, comparable, operations::Operation};
use crate::support::{chat::Chat, person::Person};
use backscroll::model::role::Door;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The people of the table, from left to right. The last three are members of the room.
pub(super) const PEOPLE: [&str; 10] = [
    "nobody", "stranger", "former", "guest", "disabled", "admin", "bot", "inside", "member",
    "manager",
];
pub(super) const ROOMS: [&str; 5] = ["open", "closed", "archived", "direct", "deleted"];

/// Operations after which the room is another one: each person gets a room of their own.
const CHANGING: [&str; 4] = ["deleteRoom", "deleteMessage", "leaveRoom", "joinRoom"];

/// People of each kind, and those who make rooms for them.
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
}

impl Cast {
    pub(super) async fn of(chat: &Chat) -> Self {
        let mut people = vec![chat.visitor()];
        for handle in &PEOPLE[1..] {
            people.push(chat.join(handle).await);
        }
        people.push(chat.join("target").await);
        chat.join("newcomer").await;
        let roles = "update users set role = case handle when 'guest' then 'guest' when 'inside' then 'guest'
                when 'admin' then 'admin' when 'bot' then 'bot' else role end,
            disabled_at = iif(handle = 'disabled', created_at, null)";
        let changed = sqlx::query(roles).execute(&mut chat.outside().await).await;
        changed.expect("valid SQL");
        Self { people }
    }

    pub(super) fn person(&self, kind: &str) -> &Person {
        let place = PEOPLE.iter().position(|known| *known == kind);
        &self.people[place.expect("one of them")]
    }

    /// Makes a room of a kind with a message of `member`. Returns its slug and the id of the message.
    pub(super) async fn make_room(&self, kind: &str, number: usize) -> (String, i64) {
        let (manager, member) = (self.person("manager"), self.person("member"));
        if kind == "direct" {
            let handles = json!({ "handles": ["member", "inside", "target"] });
            let made = manager.send(Method::POST, "/api/v1/direct", handles).await;
            let slug = made.json()["slug"].as_str().expect("a slug").to_owned();
            return (slug.clone(), member.post(&slug, "hello").await);
        }
        let made = if kind == "closed" { "closed" } else { "open" };
        let room = manager.create_room(&format!("{kind} {number}"), made).await;
        for member in ["member", "inside", "target", "former"] {
            // Others can add a person to 100 rooms a day only.
            let by_themselves = made == "open" && member != "inside";
            let person = self.people.iter().find(|person| person.handle == member);
            let (by, handle) = match person {
                Some(person) if by_themselves => (person, "me"),
                _ => (manager, member),
            };
            let path = format!("/api/v1/rooms/{room}/members/{handle}");
            by.send(Method::PUT, &path, Value::Null).await.expect(204);
        }
        let path = format!("/api/v1/rooms/{room}/members/me");
        let left = self
            .person("former")
            .send(Method::DELETE, &path, Value::Null);
        left.await.expect(204);
        let message = member.post(&room, "hello").await;
        match kind {
            "archived" => {
                let archived = manager
                    .change_room(&room, json!({ "archived": true }))
                    .await;
                archived.expect(200);
            }
            "deleted" => {
                let path = format!("/api/v1/rooms/{room}");
                manager
                    .send(Method::DELETE, &path, Value::Null)
                    .await
                    .expect(204);
            }
            _ => {}
        }
        (room, message)
    }
}

/// Appends the answers to all operations in rooms of one kind.
async fn answers_in(kind: &str, table: &mut String) {
    let chat = Chat::start().await;
    let cast = Cast::of(&chat).await;
    let operations = Operation::all(&chat).await.into_iter();
    let about_rooms = operations.filter(Operation::is_about_rooms);
    for (number, operation) in about_rooms.enumerate() {
        let _ = write!(table, "{kind:<9} {:<18}", operation.id);
        let mut made = cast.make_room(kind, number * PEOPLE.len()).await;
        for (place, person) in cast.people[..PEOPLE.len()].iter().enumerate() {
            if place > 0 && CHANGING.contains(&operation.id.as_str()) {
                made = cast.make_room(kind, number * PEOPLE.len() + place).await;
            }
            let (room, message) = (made.0.as_str(), made.1);
            let answer = operation.send_about(person, room, message).await;
            let _ = write!(table, " {}", answer.status);
            if answer.status == 404 || answer.status == 401 {
                let missing = operation.send_about(person, MISSING, message).await;
                let told = (comparable(&answer, room), comparable(&missing, MISSING));
                assert_eq!(told.0, told.1, "{} {kind}", operation.id);
            }
        }
        table.push('\n');
    }
}

/// Each line of the table is the answers to one operation, in the order of [`PEOPLE`].
#[tokio::test]
async fn everybody_may_do_in_a_room_what_the_table_says_and_learns_no_more() {
    let mut table = String::new();
    for kind in ROOMS {
        answers_in(kind, &mut table).await;
    }
    agrees_with("rights.txt", &table);
}

/// What one can do without an account where accounts are by invitation.
const WITHOUT_AN_ACCOUNT: [&str; 2] = ["showDescription", "showServer"];
/// Ways in, which refuse who has nothing to show.
const WAYS_IN: [&str; 6] = [
    "join",
    "setUp",
    "redeemInvite",
    "signIn",
    "beginPasskeySignIn",
    "signInByPasskey",
];

#[tokio::test]
async fn behind_the_invite_door_nothing_is_told_without_an_account() {
    let chat = Chat::start_with(|config| config.door = Some(Door::Invite)).await;
    let visitor = chat.visitor();
    for operation in Operation::all(&chat).await {
        let answer = operation.send_about(&visitor, "general", 1).await;
        let id = operation.id.as_str();
        match answer.status {
            200 => assert!(WITHOUT_AN_ACCOUNT.contains(&id), "{id}"),
            401 => assert!(!WITHOUT_AN_ACCOUNT.contains(&id), "{id}"),
            // A person follows the link of a file, and is led to the page where one signs in.
            303 => assert_eq!(id, "showFile"),
            status => assert!(
                WAYS_IN.contains(&id) && (status == 403 || status == 404 || status == 422),
                "{id}: {status} {}",
                answer.text
            ),
        }
    }
    for page in [
        "/rooms",
        "/rooms/new",
        "/rooms/general",
        "/rooms/general/messages/1",
    ] {
        let answer = visitor.get(page).await;
        assert_eq!(answer.status, 303, "{page}");
        assert!(answer.header("location").starts_with("/join"), "{page}");
    }
}
