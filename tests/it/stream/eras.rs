//! A restored backup: ids that were lost with it, and the cursors of those who have seen them.

use crate::support::{chat::Chat, stream::ids};

#[tokio::test]
async fn a_cursor_of_a_lost_future_is_told_so_whatever_the_head_is() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let kept = ann.post("general", "kept").await;
    chat.stop().await;
    let lost = kept + 5000;
    let new_era = chat.begin_era(lost).await;
    chat.go_on().await;
    assert!(new_era > lost);
    let first = ann.post("general", "the first of the era").await;
    assert!(first >= new_era, "{first} is not an id of the new era");
    let mut newest = first;
    for posts in [0, 1000] {
        newest = ann
            .post_many("general", posts)
            .await
            .last()
            .copied()
            .unwrap_or(newest);
        let head = ann.head().await;
        for cursor in [kept + 1, kept + 17, lost, new_era - 1] {
            for stream in [
                ann.stream(&format!("after={cursor}")).await,
                ann.stream_of("general", &format!("after={cursor}")).await,
            ] {
                assert_eq!(
                    (stream.outcome().as_str(), stream.opening.id()),
                    ("reset", Some(head)),
                    "{cursor} after {posts}"
                );
            }
        }
        let mut honest = ann.stream_of("general", &format!("after={kept}")).await;
        assert_eq!(
            honest.outcome(),
            "replay",
            "who had seen nothing of the lost future goes on"
        );
        let told = ids(&honest.replay().await.0);
        assert_eq!(
            (told[0], *told.last().unwrap(), told.len()),
            (first, newest, posts + 1)
        );
    }
}

#[tokio::test]
async fn ids_go_on_rising_from_era_to_era() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut seen = vec![ann.post("general", "0").await];
    for era in 1..4 {
        chat.stop().await;
        chat.begin_era(0).await;
        chat.go_on().await;
        seen.push(ann.post("general", &format!("{era}")).await);
        let joined = chat.join(&format!("person{era}")).await;
        seen.push(joined.post("general", "hello").await);
    }
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    assert!(seen.iter().all(|id| *id < 1 << 53));
    let all = ids(&ann.stream_of("general", "after=0").await.replay().await.0);
    assert_eq!(all, chat.log_of("general").await);
}
