//! Who may do what that is about no room: every other operation of the API, as every kind of person.

use super::{agrees_with, comparable, operations::Operation};
use crate::{
    support::{chat::Chat, person::Person},
    uploads::client::{post_files, upload},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The people of the table, from left to right.
const PEOPLE: [&str; 7] = [
    "nobody", "guest", "member", "bot", "admin", "disabled", "banned",
];

/// Things of somebody else that paths name, and ones like them that are not there.
struct Things {
    parameters: Vec<(&'static str, String, String)>,
}

impl Things {
    async fn of(target: &Person, owner: &Person) -> Self {
        let session = target.see("/api/v1/me/sessions").await["sessions"][0]["id"].clone();
        let named = json!({ "name": "bot" });
        let token = target
            .send(Method::POST, "/api/v1/me/tokens", named)
            .await
            .expect(201)
            .json();
        let message = target.post("general", "rude words").await;
        let path = format!("/api/v1/rooms/general/messages/{message}/report");
        owner.send(Method::POST, &path, json!({})).await.expect(204);
        let report = owner.see("/api/v1/reports").await["reports"][0]["id"].clone();
        let member = json!({ "role": "member" });
        let invite = owner.send(Method::POST, "/api/v1/invites", member).await;
        let invite = invite.expect(201).json();
        let file = upload(target, "a.txt", b"hello").await;
        post_files(target, "general", "", &[&file]).await;
        let pending = upload(target, "a.txt", b"hello").await;
        let parameters = [
            ("{upload}", &json!(pending), "AAAAAAAAAAAAAAAAAAAAAA"),
            ("{file}", &json!(file), "AAAAAAAAAAAAAAAAAAAAAA"),
            ("{name}", &json!("a.txt"), "a.txt"),
            ("{handle}", &json!("target"), "nobody1"),
            ("{session}", &session, "0000000000000000"),
            ("{token}", &token["id"], "0000000000000000"),
            ("{passkey}", &json!("1111111111111111"), "0000000000000000"),
            ("{invite}", &invite["id"], "999"),
            ("{report}", &report, "999"),
            (
                "{secret}",
                &invite["token"],
                "backscroll_0000000000000000000000000000000000000000000",
            ),
        ];
        let parameters = parameters.map(|(name, there, missing)| {
            let there = there.as_str().map_or(there.to_string(), str::to_owned);
            (name, there, missing.to_owned())
        });
        Self {
            parameters: parameters.into(),
        }
    }

    /// Returns the path of something that is there, and of something that is not.
    fn paths(&self, path: &str) -> (String, String) {
        let mut paths = (path.to_owned(), path.to_owned());
        for (name, there, missing) in &self.parameters {
            paths.0 = paths.0.replace(name, there);
            paths.1 = paths.1.replace(name, missing);
        }
        assert!(!paths.0.contains('{'), "say what {path} names");
        paths
    }
}

async fn people(chat: &Chat, owner: &Person) -> Vec<Person> {
    let mut people = vec![chat.visitor()];
    for kind in &PEOPLE[1..] {
        people.push(chat.join(kind).await);
    }
    // Guests see nobody but the people of their rooms.
    people[1].remove("general", "me").await.expect(204);
    let roles = "update users set role = handle where handle in ('guest', 'bot', 'admin')";
    let changed = sqlx::query(roles).execute(&mut chat.outside().await).await;
    changed.expect("valid SQL");
    let disabled = json!({ "disabled": true });
    let path = "/api/v1/users/disabled";
    owner.send(Method::PATCH, path, disabled).await.expect(200);
    let banned = json!({ "hide_messages": false });
    let path = "/api/v1/users/banned/ban";
    owner.send(Method::POST, path, banned).await.expect(204);
    people
}

/// Appends the answers to an operation, each server being asked by one person after the other. What is not allowed and
/// what is not there are told apart by nobody who may not see it.
async fn answers_to(number: usize, table: &mut String) -> Option<()> {
    let chat = Chat::start().await;
    let owner = chat.set_up("owner", "open").await;
    let mut operations = Operation::all(&chat).await.into_iter();
    let operation = operations
        .by_ref()
        .filter(|operation| !operation.is_about_rooms())
        .nth(number)?;
    let target = chat.join("target").await;
    let people = people(&chat, &owner).await;
    let things = Things::of(&target, &owner).await;
    let (path, missing) = things.paths(&operation.path);
    let _ = write!(table, "{:<20}", operation.id);
    for person in &people {
        let refused = if path == missing {
            None
        } else {
            Some(operation.send(person, &missing).await)
        };
        let answer = operation.send(person, &path).await;
        let _ = write!(table, " {}", answer.status);
        if let (Some(refused), 401 | 404) = (refused, answer.status) {
            let own = |answer, path: &str| {
                let differs = path.split('/').next_back().unwrap_or_default();
                comparable(answer, differs)
            };
            let told = (own(&answer, &path), own(&refused, &missing));
            assert_eq!(told.0, told.1, "{}", operation.id);
        }
    }
    table.push('\n');
    Some(())
}

/// Each line of the table is the answers to one operation, in the order of [`PEOPLE`].
#[tokio::test]
async fn everybody_may_do_on_the_server_what_the_table_says_and_learns_no_more() {
    let mut table = String::new();
    let mut number = 0;
    while answers_to(number, &mut table).await.is_some() {
        number += 1;
    }
    assert!(number > 20, "{number}");
    agrees_with("rights_of_server.txt", &table);
}

/// What an empty, absent, repeated or odd parameter asks for is never more than what a good one does.
#[tokio::test]
async fn an_empty_or_repeated_parameter_skips_no_check() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let club = ann.create_room("Club", "closed").await;
    let id = ann.post(&club, "secret soon").await;
    for path in [
        "/api/v1/rooms//messages".to_owned(),
        "/api/v1/rooms/%20/messages".to_owned(),
        format!("/api/v1/rooms//messages/{id}"),
        format!("/api/v1/rooms/general/messages/{id}"),
        format!("/api/v1/rooms/general%2F..%2F{club}/messages"),
        format!("/api/v1/rooms/{club}%00/messages"),
        format!("/api/v1/rooms/{}/messages", club.to_uppercase()),
        format!("/rooms/general/messages/{id}"),
        format!("/rooms/general/messages/{id}/edit"),
    ] {
        let answer = bob.get(&path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    for query in [
        format!("room={club}&room=&room=general"),
        format!("room=general&room={club}"),
        format!("room={club}&joined=true&joined=false&room=general"),
        format!("as=&room={club}&room=general"),
        "room=&room=general".to_owned(),
    ] {
        let mut stream = bob.stream(&format!("{query}&after=0")).await;
        let (events, _) = stream.replay().await;
        let told = events.iter().any(|event| event.data.contains(&club));
        assert!(!told, "{query}: {events:?}");
    }
    for (method, path, body) in [
        (Method::PUT, "/api/v1/rooms/general/members/", Value::Null),
        (Method::DELETE, "/api/v1/rooms//members/me", Value::Null),
        (
            Method::POST,
            "/api/v1/direct",
            json!({ "handles": ["", "ann"] }),
        ),
        (Method::POST, "/api/v1/direct", json!({ "handles": [] })),
        (Method::PATCH, "/api/v1/users/", json!({ "role": "admin" })),
        (
            Method::POST,
            "/api/v1/sign-in",
            json!({ "handle": "", "password": "" }),
        ),
        (
            Method::POST,
            "/api/v1/sign-in",
            json!({ "handle": "ann", "password": "" }),
        ),
        (
            Method::POST,
            "/api/v1/invites//redeem",
            json!({ "handle": "eve", "password": "two cups, one spoon" }),
        ),
    ] {
        let answer = bob.send(method.clone(), path, body).await;
        assert!(
            answer.status >= 400 && answer.status < 500,
            "{method} {path}"
        );
    }
}
