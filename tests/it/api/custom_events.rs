//! Events of bots.

use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms/general/events";

#[tokio::test]
async fn a_custom_event_is_stored_and_replayed_as_it_was_posted() {
    let mut chat = Chat::start().await;
    let bot = chat.join("bot").await;
    let start = bot.head().await;
    let payloads = [
        json!(null),
        json!(true),
        json!(9_007_199_254_740_993_u64),
        json!("text\n\u{2028}a\u{85}b\u{7f}\u{80}\u{9f}"),
        json!([1, [2, [3]]]),
        json!({ "b": 1, "a": { "nonce": "x" } }),
    ];
    let mut ids = Vec::new();
    for payload in &payloads {
        let posted = bot
            .custom("general", "ci.build", payload.clone())
            .await
            .expect(201)
            .json();
        assert_eq!(
            (&posted["payload"], &posted["type"], &posted["room"]),
            (payload, &json!("ci.build"), &json!("general"))
        );
        ids.push(posted["id"].as_i64().unwrap());
    }
    for _ in 0..2 {
        let events = bot.stream(&format!("after={start}")).await.replay().await.0;
        let heard: Vec<Value> = events
            .iter()
            .filter(|block| block.event == "ci.build")
            .map(|block| block.json()["payload"].clone())
            .collect();
        assert_eq!(heard, payloads);
        chat.restart().await;
    }
    assert_eq!(
        bot.history("general", "").await["messages"],
        json!([]),
        "it is no message"
    );
}

#[tokio::test]
async fn a_repeated_custom_event_is_answered_with_the_first() {
    let chat = Chat::start().await;
    let bot = chat.join("bot").await;
    let event = json!({ "type": "ci.build", "payload": 1, "nonce": "n-1" });
    let first = bot
        .send(Method::POST, PATH, event.clone())
        .await
        .expect(201)
        .json();
    let again = bot.send(Method::POST, PATH, event).await.expect(200).json();
    assert_eq!(first, again);
    let room = bot.create_room("Other", "open").await;
    for (path, other) in [
        (
            PATH.to_owned(),
            json!({ "type": "ci.build", "payload": 2, "nonce": "n-1" }),
        ),
        (
            PATH.to_owned(),
            json!({ "type": "ci.other", "payload": 1, "nonce": "n-1" }),
        ),
        (
            format!("/api/v1/rooms/{room}/events"),
            json!({ "type": "ci.build", "payload": 1, "nonce": "n-1" }),
        ),
    ] {
        bot.send(Method::POST, &path, other)
            .await
            .fault(409, "nonce");
    }
}

#[tokio::test]
async fn a_custom_event_has_a_form() {
    let chat = Chat::start().await;
    let bot = chat.join("bot").await;
    for odd in [
        json!({}),
        json!({ "type": "x" }),
        json!({ "payload": 1 }),
        json!({ "type": 5, "payload": 1 }),
        json!([]),
    ] {
        bot.send(Method::POST, PATH, odd).await.problem(422);
    }
    bot.custom("general", "x", json!("y".repeat(70_000)))
        .await
        .fault(422, "payload");
    let deep: Value = (0..100).fold(json!(1), |inner, _| json!([inner]));
    bot.custom("general", "x", deep).await.expect(201);
    let deeper = format!(
        r#"{{"type":"x","payload":{}1{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    for (body, code) in [
        (deeper.as_str(), "payload-unreadable"),
        (r#"{"type":"x","payload":["\ud800"]}"#, "payload-unreadable"),
        (r#"{"type":"x","payload":1e999}"#, "payload-unreadable"),
    ] {
        let request = bot
            .request(Method::POST, PATH)
            .header("content-type", "application/json")
            .body(body.to_owned());
        let answer = Answer::to(request).await;
        assert_eq!(answer.fault(422, "payload"), code);
    }
    chat.visitor()
        .custom("general", "x", json!(1))
        .await
        .problem(401);
    bot.custom("nowhere", "x", json!(1)).await.problem(404);
}
