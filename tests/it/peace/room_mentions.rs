//! `@room` mentions everybody in the room, by those who may.

use crate::support::{chat::Chat, person::Person};
use serde_json::{Value, json};

async fn mentions(reader: &Person, room: &str) -> Value {
    reader.see(&format!("/api/v1/rooms/{room}")).await["mentions"].clone()
}

#[tokio::test]
async fn managers_mention_everybody_and_others_where_the_room_lets_them() {
    let chat = Chat::start().await;
    let [mia, ann, bob] = [
        chat.join("mia").await,
        chat.join("ann").await,
        chat.join("bob").await,
    ];
    let room = mia.create_room("Choir", "open").await;
    for member in [&ann, &bob] {
        member.add(&room, "me").await.expect(204);
    }
    let mut stream = ann.stream("include=html").await;
    let ignored = bob.post(&room, "@room anybody?").await;
    let event = stream.events_to(ignored).await.pop().expect("the message");
    let message = &event.json()["message"];
    assert!(message.get("mentions_room").is_none(), "{message}");
    assert_eq!(mentions(&ann, &room).await, 0);
    let called = mia.post(&room, "@Room and @ann: rehearsal").await;
    let event = stream.events_to(called).await.pop().expect("the message");
    let message = &event.json()["message"];
    assert_eq!(message["mentions_room"], true);
    let html = message["html"].as_str().expect("a row");
    assert!(html.contains("data-mentions-room"), "{html}");
    // One message mentions somebody once, and its author not at all.
    assert_eq!(mentions(&ann, &room).await, 1);
    assert_eq!(mentions(&bob, &room).await, 1);
    assert_eq!(mentions(&mia, &room).await, 0);
    mia.edit(&room, called, "rehearsal").await.expect(200);
    assert_eq!(mentions(&bob, &room).await, 0);
    let opened = mia
        .change_room(&room, json!({ "room_mentions": true }))
        .await;
    assert_eq!(opened.expect(200).json()["room_mentions"], true);
    let by_bob = bob.post(&room, "@room now?").await;
    assert_eq!(mentions(&ann, &room).await, 1);
    bob.delete(&room, by_bob).await.expect(200);
    assert_eq!(mentions(&ann, &room).await, 0);
    let direct = ann.open_direct(&["bob", "mia"]).await;
    ann.post(&direct, "@room: us three").await;
    assert_eq!(mentions(&bob, &direct).await, 1);
    let refused = chat.visitor();
    let join = json!({ "handle": "Room" });
    let refused = refused
        .send(reqwest::Method::POST, "/api/v1/join", join)
        .await;
    refused.fault(422, "handle");
}
