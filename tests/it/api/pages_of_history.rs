//! Walking through history while it grows.

use crate::support::{
    chat::Chat,
    person::{Person, id_of},
};
use serde_json::Value;

const ROWS: usize = 3000;

/// Follows the links of one kind to their end.
async fn walk(person: &Person, first: String, link: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), Some(first));
    while let Some(path) = next {
        let page = person.see(&path).await;
        next = page[link].as_str().map(str::to_owned);
        assert_eq!(
            next.is_some(),
            page[format!("has_{link}")] == true,
            "{page}"
        );
        let messages = page["messages"].as_array();
        pages.push(messages.expect("a page has messages").clone());
    }
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_in_either_direction_meets_every_message_once_while_others_post() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let other = ann.create_room("Other", "open").await;
    chat.stop().await;
    chat.fill("general", "ann", ROWS / 2).await;
    chat.fill(&other, "bob", 20).await;
    chat.fill("general", "bob", ROWS / 2).await;
    chat.go_on().await;
    let posting = tokio::spawn({
        let ann = ann.clone();
        async move { ann.post_many("general", 300).await }
    });
    let path = "/api/v1/rooms/general/messages?limit=77";
    let backwards: Vec<Value> = walk(&bob, path.into(), "older")
        .await
        .into_iter()
        .rev()
        .flatten()
        .collect();
    let forwards: Vec<Value> = walk(&bob, format!("{path}&after=0"), "newer")
        .await
        .into_iter()
        .flatten()
        .collect();
    let by_bob: Vec<Value> = walk(&bob, format!("{path}&author=bob"), "older")
        .await
        .into_iter()
        .rev()
        .flatten()
        .collect();
    posting.await.unwrap();

    let log: Vec<i64> = chat
        .log()
        .await
        .into_iter()
        .filter(|event| event.kind == "message" && event.room.as_deref() == Some("general"))
        .map(|event| event.id)
        .collect();
    assert_eq!(log.len(), ROWS + 300);
    let ids = |messages: &[Value]| -> Vec<i64> { messages.iter().map(id_of).collect() };
    for (walk, direction) in [(ids(&backwards), "backwards"), (ids(&forwards), "forwards")] {
        assert!(walk.len() >= ROWS, "{direction}: {}", walk.len());
        assert_eq!(walk, log[..walk.len()], "{direction}");
    }
    assert_eq!(ids(&by_bob).len(), ROWS / 2);
    assert!(
        by_bob
            .iter()
            .all(|message| message["author"]["handle"] == "bob")
    );
}

#[tokio::test]
async fn messages_of_the_same_moment_keep_their_order_and_none_is_lost() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    chat.stop().await;
    // All of these have one and the same time.
    chat.fill("general", "ann", 1000).await;
    chat.go_on().await;
    let walked: Vec<Value> = walk(
        &ann,
        "/api/v1/rooms/general/messages?limit=200".into(),
        "older",
    )
    .await
    .into_iter()
    .rev()
    .flatten()
    .collect();
    let bodies: Vec<&str> = walked
        .iter()
        .map(|message| message["body"].as_str().unwrap())
        .collect();
    assert_eq!(
        bodies,
        (0..1000).map(|n| format!("past {n}")).collect::<Vec<_>>()
    );
    let at = walked[0]["at"].as_str().unwrap();
    let first = ann
        .see(&format!("/api/v1/rooms/general/messages?at={at}&limit=10"))
        .await;
    assert_eq!(id_of(&first["messages"][0]), id_of(&walked[0]));
}

#[tokio::test]
async fn a_page_far_back_costs_no_more_than_the_last_one() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    chat.stop().await;
    chat.fill("general", "ann", 20_000).await;
    chat.go_on().await;
    let time = async |query: &str| {
        let began = std::time::Instant::now();
        for _ in 0..20 {
            ann.history("general", query).await;
        }
        began.elapsed()
    };
    time("limit=50").await;
    let (near, far) = (time("limit=50").await, time("limit=50&before=10000").await);
    assert!(
        far < near * 5 + std::time::Duration::from_millis(100),
        "{far:?} far back, {near:?} at the end"
    );
}
