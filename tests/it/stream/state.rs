//! What an event says: the current state of its object, and nothing that was taken away.

use crate::support::{chat::Chat, person::id_of, sse::Block, stream::ids};
use serde_json::{Value, json};

fn kinds(blocks: &[Block]) -> Vec<&str> {
    blocks.iter().map(|block| block.event.as_str()).collect()
}

#[tokio::test]
async fn deleted_text_is_nowhere_in_a_stream() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    let id = ann.post("general", "regrettable words").await;
    ann.edit("general", id, "regrettable words, worse")
        .await
        .expect(200);
    ann.react("general", id, "👍").await.expect(200);
    ann.delete("general", id).await.expect(200);
    let end = ann.post("general", "end").await;
    for round in ["from memory", "from the file"] {
        for query in ["", "&include=html"] {
            for mut stream in [
                ann.stream(&format!("after={start}{query}")).await,
                ann.stream_of("general", &format!("after={start}{query}"))
                    .await,
            ] {
                let events = stream.replay().await.0;
                assert_eq!(
                    kinds(&events),
                    [
                        "message",
                        "message-edited",
                        "reaction",
                        "message-deleted",
                        "message"
                    ],
                    "{round}"
                );
                assert_eq!(*ids(&events).last().unwrap(), end);
                let said = String::from_utf8_lossy(&stream.body).into_owned();
                assert!(
                    !said.contains("regrettable") && !said.contains("👍"),
                    "{round}: {said}"
                );
                for event in [&events[0], &events[1], &events[3]] {
                    let message = &event.json()["message"];
                    assert!(
                        message.get("body").is_none() && message["deleted_at"].is_string(),
                        "{message}"
                    );
                    assert_eq!(id_of(message), id);
                }
            }
        }
        chat.restart().await;
    }
    let file = std::fs::read(chat.file()).unwrap();
    assert!(
        !file.windows(11).any(|bytes| bytes == b"regrettable"),
        "nor in the file, once it was closed"
    );
}

#[tokio::test]
async fn an_event_carries_its_object_as_it_is_now() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("First name", "open").await;
    let start = ann.head().await;
    let id = ann.post(&room, "one").await;
    ann.edit(&room, id, "two").await.expect(200);
    bob.react(&room, id, "👍").await.expect(200);
    ann.react(&room, id, "👍").await.expect(200);
    bob.unreact(&room, id, "👍").await.expect(200);
    ann.change_room(&room, json!({ "name": "Second name" }))
        .await
        .expect(200);
    bob.add(&room, "me").await.expect(204);
    bob.remove(&room, "me").await.expect(204);
    for round in ["from memory", "from the file"] {
        for mut stream in [
            ann.stream(&format!("after={start}")).await,
            ann.stream_of(&room, &format!("after={start}")).await,
        ] {
            let events = stream.replay().await.0;
            assert_eq!(
                kinds(&events),
                [
                    "message",
                    "message-edited",
                    "reaction",
                    "reaction",
                    "reaction",
                    "room",
                    "member",
                    "member"
                ],
                "{round}"
            );
            let reactions = json!([{ "emoji": "👍", "count": 1, "by": ["ann"] }]);
            for (event, by) in events
                .iter()
                .zip(["ann", "ann", "bob", "ann", "bob", "ann", "bob", "bob"])
            {
                let data = event.json();
                assert_eq!(data["id"].as_i64(), event.id());
                assert_eq!(data["room"], room.as_str());
                assert_eq!(data["by"], json!({ "handle": by, "name": by }));
                assert!(is_time(&data["at"]), "{data}");
                match event.event.as_str() {
                    "message" | "message-edited" => {
                        let message = &data["message"];
                        assert_eq!(
                            (&message["body"], &message["reactions"]),
                            (&json!("two"), &reactions),
                            "{round}"
                        );
                        assert!(is_time(&message["edited_at"]) && message["deleted_at"].is_null());
                        assert_eq!(message["author"], json!({ "handle": "ann", "name": "ann" }));
                    }
                    "reaction" => assert_eq!(
                        (&data["message_id"], &data["reactions"]),
                        (&json!(id), &reactions),
                        "{round}"
                    ),
                    "room" => assert_eq!(
                        data["room_info"],
                        json!({
                            "slug": room, "name": "Second name", "topic": "", "kind": "open",
                            "archived": false, "announcements": false, "auto_join": false, "room_mentions": false,
                            "pins": [],
                        })
                    ),
                    _ => assert_eq!(
                        (&data["handle"], &data["state"]),
                        (&json!("bob"), &json!("left")),
                        "{round}"
                    ),
                }
            }
        }
        chat.restart().await;
    }
}

#[tokio::test]
async fn what_happens_in_one_room_changes_nothing_told_of_another() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let start = ann.head().await;
    let [one, two] = [
        ann.create_room("One", "open").await,
        ann.create_room("Two", "open").await,
    ];
    for room in [&one, &two] {
        bob.add(room, "me").await.expect(204);
    }
    bob.remove(&two, "me").await.expect(204);
    ann.change_room(&two, json!({ "topic": "only of two" }))
        .await
        .expect(200);
    for round in ["from memory", "from the file"] {
        let events = ann.stream(&format!("after={start}")).await.replay().await.0;
        let of_one = events
            .iter()
            .map(Block::json)
            .filter(|data| data["room"] == one.as_str());
        for data in of_one {
            let info = &data["room_info"];
            assert!(
                info.is_null() || (info["slug"] == one.as_str() && info["topic"] == ""),
                "{round}: {data}"
            );
            assert_ne!(data["state"], "left", "{round}: {data}");
        }
        chat.restart().await;
    }
}

#[tokio::test]
async fn an_edit_of_a_message_that_the_reader_never_saw_makes_sense() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let old = ann.post("general", "old").await;
    let start = ann.head().await;
    ann.edit("general", old, "new").await.expect(200);
    let events = ann.stream(&format!("after={start}")).await.replay().await.0;
    assert_eq!(kinds(&events), ["message-edited"]);
    let message = &events[0].json()["message"];
    assert_eq!((id_of(message), &message["body"]), (old, &json!("new")));
    assert_eq!(
        *message,
        ann.see(&format!("/api/v1/rooms/general/messages/{old}"))
            .await
    );
}

#[tokio::test]
async fn a_message_in_a_stream_is_the_message_of_the_history() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let mut live = ann.stream("").await;
    let first = ann.post("general", "first").await;
    let answer = ann
        .try_post(
            "general",
            json!({ "body": "second", "reply_to": first, "nonce": "n-1" }),
        )
        .await
        .expect(201)
        .json();
    let second = id_of(&answer);
    ann.react("general", second, "🎉").await.expect(200);
    let history = ann.history("general", "").await["messages"]
        .as_array()
        .unwrap()
        .clone();
    let replayed = ann.stream(&format!("after={start}")).await.replay().await.0;
    let shown: Vec<Value> = replayed
        .iter()
        .filter(|block| block.event == "message")
        .map(|block| block.json()["message"].clone())
        .collect();
    assert_eq!(shown, history);
    let heard = live.events_to(second).await;
    assert_eq!(
        heard.last().unwrap().json()["message"],
        answer,
        "live, and what the poster is told"
    );
}

#[tokio::test]
async fn with_html_each_message_brings_its_row() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let mut live = ann.stream_of("general", "include=html").await;
    let id = ann
        .post("general", "<script>alert(1)</script>\n& more")
        .await;
    ann.react("general", id, "👍").await.expect(200);
    ann.custom("general", "ci.build", json!({ "ok": true }))
        .await
        .expect(201);
    let end = ann.head().await;
    let page = ann.get("/rooms/general").await.expect(200).text;
    let rows = crate::support::markup::rows(&page);
    let replayed = ann
        .stream(&format!("after={start}&include=html"))
        .await
        .replay()
        .await
        .0;
    let heard = live.events_to(end).await;
    let html = |blocks: &[Block], kind: &str| -> Value {
        let block = blocks
            .iter()
            .find(|block| block.event == kind)
            .unwrap()
            .json();
        if kind == "reaction" {
            block["html"].clone()
        } else {
            block["message"]["html"].clone()
        }
    };
    for value in [
        html(&replayed, "message"),
        html(&replayed, "reaction"),
        html(&heard, "reaction"),
    ] {
        assert_eq!(value.as_str().map(str::trim), Some(rows[&id].trim()));
    }
    assert!(
        html(&heard, "message")
            .as_str()
            .unwrap()
            .contains("&#60;script")
            || html(&heard, "message")
                .as_str()
                .unwrap()
                .contains("&lt;script")
    );
    let plain = ann
        .stream(&format!("after={start}&include=pdf"))
        .await
        .replay()
        .await
        .0;
    assert!(
        plain.iter().all(|block| !block.data.contains("html")),
        "{plain:?}"
    );
}

fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|time| time.len() == 24 && time.as_bytes()[19] == b'.' && time.ends_with('Z'))
}
