//! Codes of errors, by which programs tell them apart.

use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};

const MESSAGES: &str = "/api/v1/rooms/general/messages";

#[tokio::test]
async fn what_is_wrong_with_a_field_has_a_code() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let say = async |path: &str, sent: &str| {
        let method = if path == "read" {
            Method::PUT
        } else {
            Method::POST
        };
        let request = ann.request(method, &format!("/api/v1/rooms/general/{path}"));
        let request = request.header("content-type", "application/json");
        Answer::to(request.body(sent.to_owned())).await
    };
    for (path, sent, field, code) in [
        ("messages", r#"{"body":5}"#, "body", "wrong-type"),
        ("messages", r#"{"body":null}"#, "body", "wrong-type"),
        ("messages", r#"{"body":"a","body":"b"}"#, "body", "repeated"),
        (
            "messages",
            r#"{"body":"a","nonce":[]}"#,
            "nonce",
            "wrong-type",
        ),
        (
            "messages",
            r#"{"body":"a","reply_to":{}}"#,
            "reply_to",
            "not-an-id",
        ),
        (
            "messages",
            r#"{"body":"a","reply_to":"x"}"#,
            "reply_to",
            "not-an-id",
        ),
        (
            "messages",
            r#"{"body":"a","reply_to":-1}"#,
            "reply_to",
            "not-an-id",
        ),
        (
            "messages",
            r#"{"body":"a","reply_to":1.5}"#,
            "reply_to",
            "not-an-id",
        ),
        ("events", r#"{"payload":1}"#, "type", "required"),
        ("events", r#"{"type":"x"}"#, "payload", "required"),
        ("events", r#"{"type":1,"payload":1}"#, "type", "wrong-type"),
        ("read", r#"{"up_to":-1}"#, "up_to", "not-an-id"),
        ("read", r#"{"up_to":null}"#, "up_to", "required"),
        ("read", "{}", "up_to", "required"),
    ] {
        assert_eq!(say(path, sent).await.fault(422, field), code, "{sent}");
    }
    for sent in ["[]", r#" ["a",null,null]"#, "5", r#""a""#, "null"] {
        let problem = say("messages", sent).await.problem(422);
        assert_eq!(problem["code"], "no-fields", "{sent}");
    }
}

#[tokio::test]
async fn a_program_tells_refusals_apart_by_their_codes() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let gone = ann.post("general", "a slip").await;
    ann.delete("general", gone).await.expect(200);
    let kept = ann.post("general", "hello").await;
    let once = json!({ "body": "once", "nonce": "n-1" });
    ann.try_post("general", once).await.expect(201);
    let of_message = |id: i64| format!("/api/v1/rooms/general/messages/{id}");
    for (path, sent, status, field, code) in [
        (
            "/api/v1/join",
            json!({ "handle": "Ann" }),
            409,
            "handle",
            "handle-taken",
        ),
        (
            "/api/v1/join",
            json!({ "handle": "me" }),
            422,
            "handle",
            "handle-reserved",
        ),
        (
            "/api/v1/join",
            json!({ "handle": "cara", "name": "ann" }),
            409,
            "name",
            "name-taken",
        ),
        (
            "/api/v1/rooms",
            json!({ "name": "x", "slug": "general" }),
            409,
            "slug",
            "slug-taken",
        ),
        (
            "/api/v1/rooms",
            json!({ "name": "x", "kind": "secret" }),
            422,
            "kind",
            "unknown-value",
        ),
        (
            "/api/v1/rooms",
            json!({ "name": "x".repeat(81) }),
            422,
            "name",
            "too-long",
        ),
        (
            MESSAGES,
            json!({ "body": "x".repeat(8001) }),
            422,
            "body",
            "body-too-long",
        ),
        (MESSAGES, json!({ "body": " " }), 422, "body", "body-empty"),
        (
            MESSAGES,
            json!({ "body": "twice", "nonce": "n-1" }),
            409,
            "nonce",
            "nonce-reused",
        ),
        (
            MESSAGES,
            json!({ "body": "x", "nonce": "" }),
            422,
            "nonce",
            "nonce-invalid",
        ),
    ] {
        let answer = ann.send(Method::POST, path, sent.clone()).await;
        assert_eq!(answer.fault(status, field), code, "{sent}");
    }
    let edited = json!({ "body": "x" });
    let answer = ann
        .send(Method::PATCH, &of_message(gone), edited.clone())
        .await;
    assert_eq!(answer.fault(409, "body"), "message-deleted");
    let answer = bob.send(Method::PATCH, &of_message(kept), edited).await;
    let problem = answer.problem(403);
    assert_eq!(
        (&problem["code"], &problem["errors"]),
        (&json!("not-author"), &Value::Null)
    );
    let answer = ann.get(&format!("{MESSAGES}?limit=0")).await;
    assert_eq!(answer.fault(422, "limit"), "out-of-range");
}
