//! Pinned and saved messages, and forwarding.

use super::{put, reply};
use crate::support::{answer::Answer, browser::Browser, chat::Chat, person::Person};
use reqwest::Method;
use serde_json::{Value, json};

fn path(room: &str, id: i64, part: &str) -> String {
    format!("/api/v1/rooms/{room}/messages/{id}/{part}")
}

async fn pin(by: &Person, room: &str, id: i64) -> Answer {
    put(by, &path(room, id, "pin"), Value::Null).await
}

async fn pins(reader: &Person, room: &str) -> Value {
    reader.see(&format!("/api/v1/rooms/{room}")).await["pins"].clone()
}

async fn saved(reader: &Person) -> Vec<i64> {
    let saved = reader.see("/api/v1/me/saved").await;
    let messages = saved["messages"].as_array().expect("messages").iter();
    messages
        .filter_map(|message| message["id"].as_i64())
        .collect()
}

#[tokio::test]
async fn members_pin_messages_and_every_reader_is_told_by_an_event_of_the_room() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    ann.add("general", "me").await.expect(204);
    let first = ann.post("general", "the address").await;
    let second = ann.post("general", "the date").await;
    let mut stream = bob.stream("").await;
    pin(&ann, "general", first).await.expect(204);
    let event = stream.event().await;
    assert_eq!(event.event, "room");
    assert_eq!(event.json()["room_info"]["pins"], json!([first]));
    pin(&ann, "general", second).await.expect(204);
    pin(&ann, "general", second).await.expect(204);
    assert_eq!(pins(&bob, "general").await, json!([second, first]));
    let listed = bob.see("/api/v1/rooms/general/pins").await;
    assert_eq!(listed["messages"][1]["body"], "the address");
    let elsewhere = ann.create_room("Elsewhere", "open").await;
    let there = ann.post(&elsewhere, "hello").await;
    pin(&bob, &elsewhere, there).await.problem(403);
    pin(&ann, "general", 1).await.problem(404);
    // A change of the room keeps what is pinned; a deleted message is not.
    let renamed = ann.change_room("general", json!({ "topic": "x" })).await;
    drop(renamed);
    ann.delete("general", first).await.expect(200);
    assert_eq!(pins(&bob, "general").await, json!([second]));
    pin(&ann, "general", first).await.problem(409);
    let path = path("general", second, "pin");
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .expect(204);
    assert_eq!(pins(&bob, "general").await, json!([]));
}

#[tokio::test]
async fn a_room_has_a_bounded_number_of_pins_and_announcements_are_pinned_by_managers() {
    let chat = Chat::start().await;
    let (mia, ann) = (chat.join("mia").await, chat.join("ann").await);
    let room = mia.create_room("Notices", "open").await;
    ann.add(&room, "me").await.expect(204);
    let ids = mia.post_many(&room, 101).await;
    for id in &ids[..100] {
        pin(&ann, &room, *id).await.expect(204);
    }
    pin(&ann, &room, ids[100]).await.fault(422, "message");
    let announcements = json!({ "announcements": true });
    mia.change_room(&room, announcements).await.expect(200);
    pin(&ann, &room, ids[0]).await.problem(403);
    pin(&mia, &room, ids[0]).await.expect(204);
}

#[tokio::test]
async fn saved_messages_are_one_s_own_and_follow_what_one_may_see() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let closed = bob.create_room("Plans", "closed").await;
    bob.add(&closed, "ann").await.expect(204);
    let open = bob.post("general", "a recipe").await;
    let plan = bob.post(&closed, "a plan").await;
    let mut own = ann.stream("").await;
    for (room, id) in [("general", open), (closed.as_str(), plan)] {
        let save = put(&ann, &path(room, id, "saved"), Value::Null).await;
        save.expect(204);
    }
    let told = own.signal("me").await.json();
    assert_eq!(told, json!({ "changed": ["saved"] }));
    assert_eq!(saved(&ann).await, [plan, open]);
    assert!(saved(&bob).await.is_empty());
    let first = ann.see("/api/v1/me/saved?limit=1").await;
    let older = first["older"].as_str().expect("an older page");
    assert_eq!(ann.see(older).await["messages"][0]["id"], open);
    let member = format!("/api/v1/rooms/{closed}/members/ann");
    let removed = bob.send(Method::DELETE, &member, Value::Null).await;
    removed.expect(204);
    assert_eq!(saved(&ann).await, [open]);
    let hidden = put(&ann, &path(&closed, plan, "saved"), Value::Null).await;
    hidden.problem(404);
    bob.delete("general", open).await.expect(200);
    assert!(saved(&ann).await.is_empty());
}

#[tokio::test]
async fn favourites_and_saved_messages_are_set_without_scripts() {
    let chat = Chat::start().await;
    let ann = Browser::join(&chat, "ann").await;
    let bob = chat.join("bob").await;
    ann.submit("/rooms/general/join", &[]).await.expect(303);
    let id = bob.post("general", "hello there").await;
    let message = format!("/rooms/general/messages/{id}");
    let favourite = ann.submit("/rooms/general/favourite", &[]).await;
    favourite.expect(303);
    let page = ann.get(&message).await.expect(200).text;
    assert!(page.contains("<h2>Favourites</h2>"), "{page}");
    for (part, list) in [("saved", "/saved"), ("pin", "/rooms/general/pins")] {
        let form = format!("{message}/{part}");
        assert!(page.contains(&form[1..]), "{page}");
        ann.submit(&form, &[]).await.expect(303);
        let shown = ann.get(list).await.expect(200).text;
        assert!(shown.contains("hello there"), "{shown}");
        ann.submit(&form, &[("off", "true")]).await.expect(303);
        let shown = ann.get(list).await.expect(200).text;
        assert!(!shown.contains("hello there"), "{shown}");
    }
    ann.submit(&format!("{message}/unread"), &[])
        .await
        .expect(303);
    let rooms = ann.get("/rooms").await.expect(200).text;
    assert!(rooms.contains("inbox/read-rooms"), "{rooms}");
    bob.post("general", "@ann are you there?").await;
    let inbox = ann.get("/inbox").await.expect(200).text;
    assert!(inbox.contains("are you there?"), "{inbox}");
    let head = inbox.split("name=\"up_to\" value=\"").nth(1);
    let head = head
        .and_then(|rest| rest.split('"').next())
        .expect("a form");
    for form in ["/inbox/read", "/inbox/read-rooms"] {
        ann.submit(form, &[("up_to", head)]).await.expect(303);
    }
    let rooms = ann.get("/rooms").await.expect(200).text;
    assert!(!rooms.contains("inbox/read-rooms"), "{rooms}");
}

#[tokio::test]
async fn a_forwarded_message_of_a_closed_room_tells_nothing_but_its_text() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let closed = ann.create_room("Secret plans", "closed").await;
    ann.add(&closed, "bob").await.expect(204);
    let plan = bob.post(&closed, "meet at *nine*\nat the lake").await;
    let open = bob.post("general", "hello").await;
    reply(&ann, "general", open, "and join").await;
    let forward = async |room: &str, id: i64, to: &str, comment: &str| {
        let path = format!("/rooms/{room}/messages/{id}/forward");
        let form = [("to", to), ("comment", comment)];
        Answer::to_form(ann.request(Method::POST, &path), &form).await
    };
    forward(&closed, plan, "general", "look").await.expect(303);
    let history = ann.history("general", "limit=1").await;
    let body = history["messages"][0]["body"].as_str().expect("a body");
    assert_eq!(body.trim(), "look\n\n> meet at *nine*\n> at the lake");
    forward("general", open, &closed, "").await.expect(303);
    let history = ann.history(&closed, "limit=1").await;
    let body = history["messages"][0]["body"].as_str().expect("a body");
    assert!(
        body.starts_with("> hello\n\n— [bob, #General](http"),
        "{body}"
    );
    assert!(
        body.ends_with(&format!("/rooms/general/messages/{open})")),
        "{body}"
    );
    let nowhere = forward("general", open, "nowhere", "").await;
    nowhere.expect(404);
    let visitor = chat.join("cara").await;
    let page = format!("/rooms/{closed}/messages/{plan}/forward");
    visitor.get(&page).await.expect(404);
}
