//! A silent stream shows that it is alive, and moves its reader's cursor.

use crate::support::chat::Chat;
use std::time::{Duration, Instant};

#[tokio::test]
async fn after_fifteen_silent_seconds_a_ping_tells_nothing_of_what_is_not_seen() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let closed = ann.create_room("Closed", "closed").await;
    let mut stream = bob.stream("").await;
    let opened = Instant::now();
    ann.post(&closed, "not for bob").await;
    let head = stream.opening.id().expect("a cursor");
    assert!(ann.head().await > head);
    let ping = stream.next().await.expect("the stream goes on");
    let silent = opened.elapsed();
    assert_eq!(
        (ping.event.as_str(), ping.names()),
        ("ping", vec!["event", "data", "id"])
    );
    assert_eq!(ping.json()["head"], head);
    assert_eq!(ping.id(), Some(head));
    assert!(
        (Duration::from_secs(14)..Duration::from_secs(20)).contains(&silent),
        "{silent:?}"
    );
    let again = bob.stream(&format!("after={}", ping.last_id)).await;
    assert_eq!(again.outcome(), "live");
}
