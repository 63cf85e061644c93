//! Posting again under the same nonce never makes a second message.

use crate::support::{answer::Answer, chat::Chat, person::id_of};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_repeated_post_is_answered_with_the_first_message() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let message = json!({ "body": "once", "nonce": "n-1" });
    let first = ann.try_post("general", message.clone()).await.expect(201);
    for round in 0..3 {
        let again = ann.try_post("general", message.clone()).await.expect(200);
        assert_eq!(again.json(), first.json(), "{round}");
        assert_eq!(again.header("location"), first.header("location"));
        chat.restart().await;
    }
    assert_eq!(
        ann.history("general", "").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pressing_send_many_times_makes_one_message() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut live = ann.stream("").await;
    let presses: Vec<_> = (0..30)
        .map(|_| {
            let ann = ann.clone();
            tokio::spawn(async move {
                ann.try_post("general", json!({ "body": "once", "nonce": "pressed" }))
                    .await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for press in presses {
        answers.push(press.await.unwrap());
    }
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(
        (
            made,
            answers.iter().filter(|answer| answer.status == 200).count()
        ),
        (1, 29)
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer.json() == answers[0].json())
    );
    let end = ann.post("general", "end").await;
    let heard = live.events_to(end).await;
    let messages = heard
        .iter()
        .filter(|block| block.event == "message")
        .count();
    assert_eq!(messages, 2, "{heard:?}");
}

#[tokio::test]
async fn who_gave_up_waiting_may_send_again() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let message = json!({ "body": "perhaps", "nonce": "n-1" });
    for _ in 0..20 {
        let request = ann
            .request(Method::POST, "/api/v1/rooms/general/messages")
            .json(&message)
            .send();
        // Dropped in the middle of it: the server may have it or not.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(900), request).await;
    }
    let last = ann.try_post("general", message).await;
    assert!([200, 201].contains(&last.status), "{}", last.text);
    let history = ann.history("general", "").await["messages"].clone();
    assert_eq!(history, json!([last.json()]));
}

#[tokio::test]
async fn the_same_nonce_for_something_else_is_refused() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let room = ann.create_room("Other", "open").await;
    let first = ann
        .try_post("general", json!({ "body": "once", "nonce": "n-1" }))
        .await
        .expect(201)
        .json();
    ann.try_post("general", json!({ "body": "twice", "nonce": "n-1" }))
        .await
        .fault(409, "nonce");
    ann.try_post(&room, json!({ "body": "once", "nonce": "n-1" }))
        .await
        .fault(409, "nonce");
    let of_bob = bob
        .try_post("general", json!({ "body": "once", "nonce": "n-1" }))
        .await
        .expect(201)
        .json();
    assert_ne!(
        id_of(&first),
        id_of(&of_bob),
        "nonces are each author's own"
    );
    assert_eq!(ann.history(&room, "").await["messages"], json!([]));
}

#[tokio::test]
async fn a_nonce_is_known_also_after_its_message_was_edited_or_deleted() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Other", "open").await;
    let message = json!({ "body": "once", "nonce": "n-1" });
    let id = id_of(
        &ann.try_post("general", message.clone())
            .await
            .expect(201)
            .json(),
    );
    ann.edit("general", id, "edited").await.expect(200);
    let again = ann
        .try_post("general", message.clone())
        .await
        .expect(200)
        .json();
    assert_eq!((id_of(&again), &again["body"]), (id, &json!("edited")));
    ann.delete("general", id).await.expect(200);
    let again = ann
        .try_post("general", message.clone())
        .await
        .expect(200)
        .json();
    assert_eq!(id_of(&again), id);
    assert!(
        again.get("body").is_none() && again["deleted_at"].is_string(),
        "{again}"
    );
    ann.try_post(&room, message).await.fault(409, "nonce");
    assert_eq!(
        ann.history("general", "").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_idempotency_key_is_a_nonce() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let post = async |key: &str, body: &str| {
        let request = ann
            .request(Method::POST, "/api/v1/rooms/general/messages")
            .header("idempotency-key", key);
        Answer::to(request.json(&json!({ "body": body }))).await
    };
    let first = post("k-1", "once").await.expect(201).json();
    assert_eq!(first["nonce"], "k-1");
    assert_eq!(post("k-1", "once").await.expect(200).json(), first);
    assert_eq!(
        post("\"k-1\"", "once").await.expect(200).json(),
        first,
        "quoted, as its draft has it"
    );
    post("k-1", "twice").await.fault(409, "nonce");
    assert_eq!(
        ann.try_post("general", json!({ "body": "once", "nonce": "k-1" }))
            .await
            .expect(200)
            .json(),
        first
    );
}

#[tokio::test]
async fn nonces_that_contradict_each_other_are_refused() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let post = async |path: &str, keys: &[&str], sent: Value| {
        let request = ann.request(Method::POST, &format!("/api/v1/rooms/general/{path}"));
        let request = keys.iter().fold(request, |request, key| {
            request.header("idempotency-key", *key)
        });
        Answer::to(request.json(&sent)).await
    };
    for (path, sent) in [
        ("messages", json!({ "body": "once", "nonce": "a" })),
        ("events", json!({ "type": "x", "payload": 1, "nonce": "a" })),
    ] {
        post(path, &["b"], sent.clone()).await.fault(422, "nonce");
        post(path, &["a", "b"], sent.clone())
            .await
            .fault(422, "nonce");
        post(path, &["a", "a"], sent.clone())
            .await
            .fault(422, "nonce");
        post(path, &["a"], sent).await;
    }
    let twice = json!({ "body": "once" });
    post("messages", &["c", "d"], twice)
        .await
        .fault(422, "nonce");
    let history = ann.history("general", "").await["messages"].clone();
    assert_eq!(
        (
            history[0]["nonce"].as_str(),
            history.as_array().map(Vec::len)
        ),
        (Some("a"), Some(1))
    );
}

#[tokio::test]
async fn nonces_have_a_form() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for odd in ["", " ", "a b", "é", "a\n", &"n".repeat(129)] {
        ann.try_post("general", json!({ "body": "x", "nonce": odd }))
            .await
            .fault(422, "nonce");
    }
    ann.try_post("general", json!({ "body": "x", "nonce": "n".repeat(128) }))
        .await
        .expect(201);
    ann.try_post("general", json!({ "body": "x", "nonce": null }))
        .await
        .expect(201);
}
