//! Cursors in every spelling, right and wrong.

use crate::support::{
    chat::Chat,
    person::Person,
    stream::{Stream, ids},
};

async fn with_header(person: &Person, target: &str, values: &[&str]) -> Stream {
    let mut ask = person.ask(target);
    ask.headers.extend(
        values
            .iter()
            .map(|value| ("last-event-id", (*value).to_owned())),
    );
    Stream::open(&ask).await
}

#[tokio::test]
async fn a_reader_resumes_after_any_event_and_never_hears_it_again() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    bob.add("general", "me").await.expect(204);
    let posted = ann.post_many("general", 30).await;
    bob.react("general", posted[3], "🎉").await.expect(200);
    ann.edit("general", posted[4], "edited").await.expect(200);
    let all = ann.stream("after=0").await.replay().await.0;
    for round in ["from memory", "from the file"] {
        for place in 0..all.len() {
            let cursor = all[place].id().unwrap();
            for mut stream in [
                ann.stream(&format!("after={cursor}")).await,
                with_header(&ann, "/api/v1/events", &[&cursor.to_string()]).await,
            ] {
                if place + 1 == all.len() {
                    assert_eq!(stream.outcome(), "live", "{round}");
                } else {
                    assert_eq!(stream.opening.id(), Some(cursor));
                    assert_eq!(
                        stream.replay().await.0,
                        all[place + 1..],
                        "{round}, after {cursor}"
                    );
                }
            }
        }
        chat.restart().await;
    }
}

#[tokio::test]
async fn a_cursor_between_events_and_before_the_first_is_a_cursor() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    // The event of ann's joining the server lies between, and is seen by nobody.
    let all = ids(&ann.stream("after=0").await.replay().await.0);
    let gap = (1..*all.last().unwrap())
        .find(|id| !all.contains(id))
        .expect("ids have gaps");
    let (after_gap, _) = ann.stream(&format!("after={gap}")).await.replay().await;
    assert_eq!(
        ids(&after_gap),
        all.iter()
            .copied()
            .filter(|id| *id > gap)
            .collect::<Vec<_>>()
    );
    for everything in ["earliest", "0", "0000000000000000"] {
        let mut stream = ann.stream(&format!("after={everything}")).await;
        assert_eq!(
            (stream.outcome().as_str(), stream.opening.id()),
            ("replay", Some(0))
        );
        assert_eq!(ids(&stream.replay().await.0), all, "{everything}");
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_answered_with_a_reset_and_never_with_everything() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    let head = ann.head().await;
    let nines = "9".repeat(8192);
    let odd = [
        "%2B5",
        "+5",
        "%205",
        "5%20",
        "%EF%BC%95",
        "1e3",
        "0x10",
        "-1",
        "5.0",
        "5,6",
        "99999999999999999999",
        "9007199254740992",
        "00000000000000005",
        "all",
        "Earliest",
        "null",
        "NaN",
        "1%00",
        "1%0A",
        "%FF",
        "1-5",
        nines.as_str(),
    ];
    for cursor in odd {
        let stream = ann.stream(&format!("after={cursor}")).await;
        assert_eq!(stream.outcome(), "reset", "{cursor:.40}");
        assert_eq!(stream.opening.id(), Some(head));
    }
    for cursor in [
        "+5",
        "-1",
        "1e3",
        "99999999999999999999",
        "\u{ff15}",
        "5, 6",
        "none",
        nines.as_str(),
    ] {
        let stream = with_header(&ann, "/api/v1/events", &[cursor]).await;
        assert_eq!(stream.outcome(), "reset", "{cursor:.40}");
    }
    let mut stream = ann.stream("after=-1").await;
    let next = ann.post("general", "two").await;
    assert_eq!(
        ids(&stream.events_to(next).await),
        [next],
        "and goes on from the head"
    );
}

#[tokio::test]
async fn an_empty_cursor_is_not_taken_for_the_beginning() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    for stream in [
        ann.stream("after=").await,
        with_header(&ann, "/api/v1/events", &[""]).await,
    ] {
        assert!(
            ["live", "reset"].contains(&stream.outcome().as_str()),
            "{:?}",
            stream.opening
        );
    }
}

#[tokio::test]
async fn two_cursors_are_no_cursor() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let one = ann.post("general", "one").await;
    ann.post("general", "two").await;
    for query in [
        format!("after={one}&after={one}"),
        format!("after={one}&last_event_id=0"),
        format!("lastEventId=0&after={one}"),
    ] {
        assert_eq!(ann.stream(&query).await.outcome(), "reset", "{query}");
    }
    let one = one.to_string();
    assert_eq!(
        with_header(&ann, "/api/v1/events", &[&one, &one])
            .await
            .outcome(),
        "reset"
    );
}

#[tokio::test]
async fn the_header_beats_the_query() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let [one, two, three] = [
        ann.post("general", "1").await,
        ann.post("general", "2").await,
        ann.post("general", "3").await,
    ];
    for target in [
        "/api/v1/events?after=0",
        "/api/v1/rooms/general/events?after=nonsense",
        "/api/v1/events?after=latest",
    ] {
        let mut stream = with_header(&ann, target, &[&one.to_string()]).await;
        assert_eq!(ids(&stream.replay().await.0), [two, three], "{target}");
    }
    let nonsense = with_header(&ann, &format!("/api/v1/events?after={one}"), &["nonsense"]).await;
    assert_eq!(
        nonsense.outcome(),
        "reset",
        "a bad header is not made up for by the query"
    );
}

#[tokio::test]
async fn every_spelling_of_the_parameter_is_understood() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let [one, two] = [
        ann.post("general", "1").await,
        ann.post("general", "2").await,
    ];
    for name in ["after", "last_event_id", "lastEventId"] {
        for mut stream in [
            ann.stream(&format!("{name}={one}")).await,
            ann.stream_of("general", &format!("{name}={one}")).await,
        ] {
            assert_eq!(ids(&stream.replay().await.0), [two], "{name}");
        }
    }
}

#[tokio::test]
async fn a_cursor_ahead_of_the_log_is_answered_with_a_reset() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    let head = ann.head().await;
    for ahead in [head + 1, head + 1000, 999_999_999, (1 << 53) - 1] {
        let mut stream = ann.stream(&format!("after={ahead}")).await;
        assert_eq!(
            (stream.outcome().as_str(), stream.opening.id()),
            ("reset", Some(head))
        );
        let next = ann.post("general", "next").await;
        stream.events_to(next).await;
        if ahead == head + 1 {
            break; // the log has reached it now
        }
    }
    for ahead in [head + 1000, 999_999_999, (1 << 53) - 1] {
        assert_eq!(
            ann.stream_of("general", &format!("after={ahead}"))
                .await
                .outcome(),
            "reset",
            "{ahead}"
        );
    }
}

#[tokio::test]
async fn a_message_that_was_deleted_is_still_a_cursor() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let [one, two] = [
        ann.post("general", "1").await,
        ann.post("general", "2").await,
    ];
    ann.delete("general", one).await.expect(200);
    let head = ann.head().await;
    for _ in 0..2 {
        assert_eq!(
            ids(&ann.stream(&format!("after={one}")).await.replay().await.0),
            [two, head]
        );
        chat.restart().await;
    }
}
