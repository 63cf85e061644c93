//! Who has read a message, favourites, and what a person hides.

use super::{mark, put};
use crate::support::{chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

async fn readers(by: &Person, room: &str, id: i64) -> Value {
    by.see(&format!("/api/v1/rooms/{room}/messages/{id}/readers"))
        .await
}

fn handles(readers: &Value) -> Vec<&str> {
    let readers = readers["readers"].as_array().expect("readers").iter();
    readers
        .filter_map(|reader| reader["handle"].as_str())
        .collect()
}

#[tokio::test]
async fn members_see_who_has_read_a_message_but_for_those_who_hide_it() {
    let chat = Chat::start().await;
    let [ann, bob, cara, dan] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
        chat.join("dan").await,
    ];
    for person in [&ann, &bob, &cara] {
        person.add("general", "me").await.expect(204);
    }
    let id = ann.post("general", "hello").await;
    assert!(handles(&readers(&ann, "general", id).await).is_empty());
    let read = json!({ "up_to": id });
    for person in [&bob, &cara] {
        mark(person, "general", read.clone()).await.expect(204);
    }
    // Whoever joins later has not read what came before.
    dan.add("general", "me").await.expect(204);
    let seen = readers(&ann, "general", id).await;
    assert_eq!(handles(&seen), ["bob", "cara"]);
    assert_eq!(seen["hidden"], false);
    assert_eq!(handles(&readers(&bob, "general", id).await), ["cara"]);
    let hide = json!({ "hides_reading": true });
    bob.send(Method::PATCH, "/api/v1/me", hide)
        .await
        .expect(200);
    assert_eq!(handles(&readers(&ann, "general", id).await), ["cara"]);
    let nobody = readers(&bob, "general", id).await;
    assert!(handles(&nobody).is_empty());
    assert_eq!(nobody["hidden"], true);
    put(&ann, "/api/v1/me/blocks/cara", Value::Null)
        .await
        .expect(204);
    assert!(handles(&readers(&ann, "general", id).await).is_empty());
    let elsewhere = ann.create_room("Elsewhere", "open").await;
    let there = ann.post(&elsewhere, "hello").await;
    let path = format!("/api/v1/rooms/{elsewhere}/messages/{there}/readers");
    dan.get(&path).await.problem(403);
    let missing = ann.get("/api/v1/rooms/general/messages/1/readers").await;
    missing.problem(404);
}

#[tokio::test]
async fn favourites_are_told_to_one_s_other_devices() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.add("general", "me").await.expect(204);
    let mut stream = ann.stream("").await;
    let path = "/api/v1/rooms/general/favourite";
    put(&ann, path, Value::Null).await.expect(204);
    let told = stream.signal("me").await.json();
    assert_eq!(told, json!({ "changed": ["favourites"] }));
    assert_eq!(ann.see("/api/v1/rooms/general").await["favourite"], true);
    let removed = ann.send(Method::DELETE, path, Value::Null).await;
    removed.expect(204);
    assert_eq!(ann.see("/api/v1/rooms/general").await["favourite"], false);
}

#[tokio::test]
async fn all_rooms_are_read_at_once() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let second = bob.create_room("Second", "open").await;
    for room in ["general", &second] {
        ann.add(room, "me").await.expect(204);
        bob.post(room, "hello @ann").await;
    }
    let mut stream = ann.stream("").await;
    let head = ann.see("/api/v1/rooms").await["head"].clone();
    let read = put(&ann, "/api/v1/me/read", json!({ "up_to": head })).await;
    read.expect(204);
    for room in ["general", &second] {
        assert_eq!(super::counts(&ann, room).await, (0, 0));
    }
    let mut told = Vec::new();
    for _ in 0..2 {
        let signal = stream.signal("read").await.json();
        told.push(signal["room"].as_str().expect("a room").to_owned());
    }
    told.sort_unstable();
    assert_eq!(told, ["general", "second"]);
}
