//! Where replay and live meet there is no seam: each reader receives every event once, in order.

use crate::support::{chat::Chat, person::Person, stream::ids};
use std::time::{Duration, Instant};

/// Reads on through a connection up to an id; then, where the reader is a nervous one, through the next.
async fn read_in_pieces(
    person: Person,
    target: String,
    from: i64,
    to: i64,
    piece: usize,
) -> Vec<i64> {
    let mut heard: Vec<i64> = Vec::new();
    while heard.last() != Some(&to) {
        let cursor = heard.last().copied().unwrap_or(from);
        let mut stream =
            crate::support::stream::Stream::open(&person.ask(&format!("{target}?after={cursor}")))
                .await;
        assert_eq!(stream.opening.id(), Some(cursor));
        for _ in 0..piece {
            heard.extend(stream.event().await.id());
            if heard.last() == Some(&to) {
                break;
            }
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_joins_while_others_post_misses_nothing_and_hears_nothing_twice() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    let other = ann.create_room("Other", "open").await;
    let posters: Vec<_> = (0..6)
        .map(|n| {
            let (ann, room) = (
                ann.clone(),
                if n % 3 == 0 {
                    other.clone()
                } else {
                    "general".into()
                },
            );
            tokio::spawn(async move {
                for m in 0..80 {
                    ann.post(&room, &format!("{n}.{m}")).await;
                }
            })
        })
        .collect();
    // Every reader joins at a moment of its own, at a place of its own; what it hears is judged at the end.
    let mut readers = Vec::new();
    while !posters.iter().all(tokio::task::JoinHandle::is_finished) {
        let from = if readers.len() % 4 == 0 {
            start
        } else {
            ann.head().await
        };
        let everything = readers.len() % 2 == 0;
        let target = if everything {
            "/api/v1/events"
        } else {
            "/api/v1/rooms/general/events"
        };
        let stream =
            crate::support::stream::Stream::open(&ann.ask(&format!("{target}?after={from}"))).await;
        readers.push((from, everything, stream));
    }
    for poster in posters {
        poster.await.unwrap();
    }
    let end = ann.post("general", "end").await;
    let log = chat.log().await;
    assert!(readers.len() > 20, "{}", readers.len());
    for (from, everything, mut stream) in readers {
        let heard = ids(&stream.events_to(end).await);
        let wanted = log.iter().filter(|event| {
            event.id > from
                && (event.room.as_deref() == Some("general")
                    || (everything && event.room.is_some()))
        });
        assert_eq!(
            heard,
            wanted.map(|event| event.id).collect::<Vec<_>>(),
            "after {from}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_cut_off_again_and_again_ends_with_the_whole_log() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let posting = tokio::spawn({
        let ann = ann.clone();
        async move { ann.post_many("general", 400).await }
    });
    let last = posting.await.unwrap()[399];
    let more = tokio::spawn({
        let ann = ann.clone();
        async move { ann.post_many("general", 300).await }
    });
    let readers: Vec<_> = [1, 3, 7, 20, 50, 399]
        .map(|piece| {
            tokio::spawn(read_in_pieces(
                ann.clone(),
                "/api/v1/rooms/general/events".into(),
                start,
                last,
                piece,
            ))
        })
        .into_iter()
        .collect();
    let log = chat
        .log_of("general")
        .await
        .into_iter()
        .filter(|id| (start + 1..=last).contains(id))
        .collect::<Vec<_>>();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), log);
    }
    more.await.unwrap();
}

#[tokio::test]
async fn two_readers_with_cursors_far_apart_do_not_disturb_each_other() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann.post_many("general", 1500).await;
    let mut far = ann
        .stream_of("general", &format!("after={}", posted[0]))
        .await;
    let mut near = ann
        .stream_of("general", &format!("after={}", posted[1490]))
        .await;
    let next = ann.post("general", "next").await;
    assert_eq!(
        ids(&near.events_to(next).await),
        [&posted[1491..], &[next]].concat()
    );
    assert_eq!(
        ids(&far.events_to(next).await),
        [&posted[1..], &[next]].concat()
    );
}

#[tokio::test]
async fn ten_thousand_missed_events_come_through_one_connection() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.post("general", "start").await;
    chat.stop().await;
    chat.fill("general", "ann", 10_000).await;
    chat.go_on().await;
    let mut stream = ann.stream(&format!("after={start}")).await;
    let (events, caught_up) = stream.replay().await;
    assert_eq!(
        ids(&events),
        chat.log_of("general")
            .await
            .into_iter()
            .filter(|id| *id > start)
            .collect::<Vec<_>>()
    );
    assert_eq!(
        (events.len(), caught_up.json()["messages"].as_i64()),
        (10_000, Some(10_000))
    );
    let next = ann.post("general", "next").await;
    assert_eq!(ids(&stream.events_to(next).await), [next]);
}

#[tokio::test]
async fn after_a_restart_everything_missed_comes_before_anybody_posts() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann.post_many("general", 600).await;
    chat.restart().await;
    let mut everything = ann.stream(&format!("after={}", posted[9])).await;
    assert_eq!(ids(&everything.replay().await.0), posted[10..]);
    let mut room = ann
        .stream_of("general", &format!("after={}", posted[598]))
        .await;
    assert_eq!(ids(&room.replay().await.0), posted[599..]);
}

#[tokio::test]
async fn ids_rise_across_deletes_and_restarts() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut last = 0;
    for round in 0..3 {
        let id = ann.post("general", &format!("{round}")).await;
        assert!(id > last);
        ann.delete("general", id).await.expect(200);
        last = ann.head().await;
        assert!(last > id);
        chat.restart().await;
        assert_eq!(ann.head().await, last);
    }
    // Even where somebody takes the newest rows out of the file.
    chat.stop().await;
    let mut file = chat.outside().await;
    sqlx::query("delete from events where id = ?")
        .bind(last)
        .execute(&mut file)
        .await
        .unwrap();
    sqlx::Connection::close(file).await.unwrap();
    chat.go_on().await;
    assert!(ann.post("general", "new").await > last);
}

#[tokio::test]
async fn what_a_reader_may_not_see_does_not_hold_its_cursor_back() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let closed = ann.create_room("Closed", "closed").await;
    let start = ann.post("general", "start").await;
    chat.stop().await;
    chat.fill(&closed, "ann", 10_000).await;
    chat.go_on().await;
    let head = ann.head().await;

    let began = Instant::now();
    let (seen, _) = ann.stream(&format!("after={start}")).await.replay().await;
    let visible = began.elapsed();
    assert_eq!(seen.len(), 10_000);

    let began = Instant::now();
    let opened = bob.stream(&format!("after={start}")).await;
    let invisible = began.elapsed();
    assert_eq!(opened.outcome(), "live");
    assert_eq!(opened.opening.id(), Some(start));
    assert!(head > start, "nothing tells so");
    assert!(
        invisible < visible.max(Duration::from_millis(500)),
        "{invisible:?} for nothing, {visible:?} for everything"
    );
}

#[tokio::test]
async fn a_page_and_the_stream_opened_at_its_cursor_meet() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post_many("general", 10).await;
    for round in 0..20 {
        let posting = tokio::spawn({
            let ann = ann.clone();
            async move {
                ann.post("general", &format!("while the page loads {round}"))
                    .await
            }
        });
        let page = ann.history("general", "limit=200").await;
        let (head, messages) = (
            page["head"].as_i64().unwrap(),
            page["messages"].as_array().unwrap(),
        );
        let during = posting.await.unwrap();
        let end = ann.post("general", "end").await;
        let mut stream = ann.stream_of("general", &format!("after={head}")).await;
        let streamed = ids(&stream.events_to(end).await);
        let shown: Vec<i64> = messages
            .iter()
            .map(|message| message["id"].as_i64().unwrap())
            .collect();
        let both: Vec<i64> = shown.iter().chain(&streamed).copied().collect();
        assert!(both.is_sorted_by(|a, b| a < b), "{both:?}");
        assert!(both.contains(&during));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_does_not_read_delays_nobody_and_then_has_everything() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let mut stuck = ann.stream_of("general", "").await;
    let mut awake = ann.stream_of("general", "").await;
    let text = "long ".repeat(1500);
    let mut slowest = Duration::ZERO;
    let mut last = 0;
    for _ in 0..800 {
        let began = Instant::now();
        last = ann.post("general", &text).await;
        slowest = slowest.max(began.elapsed());
        awake.events_to(last).await;
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let heard = ids(&stuck.events_to(last).await);
    assert_eq!(
        heard,
        chat.log_of("general")
            .await
            .into_iter()
            .filter(|id| *id > start)
            .collect::<Vec<_>>()
    );
}
