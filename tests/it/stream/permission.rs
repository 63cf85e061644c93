//! Nobody receives an event, a count or an id of a room that they may not see; losing the right ends the flow.

use crate::support::{AT_ONCE, chat::Chat, sse::Block, stream::ids};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

fn mentions(blocks: &[Block], word: &str) -> bool {
    blocks
        .iter()
        .any(|block| block.fields.iter().any(|field| field.1.contains(word)))
}

/// All that is told of a room is that it is gone.
fn ends_once(blocks: &[Block], room: &str) {
    let about = blocks.iter().filter(|block| block.json()["room"] == room);
    let told: Vec<&str> = about.map(|block| block.event.as_str()).collect();
    assert_eq!(told, ["room-deleted"], "{blocks:?}");
}

#[tokio::test]
async fn who_is_removed_from_a_closed_room_hears_nothing_of_it_afterwards() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Secret plans", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    bob.add("general", "me").await.expect(204);
    ann.add("general", "me").await.expect(204);
    let start = ann.head().await;
    let mut everything = bob.stream("").await;
    let mut joined = bob.stream("joined=true").await;
    let mut only = bob.stream_of(&room, "").await;
    let [before, open] = [
        ann.post(&room, "for bob, too").await,
        ann.post("general", "open").await,
    ];
    assert_eq!(ids(&everything.events_to(open).await), [before, open]);
    joined.events_to(before).await;
    only.events_to(before).await;

    let removed = Instant::now();
    ann.remove(&room, "bob").await.expect(204);
    let (reason, last_words) = only.farewell().await;
    assert!(removed.elapsed() < AT_ONCE, "{:?}", removed.elapsed());
    assert_eq!(reason, "gone");
    ends_once(&last_words, &room);

    for n in 0..20 {
        let id = ann.post(&room, &format!("hidden {n}")).await;
        ann.edit(&room, id, "hidden still").await.expect(200);
    }
    let end = ann.post("general", "the end").await;
    for stream in [&mut everything, &mut joined] {
        let after = stream.events_to(end).await;
        assert!(!mentions(&after, "hidden"), "{after:?}");
        ends_once(&after, &room);
    }
    // Nor does a replay tell, from memory or from the file, of what they once might have seen.
    for _ in 0..2 {
        let mut stream = bob.stream(&format!("after={start}")).await;
        let (events, caught_up) = stream.replay().await;
        assert!(!mentions(&events, "hidden"), "{events:?}");
        ends_once(&events, &room);
        assert_eq!(caught_up.json()["messages"], 2);
        assert_eq!(
            bob.stream(&format!("after={start}&limit_replay=3"))
                .await
                .outcome(),
            "replay"
        );
        bob.get(&format!("/api/v1/rooms/{room}/events"))
            .await
            .problem(404);
        chat.restart().await;
    }
}

#[tokio::test]
async fn who_leaves_and_comes_back_goes_on_hearing() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Club", "closed").await;
    let mut stream = bob.stream("").await;
    for n in 0..3 {
        ann.add(&room, "bob").await.expect(204);
        let inside = ann.post(&room, &format!("inside {n}")).await;
        let heard = stream.events_to(inside).await;
        assert_eq!(
            heard[0].event, "member",
            "the member event tells the client to fetch the room: {heard:?}"
        );
        assert_eq!(heard[0].json()["room"], room.as_str());
        bob.remove(&room, "me").await.expect(204);
        ann.post(&room, "hidden").await;
        let outside = ann.post("general", "outside").await;
        let heard = stream.events_to(outside).await;
        assert!(!mentions(&heard, "hidden"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_stream_of_joined_rooms_follows_joining_and_leaving() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    bob.add("general", "me").await.expect(204);
    let open = ann.create_room("Open", "open").await;
    let mut stream = bob.stream("joined=true").await;
    ann.post(&open, "not yet").await;
    bob.add(&open, "me").await.expect(204);
    let now = ann.post(&open, "now").await;
    let heard = stream.events_to(now).await;
    assert!(!mentions(&heard, "not yet"), "{heard:?}");
    bob.remove(&open, "me").await.expect(204);
    ann.post(&open, "not any more").await;
    let end = ann.post("general", "end").await;
    let heard = stream.events_to(end).await;
    assert!(!mentions(&heard, "not any more"), "{heard:?}");
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_that_token_and_no_other() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let mut streams = [
        ann.stream("").await,
        ann.stream_of("general", "").await,
        ann.stream("joined=true").await,
    ];
    let mut others = bob.stream("").await;
    let began = Instant::now();
    ann.sign_out().await;
    for stream in &mut streams {
        assert_eq!(stream.farewell().await, ("signed-out".into(), vec![]));
    }
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    ann.get("/api/v1/events").await.problem(401);
    let next = bob.post("general", "next").await;
    others.events_to(next).await;
}

#[tokio::test]
async fn a_stream_that_is_meant_for_somebody_is_nobody_elses() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    assert_eq!(ann.stream("as=ann").await.outcome(), "live");
    assert_eq!(chat.visitor().stream("as=").await.outcome(), "live");
    for (reader, handle) in [(&bob, "ann"), (&chat.visitor(), "ann")] {
        let stream = reader.stream(&format!("after=0&as={handle}")).await;
        assert_eq!(stream.opening.event, "bye");
        assert_eq!(stream.opening.json()["reason"], "signed-out");
    }
}

#[tokio::test]
async fn a_closed_room_leaves_no_trace_for_others() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Secret plans", "closed").await;
    let message = ann.post(&room, "hidden").await;
    let nowhere = "no-such-room";
    let paths = |room: &str| -> Vec<(Method, String, Value)> {
        let base = format!("/api/v1/rooms/{room}");
        let of_message = format!("{base}/messages/{message}");
        vec![
            (Method::GET, base.clone(), Value::Null),
            (Method::PATCH, base.clone(), json!({ "name": "x" })),
            (Method::GET, format!("{base}/messages"), Value::Null),
            (
                Method::GET,
                format!("{base}/messages?around={message}"),
                Value::Null,
            ),
            (
                Method::POST,
                format!("{base}/messages"),
                json!({ "body": "x" }),
            ),
            (
                Method::POST,
                format!("{base}/events"),
                json!({ "type": "x", "payload": 1 }),
            ),
            (Method::GET, format!("{base}/events"), Value::Null),
            (Method::GET, format!("{base}/members"), Value::Null),
            (Method::PUT, format!("{base}/members/me"), Value::Null),
            (Method::PUT, format!("{base}/members/ann"), Value::Null),
            (Method::DELETE, format!("{base}/members/me"), Value::Null),
            (Method::DELETE, format!("{base}/members/ann"), Value::Null),
            (Method::PUT, format!("{base}/read"), json!({ "up_to": 1 })),
            (Method::POST, format!("{base}/typing"), Value::Null),
            (
                Method::PUT,
                format!("{base}/notify"),
                json!({ "level": "nothing" }),
            ),
            (Method::GET, of_message.clone(), Value::Null),
            (Method::PATCH, of_message.clone(), json!({ "body": "x" })),
            (Method::DELETE, of_message.clone(), Value::Null),
            (
                Method::PUT,
                format!("{of_message}/reactions/👍"),
                Value::Null,
            ),
            (
                Method::DELETE,
                format!("{of_message}/reactions/👍"),
                Value::Null,
            ),
        ]
    };
    for ((method, hidden, body), (_, missing, _)) in paths(&room).into_iter().zip(paths(nowhere)) {
        let answer = bob.send(method.clone(), &hidden, body.clone()).await;
        let hidden_problem = answer.problem(404);
        assert_eq!(
            hidden_problem,
            bob.send(method.clone(), &missing, body).await.problem(404),
            "{method} {hidden}"
        );
    }
    for page in [
        "",
        "/messages/1",
        &format!("/messages/{message}"),
        &format!("/messages/{message}/edit"),
    ] {
        assert_eq!(
            bob.get(&format!("/rooms/{room}{page}")).await.status,
            404,
            "{page}"
        );
    }
    let rooms = bob.get("/api/v1/rooms").await.text;
    assert!(
        !rooms.contains("Secret") && !rooms.contains(&room),
        "{rooms}"
    );
    let elsewhere = bob
        .get(&format!("/api/v1/rooms/general/messages/{message}"))
        .await;
    elsewhere.problem(404);
    bob.try_post("general", json!({ "body": "x", "reply_to": message }))
        .await
        .fault(422, "reply_to");
    let around = bob.history("general", &format!("around={message}")).await;
    assert_eq!(around["messages"], json!([]));
}
