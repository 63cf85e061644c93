//! Faults of the server: the answer says nothing of them, and the next request is served.

use crate::support::{answer::Answer, chat::Chat};
use axum::{Router, body::Body, http::Request, routing::get};
use backscroll::web::{hosts::HostNames, layers::surround};
use reqwest::Method;
use serde_json::Value;
use tower::ServiceExt as _;

async fn explode() -> &'static str {
    panic!("the secret of the panic is backscroll_topsecret")
}

#[tokio::test]
async fn a_panic_ends_its_request_only_and_is_told_to_nobody() {
    let routes = Router::new()
        .route("/api/v1/explode", get(explode))
        .route("/explode", get(explode))
        .route("/fine", get(async || "fine"));
    let app = surround(routes, HostNames::new(Vec::new()));
    let ask = async |path: &str| {
        let request = Request::get(path).header("host", "localhost");
        let request = request.body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (head, String::from_utf8(body.to_vec()).unwrap())
    };
    for path in ["/api/v1/explode", "/explode"] {
        let (head, body) = ask(path).await;
        assert_eq!(head.status, 500, "{path}");
        let id = head.headers["x-request-id"].to_str().unwrap();
        assert!(body.contains(id), "{path}: {body}");
        assert!(
            !body.contains("secret") && !body.contains("panic"),
            "{body}"
        );
        assert!(head.headers.contains_key("content-security-policy"));
    }
    let (head, body) = ask("/fine").await;
    assert_eq!((head.status.as_u16(), body.as_str()), (200, "fine"));
}

#[tokio::test]
async fn a_broken_file_is_answered_without_a_word_about_it() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    let file = chat.file().display().to_string();
    let alter = async |statement: &'static str| {
        let altered = sqlx::query(statement)
            .execute(&mut chat.outside().await)
            .await;
        altered.expect("valid SQL");
    };
    alter("pragma legacy_alter_table = on").await;
    alter("alter table reactions rename column emoji to renamed").await;
    let mut failed = 0;
    for path in [
        "/api/v1/rooms/general/messages",
        &format!("/api/v1/rooms/general/messages/{id}"),
        "/rooms/general",
    ] {
        let answer: Answer = ann.get(path).await;
        failed += usize::from(answer.status == 500);
        let text = answer.text.to_lowercase();
        for word in [
            "sql",
            "reactions",
            "column",
            "emoji to",
            "panicked",
            "src/",
            &file.to_lowercase(),
        ] {
            assert!(
                answer.status != 500 || !text.contains(word),
                "{path}: {word} in {text}"
            );
        }
        if answer.status == 500 {
            assert!(
                text.contains(&answer.header("x-request-id").to_lowercase()),
                "{text}"
            );
        }
    }
    assert!(failed > 0, "the fault was met");
    alter("alter table reactions rename column renamed to emoji").await;
    ann.send(Method::GET, "/api/v1/rooms/general/messages", Value::Null)
        .await
        .expect(200);
}
