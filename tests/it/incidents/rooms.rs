//! Rooms and what is in them, seen from outside.

use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

/// Mattermost, CVE-2026-2458 and CVE-2026-19603; Campfire: members that were removed, and strangers, learned of private
/// rooms by lists, states and the time of the last activity.
#[tokio::test]
async fn no_list_count_or_state_tells_of_a_room_that_one_may_not_see() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let room = ann.create_room("Codename Heron", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    bob.post(&room, "for @ann and @cara").await;
    ann.remove(&room, "bob").await.expect(204);
    let seen = async |person: &Person| {
        let mut texts = Vec::new();
        for path in [
            "/api/v1/rooms",
            "/api/v1/me",
            "/api/v1/server",
            "/api/v1/users",
            "/api/v1/users/ann",
            "/api/v1/users/bob",
            "/api/v1/me/sessions",
            "/rooms",
            "/rooms/general",
            "/people",
            "/people/ann",
            "/account",
            "/direct/new",
        ] {
            texts.push((path, person.get(path).await.text));
        }
        texts
    };
    let before = [seen(&bob).await, seen(&cara).await];
    for text in before.iter().flatten() {
        assert!(
            !text.1.contains(&room) && !text.1.contains("Heron"),
            "{}: {}",
            text.0,
            text.1
        );
    }
    // Nor by what changes while others are active there.
    let heads = [bob.head().await, cara.head().await];
    ann.post(&room, "and again for @bob and @cara").await;
    ann.type_in(&room).await.expect(204);
    assert_eq!(heads, [bob.head().await, cara.head().await]);
    let rooms = |texts: &[(&str, String)]| texts[0].1.clone();
    assert_eq!(rooms(&before[0]), rooms(&seen(&bob).await));
    assert_eq!(rooms(&before[1]), rooms(&seen(&cara).await));
}

/// Campfire (5c5c82b): a relaxed check for direct rooms applied to all rooms, and a room could become one for all.
#[tokio::test]
async fn a_room_is_never_made_into_one_of_another_kind_by_its_members() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let direct = ann.open_direct(&["bob"]).await;
    let closed = ann.create_room("Closed", "closed").await;
    ann.add(&closed, "bob").await.expect(204);
    for person in [&ann, &bob] {
        for kind in ["open", "closed", "direct", "deleted", "", "OPEN"] {
            let changed = person.change_room(&direct, json!({ "kind": kind })).await;
            assert!(
                changed.status == 403 || changed.status == 422,
                "{kind}: {}",
                changed.text
            );
        }
        for kind in ["open", "direct", "deleted"] {
            let changed = person.change_room(&closed, json!({ "kind": kind })).await;
            assert!(
                changed.status == 403 || changed.status == 422,
                "{kind}: {}",
                changed.text
            );
        }
        person.delete_room(&direct).await.problem(403);
    }
    bob.delete_room(&closed).await.problem(403);
    let view = ann.see(&format!("/api/v1/rooms/{direct}")).await;
    assert_eq!(view["kind"], "direct");
}

/// Mattermost and others: an id from elsewhere, given to a route that checks only its own room, told of what it named.
#[tokio::test]
async fn the_id_of_something_hidden_is_the_id_of_nothing() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let closed = ann.create_room("Closed", "closed").await;
    let hidden = ann.post(&closed, "hidden").await;
    let missing = bob.post("general", "the last id").await + 1000;
    // Fingerprints of assets may begin with the same digits.
    let without = |text: &str, id: i64| {
        let ends = ["\"", "/", "#", "&", "?", "<", " "];
        ends.iter().fold(text.to_owned(), |text, end| {
            let text = text.replace(&format!("/{id}{end}"), "/ID");
            text.replace(&format!("={id}{end}"), "=ID")
        })
    };
    for (method, path, body) in [
        (
            Method::POST,
            "/api/v1/rooms/general/messages",
            json!({ "body": "x", "reply_to": "ID" }),
        ),
        (
            Method::GET,
            "/api/v1/rooms/general/messages/ID",
            Value::Null,
        ),
        (
            Method::PATCH,
            "/api/v1/rooms/general/messages/ID",
            json!({ "body": "x" }),
        ),
        (
            Method::DELETE,
            "/api/v1/rooms/general/messages/ID",
            Value::Null,
        ),
        (
            Method::PUT,
            "/api/v1/rooms/general/messages/ID/reactions/%F0%9F%91%8D",
            Value::Null,
        ),
        (Method::GET, "/rooms/general/messages/ID", Value::Null),
        (Method::GET, "/rooms/general/messages/ID/edit", Value::Null),
        (
            Method::GET,
            "/api/v1/rooms/general/messages?around=ID",
            Value::Null,
        ),
    ] {
        let ask = async |id: i64| {
            let path = path.replace("ID", &id.to_string());
            let body = body.to_string().replace("\"ID\"", &id.to_string());
            let body = serde_json::from_str(&body).expect("JSON");
            let answer = bob.send(method.clone(), &path, body).await;
            let request = answer.header("x-request-id").to_owned();
            let text = without(&answer.text, id).replace(&request, "REQUEST");
            (answer.status, text)
        };
        assert_eq!(ask(hidden).await, ask(missing).await, "{method} {path}");
    }
}
