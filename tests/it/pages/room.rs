//! The page of a room, and the stream that goes on where it ends.

use crate::support::{
    chat::Chat,
    markup::{attribute, rows},
    stream::ids,
};
use serde_json::json;
use std::collections::HashMap;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_committed_while_the_page_was_made_is_in_the_page_or_in_its_stream() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "start").await;
    for round in 0..30 {
        let posting = tokio::spawn({
            let ann = ann.clone();
            async move { ann.post_many("general", 5).await }
        });
        let page = ann.get("/rooms/general?limit=200").await.expect(200).text;
        posting.await.unwrap();
        let end = ann.post("general", "end").await;
        let mut stream = ann
            .stream_of(
                "general",
                &format!("after={}", attribute(&page, "data-cursor")),
            )
            .await;
        let streamed: Vec<i64> = ids(&stream.events_to(end).await);
        let shown: Vec<i64> = rows(&page).into_keys().collect();
        let both = [shown, streamed].concat();
        assert!(both.is_sorted_by(|a, b| a < b), "round {round}: {both:?}");
        let log: Vec<i64> = chat.log_of("general").await;
        assert_eq!(log[log.len() - both.len()..], both[..], "round {round}");
        if round == 20 {
            break; // two hundred rows are a page
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_on_a_page_is_older_than_its_cursor() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("General talk", "open").await;
    let mut stream = ann.stream_of(&room, "").await;
    let changing = tokio::spawn({
        let (ann, bob, room) = (ann.clone(), bob.clone(), room.clone());
        async move {
            for n in 0..150 {
                ann.change_room(&room, json!({ "name": format!("Name {n}") }))
                    .await
                    .expect(200);
                bob.add(&room, "me").await.expect(204);
                bob.remove(&room, "me").await.expect(204);
            }
        }
    });
    let mut pages = Vec::new();
    while !changing.is_finished() {
        pages.push(ann.get(&format!("/rooms/{room}")).await.expect(200).text);
    }
    changing.await.unwrap();
    // Each change was heard as it was made, before the next one: so this is what the room was called, and when.
    let end = ann.post(&room, "end").await;
    let heard = stream.events_to(end).await;
    let mut names = vec![(0, "General talk".to_owned())];
    names.extend(
        heard
            .iter()
            .filter(|event| event.event == "room")
            .map(|event| {
                (
                    event.id().unwrap(),
                    event.json()["room_info"]["name"]
                        .as_str()
                        .unwrap()
                        .to_owned(),
                )
            }),
    );
    let since: HashMap<&str, i64> = names
        .iter()
        .map(|(id, name)| (name.as_str(), *id))
        .collect();
    assert!(pages.len() > 10, "{}", pages.len());
    for page in pages {
        let cursor: i64 = attribute(&page, "data-cursor").parse().unwrap();
        let name = attribute(&page, "data-name");
        let due = names
            .iter()
            .filter(|(id, _)| *id <= cursor)
            .map(|(id, _)| *id)
            .max()
            .unwrap();
        assert!(
            since[name] >= due,
            "a page with the cursor {cursor} says {name:?}, which was over since {due}"
        );
    }
}

#[tokio::test]
async fn a_page_is_the_same_as_the_history() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann.post_many("general", 120).await;
    let page = ann.get("/rooms/general").await.expect(200).text;
    assert_eq!(rows(&page).into_keys().collect::<Vec<_>>(), posted[70..]);
    assert_eq!(attribute(&page, "data-live"), "true");
    let older = ann
        .get(&format!("/rooms/general?before={}", posted[70]))
        .await
        .expect(200)
        .text;
    assert_eq!(rows(&older).into_keys().collect::<Vec<_>>(), posted[20..70]);
    assert_eq!(attribute(&older, "data-live"), "false");
    let around = ann
        .get(&format!("/rooms/general/messages/{}", posted[60]))
        .await
        .expect(200)
        .text;
    assert!(rows(&around).contains_key(&posted[60]));
    assert_eq!(attribute(&around, "data-marked"), posted[60].to_string());
    assert_eq!(ann.get("/rooms/general/messages/999999").await.status, 404);
    assert_eq!(ann.get("/rooms/nowhere").await.status, 404);
}

#[tokio::test]
async fn what_people_write_never_becomes_markup() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&";
    let room = ann.create_room("Room", "open").await;
    let id = ann.post(&room, evil).await;
    ann.change_room(&room, json!({ "name": "<b>\"'&", "topic": evil }))
        .await
        .expect(200);
    for path in [
        format!("/rooms/{room}"),
        "/rooms".into(),
        format!("/rooms/{room}/settings"),
        format!("/rooms/{room}/delete"),
        format!("/rooms/{room}/messages/{id}"),
        format!("/rooms/{room}/messages/{id}/edit"),
    ] {
        let page = ann.get(&path).await.expect(200).text;
        assert!(
            !page.contains("<script>alert")
                && !page.contains("<img src=x")
                && !page.contains("<b>\""),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_row_shows_marks_and_the_history_keeps_what_was_written() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let text = "**@Bob** see `x < y`, https://example.org/ :tada:\n```\n<b>\n```";
    let mut stream = ann.stream_of("general", "include=html").await;
    let id = ann.post("general", text).await;
    let events = stream.events_to(id).await;
    let streamed = events.last().unwrap().json()["message"].clone();
    assert_eq!(streamed["body"], text);
    let page = ann.get("/rooms/general").await.expect(200).text;
    let row = &rows(&page)[&id];
    assert_eq!(streamed["html"].as_str().unwrap().trim(), row.trim());
    for part in [
        r#"<strong><span class="mention" data-handle="bob">@Bob</span></strong>"#,
        "<code>x &#60; y</code>",
        r#"<a href="https://example.org/" target="_blank" rel="nofollow noopener noreferrer ugc">"#,
        "🎉",
        "<pre><code tabindex=\"0\">&#60;b&#62;</code></pre>",
    ] {
        assert!(row.contains(part), "{part} is missing in {row}");
    }
}

#[tokio::test]
async fn rooms_are_listed_as_people_sort_them() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    for name in ["Room 10", "room 9", "Zoo", "apples", "Room 1"] {
        bob.create_room(name, "open").await;
    }
    for room in ["zoo", "room-10"] {
        ann.add(room, "me").await.expect(204);
    }
    let page = ann.get("/rooms/general").await.expect(200).text;
    let links = page.split("data-room=\"").skip(1);
    // The last one is that of the page.
    let slugs = links.filter_map(|link| link.split('"').next()).take(3);
    let slugs: Vec<&str> = slugs.collect();
    assert_eq!(slugs, ["general", "room-10", "zoo"]);
    let list = ann.get("/rooms").await.expect(200).text;
    let places = ["apples", "room-1", "room-9"].map(|room| list.find(&format!("rooms/{room}\"")));
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
}
