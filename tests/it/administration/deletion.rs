//! Deleting accounts: the name is free, and what stays names nobody.

use super::appoint;
use crate::support::{AT_ONCE, chat::Chat, person::Person};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

async fn delete_me(person: &Person, request: Value) -> crate::support::answer::Answer {
    person.send(Method::DELETE, "/api/v1/me", request).await
}

async fn authors(reader: &Person) -> Vec<Value> {
    let page = reader.history("general", "").await;
    let messages = page["messages"].as_array().expect("messages");
    let authors = messages.iter().map(|message| message["author"].clone());
    authors.collect()
}

#[tokio::test]
async fn a_deleted_account_leaves_its_texts_its_ids_and_a_free_name() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    let id = bob.post("general", "this stays").await;
    ann.post("general", "and this").await;
    let mut stream = bob.stream("").await;
    delete_me(&bob, json!({ "handle": "ann" }))
        .await
        .fault(422, "handle");
    let began = Instant::now();
    delete_me(&bob, json!({ "handle": "bob" }))
        .await
        .expect(204);
    assert_eq!(stream.farewell().await.0, "signed-out");
    assert!(began.elapsed() < AT_ONCE);
    bob.get("/api/v1/me").await.problem(401);
    // Also from memory, and after a restart.
    for _ in 0..2 {
        let page = ann.history("general", "").await;
        assert_eq!(page["messages"][0]["id"], id);
        assert_eq!(page["messages"][0]["body"], "this stays");
        let author = authors(&ann).await.remove(0);
        assert_eq!(author["name"], "Deleted account");
        assert_ne!(author["handle"], "bob");
        let mut replayed = ann.stream("after=0").await;
        let (events, _) = replayed.replay().await;
        let bob = json!("bob");
        let names_bob = |data: &Value| {
            [&data["by"], &data["message"]["author"], data, &data["user"]]
                .iter()
                .any(|person| person["handle"] == bob)
        };
        assert!(!events.iter().any(|event| names_bob(&event.json())));
        chat.restart().await;
    }
    let other = chat.join("bob").await;
    other.post("general", "another bob").await;
    assert_eq!(authors(&ann).await[2]["handle"], "bob");
    chat.stop().await;
    let found =
        crate::support::program::run(["check", "--db", chat.file().to_str().expect("UTF-8")]);
    found.ok();
    chat.go_on().await;
}

#[tokio::test]
async fn nobody_writes_to_a_deleted_account_or_adds_it() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.post("general", "this stays").await;
    let room = ann.create_room("Club", "open").await;
    delete_me(&bob, json!({ "handle": "bob" }))
        .await
        .expect(204);
    let author = authors(&ann).await.remove(0);
    let gone = author["handle"].as_str().expect("a handle");
    ann.add(&room, gone).await.problem(404);
    let people = json!({ "handles": [gone] });
    let opened = ann.send(Method::POST, "/api/v1/direct", people).await;
    opened.fault(422, "handles");
    let path = format!("/api/v1/me/blocks/{gone}");
    ann.send(Method::PUT, &path, Value::Null).await.problem(404);
}

#[tokio::test]
async fn the_texts_go_too_if_their_author_wishes() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.post_many("general", 120).await;
    ann.post("general", "mine").await;
    delete_me(&bob, json!({ "handle": "bob", "erase": true }))
        .await
        .expect(204);
    let left = ann.history("general", "limit=200").await;
    let messages = left["messages"].as_array().expect("messages").iter();
    let texts: Vec<_> = messages
        .filter_map(|message| message["body"].as_str())
        .collect();
    assert_eq!(texts, ["mine"]);
}

#[tokio::test]
async fn the_last_admin_cannot_delete_the_account() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    delete_me(&ann, json!({ "handle": "ann" }))
        .await
        .problem(409);
    ann.see("/api/v1/me").await;
}
