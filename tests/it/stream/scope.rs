//! Streams of some rooms: several with one cursor, those that one has joined, one alone.

use crate::support::{chat::Chat, sse::Block, stream::ids};

fn rooms(events: &[Block]) -> Vec<String> {
    let room = |event: &Block| {
        event.json()["room"]
            .as_str()
            .expect("an event has a room")
            .to_owned()
    };
    let mut rooms: Vec<String> = events.iter().map(room).collect();
    rooms.sort_unstable();
    rooms.dedup();
    rooms
}

#[tokio::test]
async fn several_rooms_come_with_one_cursor() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let mut slugs = Vec::new();
    for name in ["One", "Two", "Three"] {
        slugs.push(ann.create_room(name, "open").await);
    }
    let closed = ann.create_room("Closed", "closed").await;
    let start = ann.head().await;
    let query = format!(
        "room={}&room={}&room={closed}&room=nowhere",
        slugs[0], slugs[2]
    );
    let mut live = bob.stream(&query).await;
    for n in 0..30 {
        ann.post(&slugs[n % 3], &format!("{n}")).await;
        ann.post(&closed, "hidden").await;
    }
    let end = ann.post(&slugs[2], "end").await;
    let wanted: Vec<i64> = chat
        .log()
        .await
        .into_iter()
        .filter(|event| {
            event.id > start && [Some(&slugs[0]), Some(&slugs[2])].contains(&event.room.as_ref())
        })
        .map(|event| event.id)
        .collect();
    assert_eq!(ids(&live.events_to(end).await), wanted);
    for _ in 0..2 {
        let told = bob
            .stream(&format!("{query}&after={start}"))
            .await
            .replay()
            .await
            .0;
        assert_eq!(ids(&told), wanted);
        assert_eq!(rooms(&told), ["one", "three"]);
        chat.restart().await;
    }
}

#[tokio::test]
async fn a_stream_of_one_room_is_not_held_back_by_others() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let quiet = ann.create_room("Quiet", "open").await;
    let mut stream = ann.stream_of(&quiet, "").await;
    let start = ann.head().await;
    ann.post_many("general", 1500).await;
    let first = ann.post(&quiet, "first").await;
    assert_eq!(ids(&stream.events_to(first).await), [first]);
    let (told, caught_up) = ann
        .stream_of(&quiet, &format!("after={start}&limit_replay=5"))
        .await
        .replay()
        .await;
    assert_eq!(
        ids(&told),
        [first],
        "only what one asked for counts as missed"
    );
    assert_eq!(caught_up.json()["messages"], 1);
}

#[tokio::test]
async fn a_stream_of_some_types_tells_of_nothing_else_and_its_cursor_goes_on() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let start = ann.head().await;
    let query = "types=reaction,message-edited,typing";
    let mut live = bob.stream(query).await;
    let id = ann.post("general", "hello").await;
    ann.react("general", id, "👍").await;
    ann.type_in("general").await.expect(204);
    ann.edit("general", id, "hello again").await;
    let last = ann.post("general", "the end").await;
    let wanted = ["reaction", "message-edited"];
    for kind in wanted {
        assert_eq!(live.event().await.event, kind);
    }
    assert_eq!(live.signal("typing").await.json()["room"], "general");
    assert!(live.signalled("presence").is_empty());
    for source in ["memory", "the file"] {
        let path = format!("{query}&after={start}");
        let (told, caught_up) = bob.stream(&path).await.replay().await;
        let kinds: Vec<_> = told.iter().map(|block| block.event.as_str()).collect();
        assert_eq!(kinds, wanted, "{source}");
        assert_eq!(caught_up.id(), Some(last), "{source}");
        chat.restart().await;
    }
}

#[tokio::test]
async fn a_stream_of_joined_rooms_needs_somebody() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "hello").await;
    let other = ann.create_room("Other", "open").await;
    let bob = chat.join("bob").await;
    bob.remove("general", "me").await.expect(204);
    let start = bob.head().await;
    bob.post(&other, "in other").await;
    ann.post("general", "in general").await;
    let told = bob
        .stream(&format!("joined=true&after={start}"))
        .await
        .replay()
        .await
        .0;
    assert_eq!(rooms(&told), [other]);
    chat.visitor()
        .get("/api/v1/events?joined=true")
        .await
        .problem(401);
}

#[tokio::test]
async fn a_query_beyond_the_limits_is_said_to_be_unusable() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in ["/api/v1/events", "/api/v1/rooms/general/events"] {
        for limit in ["10001", "-1", "%2B1", "many", "", "99999999999999999999"] {
            let answer = ann.get(&format!("{path}?limit_replay={limit}")).await;
            answer.fault(422, "limit_replay");
        }
    }
    let rooms = |count| vec!["room=general"; count].join("&");
    let answer = ann.get(&format!("/api/v1/events?{}", rooms(201))).await;
    answer.fault(422, "room");
    let most = format!("{}&limit_replay=10000", rooms(200));
    assert_eq!(ann.stream(&most).await.outcome(), "live");
    let answer = ann.get("/api/v1/events?room=nowhere&room=").await;
    answer.problem(404);
    let malformed = "after=x&limit_replay=0&room=general&room=nowhere";
    assert_eq!(ann.stream(malformed).await.outcome(), "reset");
}
