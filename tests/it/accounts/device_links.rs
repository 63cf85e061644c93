//! One-time links that sign another device in.

use crate::support::{browser::Browser, chat::Chat};
use reqwest::Method;
use serde_json::Value;
use sqlx::Executor as _;

/// Creates a link, and returns its path.
async fn create(chat: &Chat, browser: &Browser<'_>) -> String {
    let page = browser
        .submit("/account/device", &[])
        .await
        .expect(200)
        .text;
    assert!(page.contains("<svg class=\"qr-code\""), "{page}");
    let (_, rest) = page.split_once(&chat.url("")).expect("the link");
    rest.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn a_link_signs_another_device_in_once() {
    let chat = Chat::start().await;
    let laptop = Browser::join(&chat, "ann").await;
    let link = create(&chat, &laptop).await;
    let phone = Browser::new(&chat);
    // Programs that show previews of links open them, perhaps more than once.
    for _ in 0..3 {
        let page = phone.get(&link).await.expect(200);
        assert!(page.text.contains("Sign in as ann"), "{}", page.text);
        assert_eq!(page.header("set-cookie"), "");
    }
    let signed_in = phone.submit(&link, &[]).await.expect(303);
    assert_eq!(signed_in.header("location"), "/");
    assert_eq!(phone.handle().await.as_deref(), Some("ann"));
    assert_ne!(phone.cookie("-backscroll"), laptop.cookie("-backscroll"));
    for path in [&link, "/device/backscroll_x"] {
        let used = Browser::new(&chat);
        assert_eq!(used.get(path).await.status, 404);
        assert_eq!(used.submit(path, &[]).await.status, 404);
    }
}

#[tokio::test]
async fn of_many_who_open_a_link_one_is_signed_in() {
    let chat = Chat::start().await;
    let laptop = Browser::join(&chat, "ann").await;
    let link = create(&chat, &laptop).await;
    let phones: Vec<Browser<'_>> = (0..20).map(|_| Browser::new(&chat)).collect();
    let submitted = phones.iter().map(|phone| phone.submit(&link, &[]));
    let answers = futures_util::future::join_all(submitted).await;
    let signed_in = answers.iter().filter(|answer| answer.status == 303);
    assert_eq!(signed_in.count(), 1);
}

#[tokio::test]
async fn a_link_ends_by_its_successor_or_by_time() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let create = async || {
        let path = "/api/v1/me/device-link";
        let link = ann.send(Method::POST, path, Value::Null).await;
        let link = link.expect(201).json();
        let url = link["url"].as_str().expect("a link");
        url.strip_prefix(&chat.url(""))
            .expect("it is ours")
            .to_owned()
    };
    let (first, second) = (create().await, create().await);
    let phone = Browser::new(&chat);
    assert_eq!(phone.get(&first).await.status, 404);
    phone.get(&second).await.expect(200);
    let expire = "update sign_in_links set expires_at = '2020-01-01T00:00:00.000Z'";
    let expired = chat.outside().await.execute(expire).await;
    expired.expect("the file can be changed");
    assert_eq!(phone.get(&second).await.status, 404);
    assert_eq!(phone.submit(&second, &[]).await.status, 404);
    assert_eq!(phone.handle().await, None);
}

#[tokio::test]
async fn a_link_ends_with_any_session_of_its_account() {
    let chat = Chat::start().await;
    let admin = chat.set_up("ada", "open").await;
    let laptop = Browser::join(&chat, "ann").await;
    let stolen = Browser::new(&chat);
    let link = create(&chat, &laptop).await;
    stolen.submit(&link, &[]).await.expect(303);
    let others = async || {
        let path = "/api/v1/me/sessions";
        let sessions = laptop.send_json(Method::DELETE, path, &Value::Null).await;
        sessions.expect(204);
    };
    let one = async || {
        let sessions = laptop.get("/api/v1/me/sessions").await.expect(200).json();
        let sessions = sessions["sessions"].as_array().expect("a list").clone();
        let other = sessions.iter().find(|session| session["current"] == false);
        let id = other.expect("another one")["id"].as_str().expect("an id");
        let path = format!("/api/v1/me/sessions/{id}");
        let ended = laptop.send_json(Method::DELETE, &path, &Value::Null).await;
        ended.expect(204);
    };
    let link = create(&chat, &stolen).await;
    one().await;
    assert_eq!(Browser::new(&chat).submit(&link, &[]).await.status, 404);
    let link = create(&chat, &laptop).await;
    stolen.submit(&link, &[]).await.expect(303);
    let link = create(&chat, &stolen).await;
    others().await;
    assert_eq!(Browser::new(&chat).submit(&link, &[]).await.status, 404);
    let link = create(&chat, &laptop).await;
    let path = "/api/v1/users/ann/sessions";
    admin
        .send(Method::DELETE, path, Value::Null)
        .await
        .expect(204);
    assert_eq!(Browser::new(&chat).submit(&link, &[]).await.status, 404);
}

#[tokio::test]
async fn a_bot_is_signed_in_on_no_device() {
    let chat = Chat::start().await;
    let bot = chat.join("robot").await;
    let role = "update users set role = 'bot' where handle = 'robot'";
    let changed = chat.outside().await.execute(role).await;
    changed.expect("a change by another program");
    let path = "/api/v1/me/device-link";
    let refused = bot.send(Method::POST, path, Value::Null).await;
    refused.fault(422, "handle");
}
