//! What is typed stays a value, and a text.

use crate::support::chat::Chat;
use reqwest::Method;
use serde_json::json;

/// Rocket.Chat, CVE-2021-22911, CVE-2026-45688, CVE-2026-45689 and CVE-2026-29198: values became operators of queries.
#[tokio::test]
async fn a_value_is_never_an_operator() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let secret = ann.create_room("Secret", "closed").await;
    ann.post(&secret, "nobody else's").await;
    let bob = chat.join("bob").await;
    for value in [
        json!({ "$ne": null }),
        json!({ "$regex": ".*" }),
        json!([]),
        json!([["ann"]]),
        json!(true),
        json!({}),
    ] {
        for (path, field) in [
            ("/api/v1/sign-in", "handle"),
            ("/api/v1/sign-in", "password"),
            ("/api/v1/join", "handle"),
            ("/api/v1/rooms", "name"),
            ("/api/v1/direct", "handles"),
            ("/api/v1/rooms/general/messages", "body"),
            ("/api/v1/rooms/general/messages", "reply_to"),
        ] {
            let mut body = json!({ "handle": "ann", "password": "two cups", "name": "x", "body": "x", "handles": ["ann"] });
            body[field] = value.clone();
            let answer = bob.send(Method::POST, path, body).await;
            assert!(
                (400..500).contains(&answer.status),
                "{path} {field} {value}: {}",
                answer.status
            );
        }
    }
    for text in [
        "' or '1'='1",
        "%",
        "_",
        "*",
        "x\" or 1=1 --",
        "general') union select 1 --",
        "\\",
        "[a-z]",
        "ann*",
        "an_",
        "%nn",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for path in [
            format!("/api/v1/rooms/{encoded}"),
            format!("/api/v1/users/{encoded}"),
            format!("/api/v1/rooms/general/messages?author={encoded}"),
            format!("/api/v1/events?room={encoded}"),
            format!("/people/{encoded}"),
            format!("/api/v1/rooms?after={encoded}"),
        ] {
            let answer = bob.get(&path).await;
            assert!(
                answer.status < 500
                    && !answer.text.contains("nobody else's")
                    && !answer.text.contains(&secret),
                "{path}: {}",
                answer.text
            );
        }
        let found = bob.see(&format!("/api/v1/users?q={encoded}")).await;
        assert_eq!(
            found["users"].as_array().map(Vec::len),
            Some(0),
            "{text}: {found}"
        );
        let refused = json!({ "handle": text, "password": text });
        bob.send(Method::POST, "/api/v1/sign-in", refused)
            .await
            .problem(422);
    }
}

/// Zulip, CVE-2018-9986 and CVE-2026-24050: a second renderer, in the browser, was less careful than the first.
#[test]
fn scripts_make_markup_only_of_what_the_server_has_rendered() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/js");
    let mut uses = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "parseFromString",
            "createContextualFragment",
            "document.write",
            "setHTML",
            "eval(",
            "new Function",
            "srcdoc",
            "setAttribute(\"on",
            "javascript:",
        ] {
            let count = text.matches(word).count();
            if count > 0 {
                uses.push(format!("{} {word} {count}", file.file_name().display()));
            }
        }
    }
    uses.sort_unstable();
    // Of rendered rows and their lines about threads; of the server's own pages; and a number, with a word of the catalog.
    assert_eq!(
        uses,
        [
            "history.js insertAdjacentHTML 1",
            "http.js parseFromString 1",
            "inbox.js parseFromString 1",
            "room_list.js insertAdjacentHTML 1",
            "room_list.js parseFromString 1",
            "rows.js innerHTML 1",
        ]
    );
}
