//! When the disk cannot be written to.

use crate::support::chat::Chat;
use serde_json::json;
use std::time::{Duration, Instant};

/// More than may wait (1,024, and up to 256 that are in hand).
const POSTS: usize = 1500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_is_answered_at_once_and_what_was_refused_is_not_stored() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "start").await;
    let mut outside = chat.outside().await;
    sqlx::query("begin immediate")
        .execute(&mut outside)
        .await
        .unwrap();
    let posts: Vec<_> = (0..POSTS)
        .map(|n| {
            let ann = ann.clone();
            tokio::spawn(async move {
                let body = format!("{n}");
                (ann.try_post("general", json!({ "body": body })).await, body)
            })
        })
        .collect();
    let began = Instant::now();
    while posts.iter().filter(|post| post.is_finished()).count() < 10 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "nobody is told that the queue is full"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(
        ann.history("general", "").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "reading goes on"
    );
    sqlx::query("rollback").execute(&mut outside).await.unwrap();
    let mut accepted = Vec::new();
    let mut refused = 0;
    for post in posts {
        let (answer, body) = post.await.unwrap();
        if answer.status == 201 {
            accepted.push(body);
        } else {
            answer.problem(503);
            assert!(
                answer.header("retry-after").parse::<u32>().is_ok(),
                "{:?}",
                answer.headers
            );
            refused += 1;
        }
    }
    assert!(refused >= 10 && !accepted.is_empty(), "{refused} refused");
    ann.post("general", "end").await;
    let mut stream = ann.stream_of("general", "after=0").await;
    let events = stream.replay().await.0;
    let mut stored: Vec<String> = events
        .iter()
        .filter(|block| block.event == "message")
        .map(|block| block.json()["message"]["body"].as_str().unwrap().to_owned())
        .collect();
    let mut wanted = [vec!["start".to_owned(), "end".to_owned()], accepted].concat();
    stored.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(stored, wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refused_change_does_not_harm_those_committed_with_it() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let of_bob = bob.post("general", "bob's").await;
    // While the file is locked everything waits, and goes into one transaction afterwards.
    let mut outside = chat.outside().await;
    sqlx::query("begin immediate")
        .execute(&mut outside)
        .await
        .unwrap();
    let mut waiting = Vec::new();
    for n in 0..120 {
        let ann = ann.clone();
        waiting.push(tokio::spawn(async move {
            match n % 6 {
                0 => (
                    201,
                    ann.try_post("general", json!({ "body": "fine" })).await,
                ),
                1 => (
                    409,
                    ann.try_post(
                        "general",
                        json!({ "body": format!("{n}"), "nonce": "same" }),
                    )
                    .await,
                ),
                2 => (
                    422,
                    ann.try_post(
                        "general",
                        json!({ "body": "no such message", "reply_to": 999_999 }),
                    )
                    .await,
                ),
                3 => (403, ann.edit("general", of_bob, "not mine").await),
                4 => (
                    404,
                    ann.try_post("nowhere", json!({ "body": "lost" })).await,
                ),
                _ => (
                    409,
                    ann.send(
                        reqwest::Method::POST,
                        "/api/v1/rooms",
                        json!({ "slug": "general", "name": "General" }),
                    )
                    .await,
                ),
            }
        }));
    }
    // Ask until the posts have reached the queue: what was handed in later waits behind them.
    tokio::time::timeout(
        Duration::from_millis(300),
        ann.try_post("general", json!({ "body": "last" })),
    )
    .await
    .unwrap_err();
    sqlx::query("rollback").execute(&mut outside).await.unwrap();
    let mut nonce_taken = 0;
    for (n, one) in waiting.into_iter().enumerate() {
        let (wanted, answer) = one.await.unwrap();
        nonce_taken += usize::from(n % 6 == 1 && answer.status == 201);
        assert!(
            answer.status == wanted || (n % 6 == 1 && answer.status == 201),
            "{n}: {wanted}, {}",
            answer.text
        );
    }
    assert_eq!(
        nonce_taken, 1,
        "of those under one nonce the first one counts"
    );
    assert_eq!(
        ann.history("general", "limit=200&author=ann").await["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|message| message["body"] == "fine")
            .count(),
        20
    );
    assert_eq!(
        ann.see(&format!("/api/v1/rooms/general/messages/{of_bob}"))
            .await["body"],
        "bob's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_at_its_commit_was_never_shown_to_anybody() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    ann.post("general", "start").await;
    // Makes the commit of one message fail, and only the commit: the reference is checked there.
    let mut outside = chat.outside().await;
    for statement in [
        "create table poison (event integer references events (id) deferrable initially deferred)",
        "create trigger poisoned after insert on messages when new.body = 'poison' begin insert into poison values (-1); end",
    ] {
        sqlx::query(statement).execute(&mut outside).await.unwrap();
    }
    let mut streams = [bob.stream("").await, bob.stream_of("general", "").await];
    sqlx::query("begin immediate")
        .execute(&mut outside)
        .await
        .unwrap();
    let waiting: Vec<_> = (0..30)
        .map(|n| {
            let ann = ann.clone();
            let body = if n % 10 == 5 {
                "poison".to_owned()
            } else {
                format!("{n}")
            };
            tokio::spawn(
                async move { (ann.try_post("general", json!({ "body": body })).await, body) },
            )
        })
        .collect();
    tokio::time::timeout(
        Duration::from_millis(200),
        ann.try_post("general", json!({ "body": "last" })),
    )
    .await
    .unwrap_err();
    sqlx::query("rollback").execute(&mut outside).await.unwrap();
    for one in waiting {
        let (answer, body) = one.await.unwrap();
        assert_eq!(
            answer.status,
            if body == "poison" { 503 } else { 201 },
            "{}",
            answer.text
        );
    }
    let end = ann.post("general", "end").await;
    for stream in &mut streams {
        let heard = stream.events_to(end).await;
        let log: Vec<i64> = chat
            .log_of("general")
            .await
            .into_iter()
            .filter(|id| Some(*id) > stream.opening.id())
            .collect();
        assert_eq!(crate::support::stream::ids(&heard), log);
        assert!(
            heard.iter().all(|block| !block.data.contains("poison")),
            "{heard:?}"
        );
    }
    assert_eq!(ann.get("/readyz").await.status, 200);
    chat.restart().await;
    let stored = ann.history("general", "limit=200").await["messages"]
        .as_array()
        .unwrap()
        .len();
    assert!((29..=30).contains(&stored), "{stored}");
}

#[tokio::test]
async fn service_resumes_by_itself_once_the_file_is_free_again() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut stream = ann.stream("").await;
    let mut outside = chat.outside().await;
    sqlx::query("begin immediate")
        .execute(&mut outside)
        .await
        .unwrap();
    let refused = ann
        .try_post("general", json!({ "body": "while locked", "nonce": "n-1" }))
        .await;
    let problem = refused.problem(503);
    assert!(
        !refused.header("retry-after").is_empty() && problem["request_id"].is_string(),
        "{problem}"
    );
    assert!(!refused.text.to_lowercase().contains("sqlite"), "{problem}");
    sqlx::query("rollback").execute(&mut outside).await.unwrap();
    let again = ann
        .try_post("general", json!({ "body": "while locked", "nonce": "n-1" }))
        .await
        .expect(201)
        .json();
    let heard = stream.events_to(again["id"].as_i64().unwrap()).await;
    assert_eq!(
        heard
            .iter()
            .filter(|block| block.event == "message")
            .count(),
        1
    );
}
