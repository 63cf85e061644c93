//! The first block of a stream, and what becomes of the reader's cursor.

use crate::support::{chat::Chat, stream::ids};
use serde_json::json;

#[tokio::test]
async fn a_reader_without_a_cursor_hears_only_what_is_new() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let old = ann.post("general", "old").await;
    for query in ["", "after=latest"] {
        let mut stream = ann.stream(query).await;
        let hello = stream.hello();
        assert_eq!(hello["outcome"], "live");
        assert_eq!(hello["from"], hello["head"]);
        assert!(hello["head"].as_i64() >= Some(old), "{hello}");
        let new = ann.post("general", "new").await;
        assert_eq!(ids(&stream.events_to(new).await), [new]);
    }
}

#[tokio::test]
async fn the_first_block_carries_the_cursor_and_when_to_come_back() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let [first, second] = [
        ann.post("general", "1").await,
        ann.post("general", "2").await,
    ];
    let log = ann.see("/api/v1/rooms").await["log"].clone();
    let mut retries = Vec::new();
    for _ in 0..8 {
        let stream = ann.stream_of("general", &format!("after={first}")).await;
        assert_eq!(stream.opening.names(), ["retry", "event", "data", "id"]);
        assert_eq!(stream.opening.id(), Some(first));
        let hello = stream.hello();
        assert_eq!(hello["outcome"], "replay");
        assert_eq!(hello["from"], first);
        assert_eq!(hello["head"], second);
        assert_eq!(hello["log"], log);
        assert_eq!(
            hello["server"],
            concat!("backscroll/", env!("CARGO_PKG_VERSION"))
        );
        retries.push(stream.retry().expect("the stream says when to come back"));
    }
    assert!(
        retries.iter().all(|retry| (1000..=4000).contains(retry)),
        "{retries:?}"
    );
    retries.dedup();
    assert!(
        retries.len() > 1,
        "readers would return in step: {retries:?}"
    );
}

#[tokio::test]
async fn a_reader_that_has_everything_is_told_so() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let head = ann.post("general", "last").await;
    let mut stream = ann.stream(&format!("after={head}")).await;
    assert_eq!(stream.outcome(), "live");
    let next = ann.post("general", "next").await;
    assert_eq!(ids(&stream.events_to(next).await), [next]);
}

#[tokio::test]
async fn a_replay_ends_with_what_it_was_about() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    let [a, b, c] = [
        ann.post("general", "a").await,
        ann.post("general", "b").await,
        ann.post("general", "c").await,
    ];
    ann.edit("general", a, "A").await.expect(200);
    ann.delete("general", b).await.expect(200);
    ann.react("general", c, "👍").await.expect(200);
    let head = ann.head().await;
    let (events, caught_up) = ann.stream(&format!("after={start}")).await.replay().await;
    assert_eq!(events.len(), 6);
    assert_eq!(
        caught_up.json(),
        json!({ "id": head, "messages": 3, "edits": 1, "deletes": 1 })
    );
    assert_eq!(caught_up.id(), Some(head));
    assert_eq!(caught_up.names(), ["event", "data", "id"]);
}

#[tokio::test]
async fn who_missed_more_than_they_want_to_hear_is_told_of_a_gap() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    let posted = ann.post_many("general", 5).await;
    let head = posted[4];
    let mut narrow = ann.stream(&format!("after={start}&limit_replay=4")).await;
    assert_eq!(narrow.outcome(), "gap");
    assert_eq!(
        (narrow.opening.id(), narrow.hello()["from"].as_i64()),
        (Some(head), Some(head))
    );
    let mut wide = ann
        .stream_of("general", &format!("after={start}&limit_replay=5"))
        .await;
    assert_eq!(wide.outcome(), "replay");
    assert_eq!(ids(&wide.replay().await.0), posted);
    let mut none = ann.stream(&format!("after={start}&limit_replay=0")).await;
    assert_eq!(none.outcome(), "gap");
    let live = ann.stream(&format!("after={head}&limit_replay=0")).await;
    assert_eq!(live.outcome(), "live");
    let next = ann.post("general", "next").await;
    for stream in [&mut narrow, &mut wide, &mut none] {
        assert_eq!(ids(&stream.events_to(next).await), [next]);
    }
}

#[tokio::test]
async fn a_stream_cut_after_its_first_block_is_resumed_where_it_was() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    let missed = ann.post_many("general", 3).await;
    let mut cursor = start.to_string();
    for _ in 0..3 {
        let stream = ann.stream(&format!("after={cursor}")).await;
        assert_eq!(stream.outcome(), "replay");
        cursor.clone_from(&stream.opening.last_id);
    }
    let (events, _) = ann.stream(&format!("after={cursor}")).await.replay().await;
    assert_eq!(ids(&events), missed);
}

#[tokio::test]
async fn who_may_not_read_is_told_with_a_status() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let closed = ann.create_room("Closed", "closed").await;
    let bob = chat.join("bob").await;
    for path in [
        format!("/api/v1/rooms/{closed}/events"),
        "/api/v1/rooms/nowhere/events".into(),
        "/api/v1/events?room=nowhere".into(),
    ] {
        bob.get(&path).await.problem(404);
        chat.visitor().get(&path).await.problem(404);
    }
    chat.visitor()
        .get("/api/v1/events?joined=true")
        .await
        .problem(401);
    let unknown = chat
        .visitor()
        .request(reqwest::Method::GET, "/api/v1/events")
        .bearer_auth("backscroll_of-nobody");
    crate::support::answer::Answer::to(unknown)
        .await
        .problem(401);
    assert_eq!(
        chat.visitor().stream("").await.outcome(),
        "live",
        "open rooms may be read by everybody"
    );
}

#[tokio::test]
async fn where_there_is_no_place_readers_are_asked_to_come_back_later() {
    let chat = Chat::start_with(|config| config.max_connections = 20).await;
    let ann = chat.join("ann").await;
    let mut held = Vec::new();
    for _ in 0..18 {
        held.push(ann.stream("").await);
        assert_eq!(held.last().unwrap().outcome(), "live");
    }
    let target = "/api/v1/events";
    let mut refused = crate::support::stream::Stream::open(&ann.ask(target)).await;
    assert_eq!(refused.opening.event, "bye");
    assert_eq!(refused.opening.json()["reason"], "overload");
    assert!(refused.retry().unwrap() >= 20_000, "{:?}", refused.retry());
    assert_eq!(refused.next().await, None);
    let next = ann.post("general", "those who were first stay").await;
    for stream in &mut held {
        stream.events_to(next).await;
    }
}
