//! A long log: what is near its end is found as fast as in a short one.

use crate::support::{chat::Chat, stream::ids};
use std::time::{Duration, Instant};

#[tokio::test]
async fn resuming_near_the_end_of_a_long_log_is_as_quick_as_in_a_short_one() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let first = ann.post("general", "first").await;
    let resume = async |cursor: i64, wanted: i64| {
        let began = Instant::now();
        for target in ["/api/v1/events", "/api/v1/rooms/general/events"] {
            let target = format!("{target}?after={cursor}&limit_replay=500");
            let mut stream = crate::support::stream::Stream::open(&ann.ask(&target)).await;
            assert_eq!(ids(&stream.replay().await.0), [wanted]);
        }
        began.elapsed()
    };
    let second = ann.post("general", "second").await;
    let short = resume(first, second).await;
    chat.stop().await;
    chat.fill("general", "ann", 100_000).await;
    chat.go_on().await;
    let last = chat.log_of("general").await[100_000..].to_vec();
    let long = resume(last[last.len() - 2], last[last.len() - 1]).await;
    assert!(
        long < short + Duration::from_millis(100),
        "{long:?} in a long log, {short:?} in a short one"
    );
    let began = Instant::now();
    let gap = ann.stream(&format!("after={first}&limit_replay=500")).await;
    assert_eq!(gap.outcome(), "gap");
    assert!(
        began.elapsed() < Duration::from_millis(200),
        "{:?} to count what was missed",
        began.elapsed()
    );
}
