//! An admin merges a person whom an import has brought into an account.

use crate::support::{
    chat::Chat,
    person::Person,
    program::{run, run_with_input},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// More than one step moves.
const MESSAGES: usize = 130;

fn archive() -> String {
    let mut lines = String::new();
    for n in 0..MESSAGES {
        let line = json!({
            "room": "general", "author": "old.petra", "author_name": "Old Petra", "body": format!("number {n}"),
            "at": format!("2012-03-04T05:{:02}:{:02}Z", n / 60, n % 60), "nonce": format!("a-{n}"),
        });
        let _ = writeln!(lines, "{line}");
    }
    let answer = json!({
        "room": "general", "author": "omar", "body": "@old.petra, you are right", "at": "2012-03-05T05:00:00Z",
        "nonce": "b-1", "reactions": [{"emoji": "👍", "by": "old.petra"}],
    });
    let _ = writeln!(lines, "{answer}");
    lines
}

async fn merge(by: &Person, from: &str, into: &str) -> crate::support::answer::Answer {
    let path = format!("/api/v1/users/{from}/merge");
    by.send(Method::POST, &path, json!({ "into": into })).await
}

async fn messages(reader: &Person) -> Vec<Value> {
    let page = reader.history("general", "limit=200").await;
    page["messages"].as_array().expect("messages").clone()
}

#[tokio::test]
async fn an_imported_person_becomes_part_of_an_account_for_open_streams_and_later_imports() {
    let mut chat = Chat::start().await;
    let ada = chat.set_up("ada", "open").await;
    let petra = chat.join("petra").await;
    chat.stop().await;
    let db = chat.file().display().to_string();
    run_with_input(["import", "-", "--db", &db], &archive()).ok();
    chat.go_on().await;
    ada.add("general", "old.petra").await.expect(204);
    let club = ada.create_room("Club", "closed").await;
    ada.add(&club, "old.petra").await.expect(204);
    let before = messages(&ada).await;
    assert_eq!(before[0]["author"]["imported"], true);
    let page = ada.get("/rooms/general").await.expect(200).text;
    assert!(page.contains("is-imported"), "{page}");
    merge(&petra, "old.petra", "petra").await.problem(403);
    merge(&ada, "petra", "ada").await.fault(422, "handle");
    merge(&ada, "old.petra", "omar").await.fault(422, "into");
    let mut stream = ada.stream("include=html").await;
    let head = ada.head().await;
    merge(&ada, "old.petra", "petra").await.expect(204);
    let end = ada.post("general", "that was it").await;
    let live = stream.events_to(end).await;
    // Everybody sees the new author: on pages, in open streams, in replays.
    let after = messages(&ada).await;
    let mut moved = 0;
    for (old, new) in before.iter().zip(&after) {
        assert_eq!((&old["id"], &old["body"]), (&new["id"], &new["body"]));
        if old["author"]["handle"] == "old.petra" {
            assert_eq!(new["author"], json!({ "handle": "petra", "name": "petra" }));
            moved += 1;
        }
    }
    assert_eq!(moved, MESSAGES);
    let told = live.iter().filter(|event| event.event == "message-edited");
    assert_eq!(told.count(), MESSAGES);
    let reacted = live.iter().find(|event| event.event == "reaction");
    let reacted = reacted.expect("the reaction has another author").json();
    assert_eq!(reacted["reactions"][0]["by"], json!(["petra"]));
    let mut replayed = ada.stream(&format!("after={head}")).await;
    let (events, _) = replayed.replay().await;
    let authors = events
        .iter()
        .filter(|event| event.event.starts_with("message"));
    assert!(
        authors
            .map(|event| event.json()["message"]["author"]["handle"].clone())
            .all(|author| author != "old.petra")
    );
    // The closed room is theirs, too.
    petra.see(&format!("/api/v1/rooms/{club}")).await;
    let audit = ada.see("/api/v1/audit").await;
    let merges = audit["entries"].as_array().expect("entries").iter();
    let merges: Vec<_> = merges
        .filter(|entry| entry["action"] == "user.merge")
        .collect();
    assert_eq!(merges.len(), 1);
    assert_eq!(merges[0]["details"], json!({ "into": "petra" }));
    merge(&ada, "old.petra", "petra").await.problem(404);
    // The same history again adds nothing.
    chat.stop().await;
    run_with_input(["import", "-", "--db", &db], &archive()).ok();
    run(["check", "--db", &db]).ok();
    chat.go_on().await;
    assert_eq!(messages(&ada).await.len(), after.len());
}
