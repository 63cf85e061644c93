//! Who may do what in which room: every operation of the API, as every kind of person, in every kind of room.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use backscroll::model::role::Door;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::Path};

/// What is expected, one line per operation and kind of room.
const TABLE: &str = "tests/it/files/rights.txt";
/// The people of the table, from left to right. The last three are members of the room.
const PEOPLE: [&str; 10] = [
    "nobody", "stranger", "former", "guest", "disabled", "admin", "bot", "inside", "member",
    "manager",
];
const ROOMS: [&str; 5] = ["open", "closed", "archived", "direct", "deleted"];
/// A room that nobody has made, with a slug like those of closed rooms.
const MISSING: &str = "r-0000000000";

/// Operations after which the room is another one: each person gets a room of their own.
const CHANGING: [&str; 4] = ["deleteRoom", "deleteMessage", "leaveRoom", "joinRoom"];

/// An operation of the API description, with the example of its body.
struct Operation {
    id: String,
    method: Method,
    path: String,
    body: Value,
}

impl Operation {
    async fn all(chat: &Chat) -> Vec<Self> {
        let description = chat.visitor().see("/api/v1/openapi.json").await;
        let paths = description["paths"].as_object().expect("paths").iter();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().expect("an object").iter();
            methods.filter_map(move |(method, operation)| {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
                let id = operation["operationId"].as_str()?.to_owned();
                let content = &operation["requestBody"]["content"];
                let body = content["application/json"]["example"].clone();
                let path = path.clone();
                Some(Self {
                    id,
                    method,
                    path,
                    body,
                })
            })
        });
        operations.collect()
    }

    /// Sends the request about a room, a message in it, and a member of it, or somebody to be added.
    async fn send(&self, person: &Person, room: &str, message: i64) -> Answer {
        let path = self.path.replace("{room}", room);
        let path = path.replace("{id}", &message.to_string());
        let handle = match self.id.as_str() {
            "joinRoom" => "newcomer",
            _ => "target",
        };
        let path = path.replace("{handle}", handle).replace("{emoji}", "👍");
        let request = person.request(self.method.clone(), &path);
        if self.id.starts_with("stream") {
            return start_of(request).await;
        }
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            // Of an earlier request with the same example.
            fields.remove("nonce");
            fields.remove("reply_to");
        }
        Answer::to(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }
}

/// Returns the response without its body if that is a stream, which has no end.
async fn start_of(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = match status {
        200 => String::new(),
        _ => response.text().await.expect("the answer is whole"),
    };
    Answer {
        status,
        headers,
        text,
    }
}

/// People of each kind, and those who make rooms for them.
struct Cast {
    people: Vec<Person>,
}

impl Cast {
    async fn of(chat: &Chat) -> Self {
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

    fn person(&self, kind: &str) -> &Person {
        let place = PEOPLE.iter().position(|known| *known == kind);
        &self.people[place.expect("one of them")]
    }

    /// Makes a room of a kind with a message of `member`. Returns its slug and the id of the message.
    async fn make_room(&self, kind: &str, number: usize) -> (String, i64) {
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

/// The answer without what differs between two requests: the request's id, and the name of the room.
fn comparable(answer: &Answer, room: &str) -> (u16, String) {
    let mut text = answer.text.replace(room, "ROOM");
    let id = answer.header("x-request-id");
    if !id.is_empty() {
        text = text.replace(id, "ID");
    }
    (answer.status, text)
}

/// Appends the answers to all operations in rooms of one kind.
async fn answers_in(kind: &str, table: &mut String) {
    let chat = Chat::start().await;
    let cast = Cast::of(&chat).await;
    let operations = Operation::all(&chat).await.into_iter();
    let about_rooms = operations.filter(|operation| operation.path.contains("{room}"));
    for (number, operation) in about_rooms.enumerate() {
        let _ = write!(table, "{kind:<9} {:<18}", operation.id);
        let mut made = cast.make_room(kind, number * PEOPLE.len()).await;
        for (place, person) in cast.people[..PEOPLE.len()].iter().enumerate() {
            if place > 0 && CHANGING.contains(&operation.id.as_str()) {
                made = cast.make_room(kind, number * PEOPLE.len() + place).await;
            }
            let (room, message) = (made.0.as_str(), made.1);
            let answer = operation.send(person, room, message).await;
            let _ = write!(table, " {}", answer.status);
            if answer.status == 404 || answer.status == 401 {
                let missing = operation.send(person, MISSING, message).await;
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
    let expected = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE))
        .unwrap_or_default();
    let lines = expected.lines().filter(|line| !line.starts_with('#'));
    let expected: Vec<&str> = lines.collect();
    let answered: Vec<&str> = table.lines().collect();
    let new = answered.iter().filter(|line| !expected.contains(line));
    let new: Vec<_> = new.collect();
    let gone = expected.iter().filter(|line| !answered.contains(line));
    let gone: Vec<_> = gone.collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "{TABLE} expects {gone:#?}, but the answers are {new:#?}; all of them:\n{table}"
    );
}

/// What one can do without an account where accounts are by invitation.
const WITHOUT_AN_ACCOUNT: [&str; 2] = ["showDescription", "showServer"];
/// Ways in, which refuse who has nothing to show.
const WAYS_IN: [&str; 4] = ["join", "setUp", "redeemInvite", "signIn"];

#[tokio::test]
async fn behind_the_invite_door_nothing_is_told_without_an_account() {
    let chat = Chat::start_with(|config| config.door = Some(Door::Invite)).await;
    let visitor = chat.visitor();
    for operation in Operation::all(&chat).await {
        let answer = operation.send(&visitor, "general", 1).await;
        let id = operation.id.as_str();
        match answer.status {
            200 => assert!(WITHOUT_AN_ACCOUNT.contains(&id), "{id}"),
            401 => assert!(!WITHOUT_AN_ACCOUNT.contains(&id), "{id}"),
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
