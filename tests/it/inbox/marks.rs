//! Read marks, and what the streams of the same person are told of them.

use super::{counts, mark, put};
use crate::support::{chat::Chat, person::Person};
use serde_json::{Value, json};

async fn read_up_to(reader: &Person, room: &str) -> Value {
    reader.see(&format!("/api/v1/rooms/{room}")).await["read_up_to"].clone()
}

#[tokio::test]
async fn a_mark_moves_forward_and_backward_by_the_two_ids() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    for person in [&ann, &bob] {
        person.add("general", "me").await.expect(204);
    }
    let first = bob.post("general", "one").await;
    let last = bob.post("general", "two").await;
    let go = async |to: Value| mark(&ann, "general", to).await.expect(204);
    go(json!({ "up_to": last })).await;
    go(json!({ "up_to": first })).await;
    assert_eq!(read_up_to(&ann, "general").await, last);
    go(json!({ "down_to": first })).await;
    assert_eq!(read_up_to(&ann, "general").await, first - 1);
    assert_eq!(counts(&ann, "general").await, (2, 0));
    go(json!({ "down_to": last })).await;
    assert_eq!(read_up_to(&ann, "general").await, first - 1);
    go(json!({ "up_to": i64::from(i32::MAX) })).await;
    assert!(read_up_to(&ann, "general").await.as_i64() < Some(1000));
    let room = ann.see("/api/v1/rooms/general").await;
    go(json!({ "down_to": 1 })).await;
    assert_eq!(room["new"], false);
    let neither = mark(&ann, "general", json!({})).await;
    neither.fault(422, "up_to");
    let both = json!({ "up_to": 1, "down_to": 1 });
    mark(&ann, "general", both).await.fault(422, "down_to");
    let nowhere = mark(&ann, "nowhere", json!({ "down_to": 1 })).await;
    nowhere.problem(404);
}

#[tokio::test]
async fn the_other_streams_of_a_person_are_told_where_they_have_read_and_nobody_elses() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    for person in [&ann, &bob] {
        person.add("general", "me").await.expect(204);
    }
    let closed = ann.create_room("Plans", "closed").await;
    let posted = bob.post("general", "hello @ann").await;
    let planned = ann.post(&closed, "a plan").await;
    let mut everything = ann.stream("").await;
    let mut here = ann.stream_of("general", "").await;
    let mut bobs = bob.stream("").await;
    mark(&ann, &closed, json!({ "up_to": planned }))
        .await
        .expect(204);
    mark(&ann, "general", json!({ "up_to": posted }))
        .await
        .expect(204);
    let told = everything.signal("read").await.json();
    assert_eq!(told, json!({ "room": closed, "read_up_to": planned }));
    let told = everything.signal("read").await.json();
    assert_eq!(told, json!({ "room": "general", "read_up_to": posted }));
    // The stream of a room is told of this room.
    let told = here.signal("read").await;
    assert_eq!(told.json()["room"], "general");
    assert!(told.id().is_none(), "{told:?}");
    // What changes nothing is not told.
    mark(&ann, "general", json!({ "up_to": 1 }))
        .await
        .expect(204);
    mark(&ann, "general", json!({ "down_to": posted }))
        .await
        .expect(204);
    let told = everything.signal("read").await.json();
    assert_eq!(told["read_up_to"], posted - 1);
    let read = json!({ "up_to": posted });
    put(&ann, "/api/v1/inbox/read", read).await.expect(204);
    let told = everything.signal("me").await.json();
    assert_eq!(told, json!({ "changed": ["inbox"] }));
    let last = ann.post("general", "the end").await;
    bobs.events_to(last).await;
    assert!(bobs.signalled("read").is_empty());
}

#[tokio::test]
async fn a_stream_begins_with_what_has_changed_for_its_reader_since_the_cursor() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    for person in [&ann, &bob] {
        person.add("general", "me").await.expect(204);
    }
    let before = bob.post("general", "one").await;
    mark(&ann, "general", json!({ "up_to": before }))
        .await
        .expect(204);
    let between = bob.post("general", "two").await;
    let cursor = bob.post("general", "three").await;
    mark(&ann, "general", json!({ "up_to": between }))
        .await
        .expect(204);
    let notify = json!({ "level": "nothing" });
    put(&ann, "/api/v1/rooms/general/notify", notify)
        .await
        .expect(204);
    let mut stream = ann.stream(&format!("after={cursor}")).await;
    let told = stream.signal("read").await.json();
    assert_eq!(told, json!({ "room": "general", "read_up_to": between }));
    let told = stream.signal("me").await.json();
    assert_eq!(told, json!({ "changed": ["notify"] }));
    let later = bob.post("general", "four").await;
    let mut stream = ann.stream(&format!("after={later}")).await;
    let last = bob.post("general", "five").await;
    stream.events_to(last).await;
    assert!(stream.signalled("read").is_empty());
    let mut stream = bob.stream("after=0").await;
    stream.events_to(last).await;
    assert!(stream.signalled("read").is_empty());
    assert!(stream.signalled("me").is_empty());
}
