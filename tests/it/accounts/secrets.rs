//! A copy of the file signs nobody in.

use super::{PASSWORD, set_password};
use crate::support::{browser::Browser, chat::Chat};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;

#[tokio::test]
async fn a_dumped_database_holds_nothing_that_signs_anyone_in() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    set_password(&ann, PASSWORD).await;
    let body = json!({ "name": "bot" });
    let token = ann.send(Method::POST, "/api/v1/me/tokens", body).await;
    let path = "/api/v1/me/device-link";
    let link = ann.send(Method::POST, path, Value::Null).await;
    let (token, link) = (token.expect(201).json(), link.expect(201).json());
    let mut secrets = vec![
        PASSWORD.to_owned(),
        ann.token().to_owned(),
        token["token"].as_str().expect("a token").to_owned(),
        link["url"].as_str().expect("a link").to_owned(),
    ];
    {
        let browser = Browser::new(&chat);
        browser.sign_in("ann", PASSWORD).await.expect(303);
        secrets.push(browser.cookie("-backscroll").1);
        secrets.push(browser.cookie("-device").1);
    }
    let mut files = Vec::new();
    for end in ["", "-wal"] {
        let mut path = chat.file().into_os_string();
        path.push(end);
        files.extend(fs::read(path).expect("the file is there"));
    }
    chat.stop().await;
    files.extend(fs::read(chat.file()).expect("the file is there"));
    assert!(memchr::memmem::find(&files, b"$argon2id$").is_some());
    for secret in secrets {
        // Of a link or token, what follows the prefix is secret; it may contain any character of URL-safe Base64.
        let secret = secret
            .rsplit_once("backscroll_")
            .map_or(secret.as_str(), |(_, random)| random);
        let secret = secret.get(..20).unwrap_or(secret);
        assert!(
            memchr::memmem::find(&files, secret.as_bytes()).is_none(),
            "{secret}"
        );
    }
}
