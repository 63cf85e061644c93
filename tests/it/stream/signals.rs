//! Signals: who is writing and who is here. Said once, to whoever may see the room and listens, and kept nowhere.

use crate::support::{
    AT_ONCE,
    chat::Chat,
    person::Person,
    sse::Block,
    stream::{Stream, ids},
};
use std::time::{Duration, Instant};

/// So that nobody has to wait for people to go.
async fn start(away_after: Duration) -> Chat {
    Chat::start_with(|config| config.away_after = away_after).await
}

fn handles(block: &Block, list: &str) -> Vec<String> {
    serde_json::from_value(block.json()[list].clone()).expect("a list of handles")
}

/// Reads until somebody is said to be here, or away.
async fn hears_of(stream: &mut Stream, handle: &str, list: &str) -> Block {
    loop {
        let block = stream.signal("presence").await;
        if handles(&block, list).iter().any(|told| told == handle) {
            return block;
        }
    }
}

async fn members(room: &str, people: &[&Person]) {
    for person in people {
        person.add(room, "me").await.expect(204);
    }
}

#[tokio::test]
async fn the_others_are_told_who_is_writing_at_once_and_without_an_id() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let visitor = chat.visitor();
    let mut streams = [
        ann.stream("").await,
        ann.stream_of("general", "").await,
        visitor.stream_of("general", "").await,
        ann.stream("room=general&include=html").await,
    ];
    let mut own = bob.stream("").await;
    let began = Instant::now();
    bob.type_in("general").await.expect(204);
    for stream in &mut streams {
        let typing = stream.signal("typing").await;
        assert_eq!(typing.names(), ["event", "data"]);
        let data = typing.json();
        assert_eq!(
            (&data["room"], &data["by"]["handle"], &data["by"]["name"]),
            (&"general".into(), &"bob".into(), &"bob".into())
        );
        assert!(data["at"].as_str().is_some_and(|at| at.ends_with('Z')));
        assert_eq!(data.as_object().map(serde_json::Map::len), Some(3));
    }
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    let next = ann.post("general", "next").await;
    assert_eq!(ids(&own.events_to(next).await).last(), Some(&next));
    assert!(own.signalled("typing").is_empty(), "one knows that oneself");
    visitor.type_in("general").await.problem(401);
    ann.type_in("nowhere").await.problem(404);
}

#[tokio::test]
async fn who_writes_on_and_on_is_told_of_once() {
    let chat = Chat::start().await;
    let (ann, bob, chen) = (
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("chen").await,
    );
    let mut stream = ann.stream("").await;
    for _ in 0..20 {
        bob.type_in("general").await.expect(204);
    }
    chen.type_in("general").await.expect(204);
    let end = ann.post("general", "end").await;
    stream.events_to(end).await;
    stream.signal("typing").await;
    let other = stream.signal("typing").await;
    assert_eq!(other.json()["by"]["handle"], "chen");
}

#[tokio::test]
async fn a_signal_is_never_replayed_and_moves_no_cursor() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    members("general", &[&ann, &bob]).await;
    let start = ann.head().await;
    let mut stream = ann.stream("").await;
    bob.type_in("general").await.expect(204);
    let typing = stream.signal("typing").await;
    assert_eq!(typing.last_id, start.to_string());
    let before = chat.log().await;
    let mut last = bob.post("general", "next").await;
    assert_eq!(
        chat.log().await.len(),
        before.len() + 1,
        "a signal leaves nothing in the log"
    );
    for query in ["", &format!("after={start}"), "after=0"] {
        let mut late = ann.stream(query).await;
        if late.outcome() == "replay" {
            let (events, caught_up) = late.replay().await;
            assert_eq!(ids(&events).last(), Some(&last));
            assert_eq!(caught_up.id(), Some(last));
        }
        last = bob.post("general", "end").await;
        late.events_to(last).await;
        assert!(late.signalled("typing").is_empty(), "{query}");
    }
}

#[tokio::test]
async fn nobody_hears_a_signal_of_a_room_that_is_not_theirs_any_more() {
    let chat = start(Duration::ZERO).await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    for person in [&ann, &bob] {
        person.remove("general", "me").await.expect(204);
    }
    let room = ann.create_room("Secret plans", "closed").await;
    ann.add(&room, "bob").await.expect(204);
    let mut everything = bob.stream("").await;
    let mut outsider = chat.join("chen").await.stream("").await;
    ann.type_in(&room).await.expect(204);
    everything.signal("typing").await;
    hears_of(&mut everything, "bob", "here").await;

    ann.remove(&room, "bob").await.expect(204);
    let other = ann.create_room("Open", "open").await;
    let mut stream = ann.stream_of(&room, "").await;
    hears_of(&mut stream, "ann", "here").await;
    let dora = chat.join("dora").await;
    ann.add(&room, "dora").await.expect(204);
    dora.type_in(&room).await.expect(204);
    stream.signal("typing").await;
    let end = ann.post(&other, "end").await;
    for stream in [&mut everything, &mut outsider] {
        stream.events_to(end).await;
        let told = [stream.signalled("typing"), stream.signalled("presence")].concat();
        let of_room = told
            .iter()
            .filter(|block| block.json()["room"] == room.as_str());
        assert_eq!(of_room.count(), 0, "{told:?}");
    }
}

#[tokio::test]
async fn somebody_is_here_from_their_first_stream_to_a_moment_after_the_last() {
    let chat = start(Duration::from_secs(1)).await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    members("general", &[&ann, &bob]).await;
    let mut stream = ann.stream_of("general", "").await;
    let first = hears_of(&mut stream, "ann", "here").await;
    assert_eq!(
        (first.names(), first.json()["room"].as_str()),
        (vec!["event", "data"], Some("general"))
    );
    assert_eq!(bob.sees_here("general").await, ["ann"]);

    let tabs = [bob.stream("").await, bob.stream_of("general", "").await];
    hears_of(&mut stream, "bob", "here").await;
    assert_eq!(chat.visitor().sees_here("general").await, ["ann", "bob"]);
    let [one, other] = tabs;
    drop(one);
    let reloaded = bob.stream_of("general", "").await;
    drop(other);
    let closed = Instant::now();
    drop(reloaded);
    let away = stream.signal("presence").await;
    assert_eq!(
        (handles(&away, "away"), handles(&away, "here")),
        (vec!["bob".to_owned()], vec![])
    );
    assert!(
        closed.elapsed() >= Duration::from_millis(900),
        "{:?}",
        closed.elapsed()
    );
    assert_eq!(ann.sees_here("general").await, ["ann"]);
}

#[tokio::test]
async fn coming_back_in_time_is_no_coming_back() {
    let chat = start(Duration::from_mins(1)).await;
    let (ann, bob, chen) = (
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("chen").await,
    );
    members("general", &[&ann, &bob, &chen]).await;
    let mut stream = ann.stream("").await;
    let first = bob.stream("").await;
    hears_of(&mut stream, "bob", "here").await;
    drop(first);
    let again = bob.stream("").await;
    let _ = chen.stream("").await;
    let told = hears_of(&mut stream, "chen", "here").await;
    assert!(!told.data.contains("bob"), "{told:?}");
    drop(again);
}

#[tokio::test]
async fn who_joins_a_room_while_here_is_here_in_it() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let room = ann.create_room("Club", "closed").await;
    let mut stream = ann.stream_of(&room, "").await;
    let _bobs = bob.stream("").await;
    hears_of(&mut stream, "ann", "here").await;
    ann.add(&room, "bob").await.expect(204);
    assert_eq!(stream.event().await.event, "member");
    hears_of(&mut stream, "bob", "here").await;
}

#[tokio::test]
async fn a_stream_begins_with_who_came_while_its_page_was_on_the_way() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    members("general", &[&ann, &bob]).await;
    let _bobs = bob.stream("").await;
    let mut early = ann.stream_of("general", "").await;
    hears_of(&mut early, "bob", "here").await;
    let mut late = ann.stream_of("general", "after=0").await;
    late.replay().await;
    let told = late.signalled("presence");
    assert!(
        told.iter().any(|block| handles(block, "here") == ["bob"]),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_hundred_who_come_together_are_told_of_together() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut people = Vec::new();
    for n in 0..100 {
        let person = chat.join(&format!("person{n}")).await;
        person.add("general", "me").await.expect(204);
        people.push(person);
    }
    let mut stream = ann.stream_of("general", "").await;
    let mut streams = Vec::new();
    for person in &people {
        streams.push(person.stream_of("general", "").await);
    }
    let (mut told, mut blocks) = (0, 0);
    while told < people.len() {
        told += handles(&stream.signal("presence").await, "here").len();
        blocks += 1;
    }
    assert!(blocks <= 5, "{blocks} blocks");
    chat.stop().await;
    assert_eq!(stream.farewell().await.0, "restart");
}

#[tokio::test]
async fn who_hides_their_presence_seems_away_to_everybody_at_once() {
    let chat = start(Duration::ZERO).await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    members("general", &[&ann, &bob]).await;
    let mut stream = ann.stream("").await;
    let _own = bob.stream("").await;
    hears_of(&mut stream, "bob", "here").await;
    let profile = ann.see("/api/v1/users/bob").await;
    assert_eq!(profile["here"], true);
    assert_eq!(profile["last_seen_on"].as_str().map(str::len), Some(10));
    let hide = async |hides: bool| {
        let change = serde_json::json!({ "hides_presence": hides });
        bob.send(reqwest::Method::PATCH, "/api/v1/me", change).await
    };
    hide(true).await.expect(200);
    hears_of(&mut stream, "bob", "away").await;
    assert_eq!(ann.sees_here("general").await, ["ann"]);
    let profile = ann.see("/api/v1/users/bob").await;
    assert_eq!(profile["here"], false);
    assert!(profile["last_seen_on"].is_null(), "{profile}");
    hide(false).await.expect(200);
    hears_of(&mut stream, "bob", "here").await;
}
