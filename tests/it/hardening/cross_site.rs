//! Pages of other sites change nothing, and open no streams.

use crate::support::{
    answer::Answer,
    browser::Browser,
    chat::Chat,
    person::Person,
    routes::{path_of, routes},
    stream::Stream,
};
use reqwest::Method;
use sqlx::Row as _;
use std::collections::BTreeMap;

const UNSAFE: [Method; 4] = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Headers as browsers send them with requests of other sites.
const FOREIGN: [&[(&str, &str)]; 6] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1")],
];

async fn send(person: &Person, method: &Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = person.request(method.clone(), path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    Answer::to_form(request, &[("body", "x"), ("handle", "eve"), ("name", "x")]).await
}

/// Returns the number of rows of each table, and the number of the last event.
async fn contents(chat: &Chat) -> BTreeMap<String, i64> {
    let mut connection = chat.outside().await;
    let tables = sqlx::query("select name from sqlite_schema where type = 'table'");
    let tables = tables.fetch_all(&mut connection).await.expect("tables");
    let mut contents = BTreeMap::new();
    for table in tables {
        let table: String = table.get(0);
        // The statement is one of the test, not of the program.
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select count(*) + coalesce(max(rowid), 0) from \"{table}\""
        )));
        let count = count.fetch_one(&mut connection).await;
        contents.insert(table, count.unwrap_or_default());
    }
    contents
}

#[tokio::test]
async fn no_request_of_another_site_changes_anything_at_any_address_by_any_method() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let id = ann.post("general", "hello").await;
    let before = contents(&chat).await;
    for route in routes() {
        let path = path_of(route.address, "general", id, "ann");
        for method in UNSAFE {
            for headers in FOREIGN {
                let answer = send(&ann, &method, &path, headers).await;
                assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
                assert!(!answer.headers.contains_key("set-cookie"), "{path}");
            }
        }
    }
    assert_eq!(contents(&chat).await, before);
}

#[tokio::test]
async fn requests_of_the_own_site_and_of_programs_are_not_taken_for_foreign_ones() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let own = chat.url("");
    for headers in [
        &[][..],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", own.as_str())],
        &[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://before.the.proxy"),
        ],
    ] {
        let path = "/api/v1/rooms/general/messages";
        send(&ann, &Method::POST, path, headers).await.expect(201);
        let mut ask = ann.ask("/api/v1/events");
        for (name, value) in headers {
            ask.headers.push((name, (*value).to_owned()));
        }
        Stream::open(&ask).await;
    }
}

/// A link on another page may lead here: reading answers, and has no effects.
#[tokio::test]
async fn no_get_changes_anything_wherever_it_comes_from() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let id = ann.post("general", "hello").await;
    let browser = Browser::join(&chat, "bob").await;
    let before = contents(&chat).await;
    for route in routes() {
        if route.address.ends_with("/events") {
            continue;
        }
        let path = path_of(route.address, "general", id, "ann");
        for headers in [FOREIGN[0], &[]] {
            for method in [Method::GET, Method::HEAD] {
                let answer = send(&ann, &method, &path, headers).await;
                assert!(answer.status < 500, "{method} {path}: {}", answer.status);
            }
        }
        browser.get(&path).await;
    }
    assert_eq!(contents(&chat).await, before);
    assert_eq!(browser.handle().await.as_deref(), Some("bob"));
}

/// A page elsewhere cannot use up the streams of whoever looks at it.
#[tokio::test]
async fn another_site_opens_no_stream() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in [
        "/api/v1/events",
        "/api/v1/rooms/general/events",
        "/api/v1/rooms/nowhere/events",
    ] {
        for headers in FOREIGN {
            for person in [&ann, &chat.visitor()] {
                let answer = send(person, &Method::GET, path, headers).await;
                assert_eq!(answer.problem(403)["code"], "other-site", "{path}");
            }
        }
    }
}
