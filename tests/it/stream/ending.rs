//! The server stops: every stream is told, and everybody comes back to all that they missed.

use crate::support::{chat::Chat, stream::ids};
use std::time::{Duration, Instant};

const STREAMS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_ends_every_stream_properly_and_at_once() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "before").await;
    let mut streams = Vec::new();
    for n in 0..STREAMS {
        streams.push(if n % 2 == 0 {
            ann.stream("").await
        } else {
            ann.stream_of("general", "").await
        });
    }
    let posted = ann.post_many("general", 20).await;
    let began = Instant::now();
    chat.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    let mut retries = Vec::new();
    for stream in &mut streams {
        let (reason, before) = stream.farewell().await;
        assert_eq!(reason, "restart");
        let told = ids(&before);
        assert_eq!(told, posted[..told.len()], "a prefix of the log");
        retries.push(stream.retry().unwrap());
    }
    assert!(
        retries.iter().all(|retry| (500..=5000).contains(retry)),
        "{retries:?}"
    );
    let half = retries.iter().filter(|retry| **retry < 2750).count();
    assert!(
        (STREAMS / 4..STREAMS * 3 / 4).contains(&half),
        "they would come back together: {retries:?}"
    );
    chat.go_on().await;
    assert_eq!(
        ids(&ann.stream(&format!("after={start}")).await.replay().await.0),
        posted
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_answered_while_the_server_stops_is_stored() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut answered = Vec::new();
    for round in 0..5 {
        let posting: Vec<_> = (0..8)
            .map(|n| {
                let ann = ann.clone();
                tokio::spawn(async move {
                    let mut stored = Vec::new();
                    for m in 0.. {
                        let path = "/api/v1/rooms/general/messages";
                        let body = serde_json::json!({ "body": format!("{round}.{n}.{m}") });
                        let Ok(response) = ann
                            .request(reqwest::Method::POST, path)
                            .json(&body)
                            .send()
                            .await
                        else {
                            break;
                        };
                        if response.status() != 201 {
                            break;
                        }
                        let Ok(message) = response.json::<serde_json::Value>().await else {
                            break;
                        };
                        stored.push(crate::support::person::id_of(&message));
                    }
                    stored
                })
            })
            .collect();
        // Stops once they have got going.
        let before = ann.head().await;
        while ann.head().await < before + 20 {}
        chat.stop().await;
        for posting in posting {
            answered.extend(posting.await.unwrap());
        }
        chat.go_on().await;
    }
    let log = chat.log_of("general").await;
    let lost: Vec<&i64> = answered.iter().filter(|id| !log.contains(id)).collect();
    assert!(
        lost.is_empty() && answered.len() > 100,
        "{lost:?} of {}",
        answered.len()
    );
}
