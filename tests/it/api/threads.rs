//! Threads: replies to a message apart from the history of its room.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::{Person, id_of, message_path},
    stream::Stream,
};
use reqwest::Method;
use serde_json::{Value, json};

async fn reply(person: &Person, room: &str, to: i64, body: &str) -> Value {
    let reply = json!({ "body": body, "thread": to });
    person.try_post(room, reply).await.expect(201).json()
}

fn ids(page: &Value) -> Vec<i64> {
    let messages = page["messages"].as_array().expect("a page has messages");
    messages.iter().map(id_of).collect()
}

async fn thread(person: &Person, room: &str, id: i64, query: &str) -> Value {
    person
        .see(&format!("{}/thread?{query}", message_path(room, id)))
        .await
}

async fn follow(person: &Person, room: &str, id: i64) -> Value {
    person
        .see(&format!("{}/follow", message_path(room, id)))
        .await
}

async fn mark_read(person: &Person, room: &str, id: i64, up_to: i64) {
    let path = format!("{}/read", message_path(room, id));
    let marked = person.send(Method::PUT, &path, json!({ "up_to": up_to }));
    marked.await.expect(204);
}

#[tokio::test]
async fn a_reply_belongs_to_the_thread_of_its_root_and_not_to_the_room() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let root = ann.post("general", "shall we?").await;
    let first = reply(&bob, "general", root, "yes").await;
    assert_eq!(first["thread"], root);
    assert_eq!(first["also_in_room"], Value::Null);
    let summary = &first["thread_summary"];
    assert_eq!(
        (&summary["root"], &summary["count"]),
        (&json!(root), &json!(1))
    );
    assert_eq!(summary["last_at"], first["at"]);
    // A reply to a reply belongs to the same root.
    let second = reply(&ann, "general", id_of(&first), "when?").await;
    assert_eq!(second["thread"], root);
    assert_eq!(second["thread_summary"]["by"], json!(["bob", "ann"]));
    let shown = json!({ "body": "tomorrow", "thread": root, "also_in_room": true });
    let shown = bob.try_post("general", shown).await.expect(201).json();
    assert_eq!(shown["also_in_room"], true);
    let after = ann.post("general", "something else").await;
    let all = [root, id_of(&first), id_of(&second), id_of(&shown)];
    let page = ann.history("general", "").await;
    assert_eq!(ids(&page), [root, id_of(&shown), after]);
    assert_eq!(page["messages"][0]["thread_summary"]["count"], 3);
    let whole = ann.history("general", "threads=true").await;
    assert_eq!(ids(&whole), [&all[..], &[after]].concat());
    // Pages of either go through everything.
    let part = ann.history("general", "threads=true&limit=2").await;
    assert_eq!(
        part["older"]
            .as_str()
            .map(|link| link.contains("threads=true")),
        Some(true)
    );
    assert_eq!(
        ids(&ann
            .history("general", &format!("before={after}&limit=1"))
            .await),
        [id_of(&shown)]
    );
    assert_eq!(ids(&thread(&bob, "general", root, "").await), all);
    assert_eq!(
        ids(&thread(&bob, "general", id_of(&second), "limit=2").await),
        all[2..]
    );
    let page = thread(&bob, "general", root, &format!("before={}&limit=2", all[2])).await;
    assert_eq!(ids(&page), all[..2]);
    assert_eq!(
        (&page["has_older"], &page["has_newer"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        ids(&thread(&bob, "general", root, &format!("after={}", all[1])).await),
        all[2..]
    );
    // A page around a reply that the room does not show is one around its root.
    let around = ann
        .history("general", &format!("around={}&limit=4", id_of(&second)))
        .await;
    assert_eq!(ids(&around), [root, id_of(&shown)]);
    let by_bob = ann.history("general", "author=bob").await;
    assert_eq!(ids(&by_bob), [id_of(&shown)]);
}

#[tokio::test]
async fn a_thread_can_only_be_that_of_a_message_of_the_room() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let closed = ann.create_room("Closed", "closed").await;
    let hidden = ann.post(&closed, "secret").await;
    let bob = chat.join("bob").await;
    for named in [hidden, 1 << 40] {
        let answer = bob
            .try_post("general", json!({ "body": "x", "thread": named }))
            .await;
        assert_eq!(
            answer.expect(422).json()["errors"]["thread"]["code"],
            "no-such-message"
        );
    }
    let path = format!("{}/thread", message_path("general", hidden));
    bob.get(&path).await.expect(404);
    bob.get(&format!("{}/thread", message_path(&closed, hidden)))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_deleted_reply_does_not_count_and_a_deleted_root_keeps_its_thread() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let root = ann.post("general", "shall we?").await;
    let first = id_of(&reply(&bob, "general", root, "yes").await);
    let second = id_of(&reply(&ann, "general", root, "good").await);
    let mut live = bob.stream("include=html").await;
    let gone = bob.delete("general", first).await.expect(200).json();
    assert_eq!(gone["thread_summary"]["count"], 1);
    assert_eq!(gone["thread_summary"]["by"], json!(["ann"]));
    let event = live.next().await.expect("an event").json();
    assert_eq!(event["message"]["thread_summary"]["count"], 1);
    let line = event["message"]["thread_html"].as_str().expect("a line");
    assert!(line.contains(&format!("data-root=\"{root}\"")), "{line}");
    let gone = ann.delete("general", second).await.expect(200).json();
    assert_eq!(
        gone["thread_summary"],
        json!({ "root": root, "count": 0, "last_at": null, "by": [] })
    );
    assert_eq!(
        live.next().await.expect("an event").json()["message"]["thread_html"],
        ""
    );
    ann.delete("general", root).await.expect(200);
    reply(&bob, "general", first, "what was it?").await;
    let page = thread(&bob, "general", root, "").await;
    let messages = page["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[0]["body"], Value::Null);
    assert_eq!(messages[0]["thread_summary"]["count"], 1);
}

#[tokio::test]
async fn events_of_replies_tell_what_is_shown_of_the_thread() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let root = ann.post("general", "shall we?").await;
    let head = ann.head().await;
    let mut live: Stream = ann.stream("include=html").await;
    let sent = id_of(&reply(&bob, "general", root, "yes").await);
    let told = live.next().await.expect("an event");
    assert_eq!((told.event.as_str(), told.id()), ("message", Some(sent)));
    let message = told.json()["message"].clone();
    assert_eq!(
        (&message["thread"], &message["thread_summary"]["count"]),
        (&json!(root), &json!(1))
    );
    let row = message["html"].as_str().expect("a row");
    assert!(
        row.contains(&format!("id=\"t{sent}\""))
            && row.contains(&format!("data-thread=\"{root}\"")),
        "{row}"
    );
    let mut replayed = ann.stream(&format!("after={head}")).await;
    let replayed = replayed.next().await.expect("an event").json();
    assert_eq!(
        replayed["message"]["thread_summary"],
        message["thread_summary"]
    );
    assert_eq!(replayed["message"]["thread_html"], Value::Null);
}

#[tokio::test]
async fn threads_are_followed_by_those_who_take_part_and_have_marks_of_their_own() {
    let chat = Chat::start().await;
    let (ann, bob, cara) = (
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cara").await,
    );
    let root = ann.post("general", "shall we?").await;
    let is = |thread: &Value, follows: bool, unread: i64| {
        assert_eq!(
            (&thread["follows"], &thread["unread"]),
            (&json!(follows), &json!(unread))
        );
    };
    is(&follow(&ann, "general", root).await, false, 0);
    let first = id_of(&reply(&bob, "general", root, "yes, @cara").await);
    is(&follow(&ann, "general", root).await, true, 1);
    is(&follow(&bob, "general", first).await, true, 0);
    is(&follow(&cara, "general", root).await, true, 1);
    let room = |room: Value| (room["unread"].clone(), room["mentions"].clone());
    let view = "/api/v1/rooms/general";
    let up_to = bob.head().await;
    for person in [&ann, &cara] {
        person
            .send(
                Method::PUT,
                "/api/v1/rooms/general/read",
                json!({ "up_to": up_to }),
            )
            .await
            .expect(204);
    }
    // A mention in a reply is read when its thread is.
    assert_eq!(room(cara.see(view).await), (json!(0), json!(1)));
    mark_read(&cara, "general", first, first).await;
    assert_eq!(room(cara.see(view).await), (json!(0), json!(0)));
    is(&follow(&cara, "general", root).await, true, 0);
    let second = id_of(&reply(&bob, "general", root, "tomorrow").await);
    assert_eq!(room(ann.see(view).await), (json!(0), json!(0)));
    mark_read(&ann, "general", root, first).await;
    mark_read(&ann, "general", root, 1).await;
    let list = ann.see("/api/v1/rooms/general/threads").await;
    assert_eq!(
        list["threads"],
        json!([{ "root": root, "follows": true, "read_up_to": first, "unread": 1 }])
    );
    // Whoever has stopped is not made to follow it by others.
    let path = format!("{}/follow", message_path("general", root));
    ann.send(Method::DELETE, &path, Value::Null)
        .await
        .expect(204);
    reply(&bob, "general", root, "or on Monday").await;
    is(&follow(&ann, "general", root).await, false, 0);
    ann.send(Method::PUT, &path, Value::Null).await.expect(204);
    is(&follow(&ann, "general", root).await, true, 0);
    mark_read(&ann, "general", root, second).await;
    // The replies of somebody whom one has blocked are not counted.
    reply(&bob, "general", root, "hello?").await;
    is(&follow(&cara, "general", root).await, true, 3);
    cara.send(Method::PUT, "/api/v1/me/blocks/bob", Value::Null)
        .await
        .expect(204);
    is(&follow(&cara, "general", root).await, true, 0);
}

#[tokio::test]
async fn everybody_replies_in_the_threads_of_a_room_for_announcements() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let news = ann.create_room("News", "open").await;
    ann.change_room(&news, json!({ "announcements": true }))
        .await
        .expect(200);
    let root = ann.post(&news, "It is out.").await;
    bob.try_post(&news, json!({ "body": "x" }))
        .await
        .expect(403);
    let shown = json!({ "body": "x", "thread": root, "also_in_room": true });
    bob.try_post(&news, shown).await.expect(403);
    reply(&bob, &news, root, "Congratulations!").await;
    ann.change_room(&news, json!({ "archived": true }))
        .await
        .expect(200);
    bob.try_post(&news, json!({ "body": "x", "thread": root }))
        .await
        .expect(403);
    mark_read(&bob, &news, root, root).await;
}

#[tokio::test]
async fn a_thread_is_read_and_answered_without_scripts() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let root = ann.post("general", "shall we?").await;
    let form = [
        ("body", "yes"),
        ("nonce", "n1"),
        ("thread", &root.to_string()),
    ];
    for _ in 0..2 {
        let request = bob.request(Method::POST, "/rooms/general/messages");
        let sent = Answer::to_form(request, &form).await.expect(303);
        let to = sent.headers["location"].to_str().expect("text");
        assert!(
            to.starts_with(&format!("/rooms/general?thread={root}#t")),
            "{to}"
        );
    }
    let page = bob.get("/rooms/general").await.expect(200).text;
    assert!(page.contains("class=\"thread-line\""), "{page}");
    assert!(!page.contains("id=\"panel\""));
    let page = bob
        .get(&format!("/rooms/general?thread={root}"))
        .await
        .expect(200)
        .text;
    let sent = ids(&thread(&bob, "general", root, "").await)[1];
    for part in [
        format!("id=\"t{root}\""),
        format!("id=\"t{sent}\""),
        format!("id=\"m{root}\""),
    ] {
        assert!(page.contains(&part), "{part}");
    }
    // The permalink of a reply shows it in its thread.
    let page = bob
        .get(&format!("/rooms/general/messages/{sent}"))
        .await
        .expect(200)
        .text;
    assert!(page.contains(&format!("id=\"t{sent}\"")), "{page}");
    let long = "x".repeat(9000);
    let form = [("body", long.as_str()), ("thread", &root.to_string())];
    let request = bob.request(Method::POST, "/rooms/general/messages");
    let page = Answer::to_form(request, &form).await.expect(422).text;
    assert!(page.contains("id=\"panel\"") && page.contains(&long));
    bob.get("/rooms/general?thread=999999").await.expect(404);
}
