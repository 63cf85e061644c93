//! Floods of guesses and requests cost others nothing that grows with the flood.

use crate::support::{answer::Answer, chat::Chat};
use backscroll::config::rates::Rates;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use reqwest::Method;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Each takes a hash, which takes long.
const GUESSES: usize = 120;
/// Fewer than the server refuses as too many at once.
const AT_ONCE: usize = 60;
const POSTS: usize = 20;

/// A hash takes long, and each post waits for a few of them at most, not for all.
#[tokio::test]
async fn posts_overtake_guesses() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let answered = AtomicUsize::new(0);
    let guess = async |number: usize| {
        let body =
            json!({ "handle": format!("person{number}"), "password": "a guess that is wrong" });
        let visitor = chat.visitor();
        let request = visitor.request(Method::POST, "/api/v1/sign-in").json(&body);
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answered.fetch_add(1, Ordering::Relaxed);
    };
    let guesses = async {
        let mut running = FuturesUnordered::new();
        for number in 0..GUESSES {
            running.push(guess(number));
            if running.len() >= AT_ONCE {
                running.next().await;
            }
        }
        while running.next().await.is_some() {}
    };
    let posts = async {
        for number in 0..POSTS {
            ann.post("general", &format!("post {number}")).await;
        }
        answered.load(Ordering::Relaxed)
    };
    let ((), answered_before) = tokio::join!(guesses, posts);
    assert!(
        answered_before < GUESSES,
        "{POSTS} posts were not done before all guesses"
    );
    assert_eq!(
        ann.history("general", "limit=50").await["messages"]
            .as_array()
            .map(Vec::len),
        Some(POSTS)
    );
}

/// What a flood is refused leaves nothing behind: no row, no event, no file that grows.
#[tokio::test]
async fn what_a_flood_is_refused_leaves_nothing_in_the_file() {
    let chat = Chat::start_with(|config| config.rates = Rates::default()).await;
    let ann = chat.join("ann").await;
    let attempts = [
        ("/api/v1/join", json!({ "handle": "flood" })),
        (
            "/api/v1/sign-in",
            json!({ "handle": "ann", "password": "a guess that is wrong" }),
        ),
        ("/api/v1/rooms/general/messages", json!({ "body": "flood" })),
        ("/api/v1/rooms", json!({ "name": "flood" })),
    ];
    // Beyond the bursts, of which a rate lets a few more pass.
    let send = async |path: &str, number: usize| {
        let mut body = attempts
            .iter()
            .find(|attempt| attempt.0 == path)
            .expect("one of them")
            .1
            .clone();
        for field in ["handle", "name"] {
            if path != "/api/v1/sign-in" && body.get(field).is_some() {
                body[field] = json!(format!("flood{number}"));
            }
        }
        ann.send(Method::POST, path, body).await
    };
    for (path, _) in &attempts {
        for number in 0..200 {
            if send(path, number).await.status == 429 {
                break;
            }
        }
    }
    let rows = async || -> i64 {
        let rows = "select (select count(*) from users) + (select count(*) from sessions) + (select count(*) from rooms)
            + (select count(*) from events) + (select count(*) from audit)";
        let rows = sqlx::query_scalar(rows)
            .fetch_one(&mut chat.outside().await)
            .await;
        rows.expect("valid SQL")
    };
    let before = rows().await;
    let mut refused = 0;
    for number in 0..300 {
        let (path, _) = &attempts[number % attempts.len()];
        let answer = send(path, 1000 + number).await;
        if answer.status == 429 {
            refused += 1;
            assert!(
                answer
                    .header("retry-after")
                    .parse::<u64>()
                    .is_ok_and(|wait| wait > 0)
            );
        }
    }
    assert!(refused > 200, "{refused}");
    // What the rates let pass meanwhile is counted, and nothing else.
    let passed = 300 - refused;
    assert!(
        rows().await <= before + 4 * passed,
        "{} after {before}",
        rows().await
    );
}
