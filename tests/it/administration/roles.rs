//! Roles: who gives them, what they open and end, and the last admin.

use super::appoint;
use crate::support::{AT_ONCE, chat::Chat, person::Person, sse::Block};
use backscroll::model::role::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

async fn update(by: &Person, handle: &str, change: Value) -> crate::support::answer::Answer {
    let path = format!("/api/v1/users/{handle}");
    by.send(Method::PATCH, &path, change).await
}

#[tokio::test]
async fn only_admins_give_roles_and_others_learn_of_nobody_whom_they_cannot_see() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    ann.remove("general", "me").await.expect(204);
    appoint(&mut chat, "ann", Role::Admin).await;
    let guest = json!({ "role": "guest" });
    let refused = update(&cara, "bob", guest.clone()).await.problem(403);
    assert_eq!(refused["code"], "not-admin");
    for nobody in ["ann", "nobody"] {
        // Ann is in no room.
        let refused = update(&cara, nobody, guest.clone()).await.problem(404);
        assert_eq!(refused["code"], "not-found", "{nobody}");
    }
    update(&chat.visitor(), "bob", guest.clone())
        .await
        .problem(401);
    update(&ann, "nobody", guest.clone()).await.problem(404);
    update(&ann, "bob", json!({ "role": "king" }))
        .await
        .fault(422, "role");
    update(&ann, "backscroll", json!({ "role": "admin" }))
        .await
        .fault(422, "role");
    let seen = update(&ann, "bob", guest).await.expect(200).json();
    assert_eq!(
        (&seen["role"], &seen["disabled"]),
        (&json!("guest"), &json!(false))
    );
    assert_eq!(bob.see("/api/v1/users/me").await["role"], "guest");
}

#[tokio::test]
async fn a_change_of_role_is_told_to_all_who_see_the_person() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    bob.post("general", "here").await;
    appoint(&mut chat, "ann", Role::Admin).await;
    let start = cara.head().await;
    let mut stream = cara.stream("").await;
    update(&ann, "bob", json!({ "role": "admin" }))
        .await
        .expect(200);
    let told = stream.event().await;
    let user = json!({ "handle": "bob", "name": "bob", "role": "admin" });
    assert_eq!((told.event.as_str(), &told.json()["user"]), ("user", &user));
    update(&ann, "bob", json!({ "role": "member" }))
        .await
        .expect(200);
    // What is replayed is the state of now, in memory as in the file.
    for _ in 0..2 {
        let mut replayed = cara.stream(&format!("after={start}")).await;
        let (events, _) = replayed.replay().await;
        let roles: Vec<Value> = events
            .iter()
            .map(|event| event.json()["user"]["role"].clone())
            .collect();
        assert_eq!(roles, ["member", "member"]);
        chat.restart().await;
    }
}

#[tokio::test]
async fn the_last_admin_stays_also_if_two_leave_at_once() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    for change in [json!({ "role": "member" }), json!({ "disabled": true })] {
        let refused = update(&ann, "me", change).await.problem(409);
        assert_eq!(refused["code"], "last-admin");
    }
    let path = "/api/v1/users/me/ban";
    ann.send(Method::POST, path, json!({})).await.problem(409);
    update(&ann, "bob", json!({ "role": "admin" }))
        .await
        .expect(200);
    let leave = json!({ "role": "member" });
    let (one, other) = tokio::join!(
        update(&ann, "bob", leave.clone()),
        update(&bob, "ann", leave.clone())
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert!([[200, 403], [200, 404]].contains(&statuses), "{statuses:?}");
    let left = if one.status == 200 { &ann } else { &bob };
    update(left, "me", leave).await.problem(409);
}

#[tokio::test]
async fn a_disabled_account_is_out_within_a_second_and_its_messages_stay() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    let id = bob.post("general", "this stays").await;
    let [mut everything, mut room] = [bob.stream("").await, bob.stream_of("general", "").await];
    let began = Instant::now();
    update(&ann, "bob", json!({ "disabled": true }))
        .await
        .expect(200);
    for stream in [&mut everything, &mut room] {
        assert_eq!(stream.farewell().await.0, "signed-out");
    }
    assert!(began.elapsed() < AT_ONCE);
    bob.get("/api/v1/me").await.problem(401);
    bob.try_post("general", json!({ "body": "no" }))
        .await
        .problem(401);
    let message = ann
        .see(&format!("/api/v1/rooms/general/messages/{id}"))
        .await;
    assert_eq!(message["body"], "this stays");
    update(&ann, "bob", json!({ "disabled": false }))
        .await
        .expect(200);
    bob.post("general", "back").await;
}

/// Returns what a stream tells after it said, by another `hello`, that everything has to be fetched again.
fn after_reset(blocks: &[Block]) -> &[Block] {
    let reset = blocks.iter().position(|block| block.event == "hello");
    let reset = reset.expect("the stream is reset");
    assert_eq!(blocks[reset].json()["outcome"], "reset");
    &blocks[reset + 1..]
}

#[tokio::test]
async fn who_becomes_a_guest_hears_nothing_more_of_open_rooms_live_and_in_replays() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    appoint(&mut chat, "ann", Role::Admin).await;
    ann.create_room("Park", "open").await;
    let club = ann.create_room("Club", "closed").await;
    ann.add(&club, "bob").await.expect(204);
    let start = bob.head().await;
    let mut everything = bob.stream("").await;
    let mut park = bob.stream_of("park", "").await;
    let mut of_club = bob.stream_of(&club, "").await;
    let began = Instant::now();
    update(&ann, "bob", json!({ "role": "guest" }))
        .await
        .expect(200);
    let (reason, _) = park.farewell().await;
    assert_eq!(reason, "gone");
    assert!(began.elapsed() < AT_ONCE);
    ann.post("park", "hidden").await;
    let end = ann.post(&club, "the end").await;
    let mut told = Vec::new();
    while told.last().and_then(Block::id) != Some(end) {
        told.push(everything.next().await.expect("it goes on"));
    }
    let told = after_reset(&told);
    let kinds: Vec<&str> = told.iter().map(|block| block.event.as_str()).collect();
    assert_eq!(kinds, ["user", "message"], "{told:?}");
    // A room that stays visible goes on, with its stream.
    let mut heard = of_club.next().await.expect("it goes on");
    while heard.id() != Some(end) {
        heard = of_club.next().await.expect("it goes on");
    }
    bob.get("/api/v1/rooms/park").await.problem(404);
    bob.get("/api/v1/rooms/park/events").await.problem(404);
    for _ in 0..2 {
        let late = bob.stream(&format!("after={start}")).await;
        assert_eq!(late.outcome(), "reset");
        let head = late.hello()["head"].as_i64().expect("a head");
        assert_eq!(head, end);
        let next = bob.stream(&format!("after={head}")).await;
        assert_eq!(next.outcome(), "live");
        chat.restart().await;
    }
    // The way back is told in the same manner.
    let mut everything = bob.stream("").await;
    update(&ann, "bob", json!({ "role": "member" }))
        .await
        .expect(200);
    let end = ann.post("park", "seen again").await;
    let mut told = Vec::new();
    while told.last().and_then(Block::id) != Some(end) {
        told.push(everything.next().await.expect("it goes on"));
    }
    assert!(!after_reset(&told).is_empty());
}

/// The head that the page of a room gives to its stream.
async fn page_head(person: &Person, room: &str) -> i64 {
    let page = person.get(&format!("/rooms/{room}")).await.expect(200).text;
    let (_, rest) = page.split_once("data-cursor=\"").expect("a cursor");
    let cursor = rest.split('"').next().expect("it ends");
    cursor.parse().expect("an id")
}

#[tokio::test]
async fn a_guest_does_not_learn_when_people_elsewhere_change_their_names() {
    let mut chat = Chat::start().await;
    let [ann, bob, cara] = [
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    ];
    let club = ann.create_room("Club", "closed").await;
    ann.add(&club, "bob").await.expect(204);
    appoint(&mut chat, "bob", Role::Guest).await;
    bob.remove("general", "me").await.expect(204);
    let last = ann.post(&club, "hello").await;
    // The events of the room are in memory from now on.
    let _open = bob.stream_of(&club, "").await;
    for round in 0..2 {
        cara.rename(&format!("Cara {round}")).await.expect(200);
        let history = format!("/api/v1/rooms/{club}/messages");
        for query in ["", "?before=1000000", "?since=2020-01-01", "?author=ann"] {
            let head = bob.see(&format!("{history}{query}")).await["head"].clone();
            assert_eq!(head, last, "{query}");
        }
        assert_eq!(page_head(&bob, &club).await, last);
        assert_eq!(ann.history(&club, "").await["head"], ann.head().await);
        let stream = bob.stream_of(&club, &format!("after={last}")).await;
        assert_eq!(stream.outcome(), "live");
        assert_eq!(stream.hello()["head"], last);
        chat.restart().await;
    }
}
