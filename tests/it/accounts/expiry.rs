//! Sessions and tokens that end by themselves.

use crate::support::{WITHIN, browser::Browser, chat::Chat, until::until_told};
use backscroll::app::now;
use reqwest::Method;
use serde_json::json;
use sqlx::Executor as _;
use std::time::Duration;

#[tokio::test]
async fn a_session_that_was_not_used_for_long_has_ended() {
    let chat = Chat::start_with(|config| config.session_idle = Duration::from_hours(24 * 30)).await;
    let browser = Browser::join(&chat, "ann").await;
    let bot = chat.join("bob").await;
    let age =
        "update sessions set last_used_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-29 days')";
    chat.outside().await.execute(age).await.expect("a change");
    assert_eq!(browser.handle().await.as_deref(), Some("ann"));
    let age =
        "update sessions set last_used_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-31 days')";
    chat.outside().await.execute(age).await.expect("a change");
    let has_ended = async || browser.handle().await.is_none();
    until_told("the session ends", WITHIN, has_ended).await;
    // Tokens of programs do not end by idleness.
    bot.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_token_ends_at_its_time_with_its_streams() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let at = chrono::DateTime::from_timestamp(4_000_000_000, 0).expect("a time");
    let body = json!({ "name": "bot", "expires_at": at.to_rfc3339() });
    let created = ann.send(Method::POST, "/api/v1/me/tokens", body).await;
    let token = created.expect(201).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let bot = chat.known("ann", &token);
    let mut stream = bot.stream("").await;
    let expire = "update sessions set expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') where expires_at is not null";
    chat.outside()
        .await
        .execute(expire)
        .await
        .expect("a change");
    assert_eq!(stream.farewell().await.0, "signed-out");
    bot.get("/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn the_last_use_is_stored_without_a_write_per_request() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    chat.stop().await;
    let age = "update sessions set last_used_at = '2026-01-01T00:00:00.000Z'";
    chat.outside().await.execute(age).await.expect("a change");
    chat.go_on().await;
    let ann = chat.known("ann", ann.token());
    for _ in 0..5 {
        ann.get("/api/v1/me").await.expect(200);
    }
    let last_used = async |chat: &Chat| -> String {
        let mut file = chat.outside().await;
        let found = sqlx::query_scalar("select last_used_at from sessions");
        found.fetch_one(&mut file).await.expect("a session")
    };
    assert_eq!(last_used(&chat).await, "2026-01-01T00:00:00.000Z");
    chat.stop().await;
    assert_ne!(last_used(&chat).await, "2026-01-01T00:00:00.000Z");
}

#[tokio::test]
async fn nothing_is_delivered_after_the_end_of_a_token() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let at = now().to_utc() + chrono::TimeDelta::milliseconds(1_500);
    let body = json!({ "name": "bot", "expires_at": at.to_rfc3339() });
    let created = ann.send(Method::POST, "/api/v1/me/tokens", body).await;
    let token = created.expect(201).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let mut stream = chat.known("ann", &token).stream("").await;
    assert_eq!(stream.farewell().await.0, "signed-out");
    let late = (now().to_utc() - at).num_milliseconds();
    // The check that deletes what has expired runs every two seconds.
    assert!((-50..1_000).contains(&late), "{late} ms");
}
