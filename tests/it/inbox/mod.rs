//! What a person is told of: the inbox, read marks, and what only the streams of the same person hear.

mod items;
mod marks;
mod pins;
mod readers;

use crate::support::{answer::Answer, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

/// Returns the kind, the id and whether it was read, of each item of the inbox.
async fn items(reader: &Person, query: &str) -> Vec<(String, i64, bool)> {
    let inbox = reader.see(&format!("/api/v1/inbox{query}")).await;
    let items = inbox["items"].as_array().expect("an inbox has items");
    let items = items.iter().map(|item| {
        let kind = item["kind"].as_str().expect("an item has a kind");
        let id = item["message"]["id"].as_i64().expect("an id");
        let read = item["read"].as_bool().expect("a flag");
        (kind.to_owned(), id, read)
    });
    items.collect()
}

/// Returns the numbers of unread messages and of mentions of a room.
async fn counts(reader: &Person, room: &str) -> (i64, i64) {
    let room = reader.see(&format!("/api/v1/rooms/{room}")).await;
    let count = |name: &str| room[name].as_i64().expect("a number");
    (count("unread"), count("mentions"))
}

async fn reply(by: &Person, room: &str, to: i64, body: &str) -> i64 {
    let reply = json!({ "body": body, "reply_to": to });
    let posted = by.try_post(room, reply).await.expect(201).json();
    posted["id"].as_i64().expect("a message has an id")
}

async fn put(by: &Person, path: &str, body: Value) -> Answer {
    by.send(Method::PUT, path, body).await
}

async fn mark(by: &Person, room: &str, mark: Value) -> Answer {
    put(by, &format!("/api/v1/rooms/{room}/read"), mark).await
}
