//! Whoever is blocked does not reach the person who has blocked them, and does not learn of it.

use crate::support::{browser::Browser, chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

async fn block(by: &Person, handle: &str) {
    let path = format!("/api/v1/me/blocks/{handle}");
    by.send(Method::PUT, &path, Value::Null).await.expect(204);
}

async fn unblock(by: &Person, handle: &str) {
    let path = format!("/api/v1/me/blocks/{handle}");
    let ended = by.send(Method::DELETE, &path, Value::Null).await;
    ended.expect(204);
}

/// Returns the numbers of unread messages and of mentions.
async fn counts(reader: &Person, room: &str) -> (i64, i64) {
    let room = reader.see(&format!("/api/v1/rooms/{room}")).await;
    let count = |name: &str| room[name].as_i64().expect("a number");
    (count("unread"), count("mentions"))
}

async fn direct_rooms(reader: &Person) -> Vec<String> {
    let list = reader.see("/api/v1/rooms").await;
    let rooms = list["rooms"].as_array().expect("rooms").iter();
    let direct = rooms.filter(|room| room["kind"] == "direct");
    let slugs = direct.filter_map(|room| room["slug"].as_str().map(str::to_owned));
    slugs.collect()
}

#[tokio::test]
async fn nothing_of_a_blocked_person_is_counted_and_all_of_it_is_there_afterwards() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let direct = ann.open_direct(&["bob"]).await;
    block(&ann, "bob").await;
    block(&ann, "bob").await;
    let listed = ann.see("/api/v1/me/blocks").await;
    assert_eq!(listed["blocks"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["blocks"][0]["handle"], "bob");
    assert_eq!(ann.see("/api/v1/users/bob").await["blocked"], true);
    assert_eq!(bob.see("/api/v1/users/ann").await["blocked"], false);
    bob.post("general", "psst @ann").await;
    cara.post("general", "hello @ann").await;
    bob.post(&direct, "psst").await;
    assert_eq!(counts(&ann, "general").await, (1, 1));
    assert_eq!(counts(&ann, &direct).await, (0, 0));
    assert_eq!(counts(&cara, "general").await, (1, 0));
    unblock(&ann, "bob").await;
    unblock(&ann, "bob").await;
    assert_eq!(counts(&ann, "general").await, (2, 2));
    assert_eq!(counts(&ann, &direct).await, (1, 0));
    let nobody = ann.send(Method::PUT, "/api/v1/me/blocks/nobody", Value::Null);
    nobody.await.problem(404);
    let me = ann.send(Method::PUT, "/api/v1/me/blocks/me", Value::Null);
    me.await.fault(422, "handle");
}

#[tokio::test]
async fn a_blocked_person_begins_no_conversation_that_is_seen_and_gets_the_same_answers() {
    let chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    block(&ann, "bob").await;
    let people = json!({ "handles": ["bob"] });
    let refused = ann.send(Method::POST, "/api/v1/direct", people).await;
    assert_eq!(refused.fault(422, "handles"), "person-blocked");
    // Bob is answered as he is about Cara, who has not blocked him.
    let shown = async |other: &str| {
        let room = bob.open_direct(&[other]).await;
        bob.post(&room, "hello").await;
        let mut seen = bob.see(&format!("/api/v1/rooms/{room}")).await;
        for differing in ["slug", "head", "read_up_to", "name", "people"] {
            seen.as_object_mut().expect("a room").remove(differing);
        }
        let mut members = bob.see(&format!("/api/v1/rooms/{room}/members")).await;
        members.as_object_mut().expect("members").remove("members");
        (seen, members)
    };
    assert_eq!(shown("ann").await, shown("cara").await);
    assert!(direct_rooms(&ann).await.is_empty());
    assert_eq!(direct_rooms(&cara).await.len(), 1);
    // Others bring both into one conversation.
    let of_three = cara.open_direct(&["ann", "bob"]).await;
    cara.post(&of_three, "you two").await;
    bob.post(&of_three, "hm").await;
    assert_eq!(counts(&ann, &of_three).await, (1, 0));
    // A conversation that was hidden stays so when only the blocked person writes.
    let path = format!("/api/v1/rooms/{of_three}/members/me");
    let hidden = ann.send(Method::DELETE, &path, Value::Null).await;
    hidden.expect(204);
    bob.post(&of_three, "still here?").await;
    assert!(direct_rooms(&ann).await.is_empty());
    cara.post(&of_three, "yes").await;
    assert_eq!(direct_rooms(&ann).await, [of_three]);
    // A room to which the blocked person adds somebody is not called new.
    let room = bob.create_room("Trap", "closed").await;
    bob.add(&room, "ann").await.expect(204);
    assert_eq!(
        ann.see(&format!("/api/v1/rooms/{room}")).await["new"],
        false
    );
}

#[tokio::test]
async fn a_block_is_told_to_ones_own_streams_and_ends_signals_at_once() {
    let chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.add("general", "me").await.expect(204);
    let mut own = ann.stream("").await;
    let mut room = ann.stream_of("general", "").await;
    let mut theirs = bob.stream("").await;
    let seen = bob.post("general", "hello").await;
    block(&ann, "bob").await;
    for stream in [&mut own, &mut room] {
        let told = stream.signal("me").await;
        assert_eq!(told.json(), json!({ "changed": ["blocks"] }));
        assert!(!told.names().contains(&"id"));
    }
    // The stream of a page of before is told as well.
    let mut late = ann.stream(&format!("after={seen}")).await;
    late.signal("me").await;
    bob.type_in("general").await.expect(204);
    let id = bob.post("general", "hello").await;
    for stream in [&mut own, &mut room, &mut late] {
        stream.events_to(id).await;
        assert!(stream.signalled("typing").is_empty());
    }
    theirs.events_to(id).await;
    assert!(theirs.signalled("me").is_empty());
}

#[tokio::test]
async fn pages_without_scripts_fold_the_messages_and_list_the_blocked_people() {
    let chat = Chat::start().await;
    let bob = chat.join("bob").await;
    let ann = Browser::join(&chat, "ann").await;
    bob.post("general", "psst").await;
    let page = async || ann.get("/rooms/general").await.expect(200).text;
    assert!(!page().await.contains("message-fold"));
    let person = ann.get("/people/bob").await.expect(200).text;
    assert!(person.contains("action=\"people/bob/block\""), "{person}");
    let blocked = [("blocked", "true")];
    ann.submit("/people/bob/block", &blocked).await.expect(303);
    let folded = page().await;
    assert!(folded.contains("message-blocked"), "{folded}");
    assert!(folded.contains("class=\"message-fold\""), "{folded}");
    assert!(folded.contains("data-blocked=\"bob\""), "{folded}");
    let account = ann.get("/account").await.expect(200).text;
    assert!(account.contains("Blocked people"), "{account}");
    let back = [("blocked", "false"), ("next", "/account")];
    let back = ann.submit("/people/bob/block", &back).await.expect(303);
    assert_eq!(back.header("location"), "/account");
    assert!(!page().await.contains("message-fold"));
}
