//! The bytes of a stream.

use crate::support::{
    chat::Chat,
    sse::{Block, Parser},
    stream::{Ask, Stream, ids},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn the_head_says_that_nothing_may_be_kept_or_held_back() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for target in ["/api/v1/events", "/api/v1/rooms/general/events"] {
        let mut ask = ann.ask(target);
        ask.headers
            .push(("accept-encoding", "gzip, br, zstd, deflate".into()));
        ask.headers.push(("accept", "application/json".into()));
        let began = Instant::now();
        let stream = Stream::open(&ask).await;
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "the first bytes leave at once"
        );
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        assert_eq!(
            stream.header("cache-control"),
            Some("no-cache, no-transform")
        );
        assert_eq!(stream.header("x-accel-buffering"), Some("no"));
        for never in [
            "content-length",
            "content-encoding",
            "etag",
            "last-modified",
        ] {
            assert_eq!(stream.header(never), None);
        }
        let mut names: Vec<_> = stream
            .headers
            .iter()
            .map(|header| header.0.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            names.len(),
            stream.headers.len(),
            "each header once: {:?}",
            stream.headers
        );
    }
}

#[tokio::test]
async fn http_1_0_gets_the_same_without_chunks() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let missed = ann.post_many("general", 300).await;
    let target = format!("/api/v1/events?after={}", missed[0]);
    let mut stream = Stream::open(&Ask {
        version: "HTTP/1.0",
        ..ann.ask(&target)
    })
    .await;
    assert_eq!(stream.header("transfer-encoding"), None);
    assert_eq!(ids(&stream.replay().await.0), missed[1..]);
    let next = ann.post("general", "next").await;
    assert_eq!(ids(&stream.events_to(next).await), [next]);
    chat.stop().await;
    assert_eq!(stream.farewell().await.0, "restart");
}

#[tokio::test]
async fn other_methods_are_answered_and_do_not_hang() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for path in ["/api/v1/events", "/api/v1/rooms/general/events"] {
        let head = ann.send(Method::HEAD, path, Value::Null).await.expect(200);
        assert_eq!(
            (head.header("content-type"), head.text.as_str()),
            ("text/event-stream", "")
        );
        assert_eq!(head.header("content-length"), "");
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let answer = ann.send(method, path, Value::Null).await;
            answer.problem(405);
            assert!(
                answer.header("allow").contains("GET"),
                "{:?}",
                answer.headers
            );
        }
    }
    ann.send(Method::POST, "/api/v1/events", json!({}))
        .await
        .problem(405);
    ann.send(Method::HEAD, "/api/v1/rooms/nowhere/events", Value::Null)
        .await
        .expect(404);
}

#[tokio::test]
async fn every_block_has_its_fields_in_order_and_its_data_in_one_line() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut live = ann.stream("").await;
    let start = live.opening.id().unwrap();
    let id = ann.post("general", "one\n\ntwo").await;
    ann.edit("general", id, "data: x\n\nid: 1\n\nevent: y")
        .await
        .expect(200);
    ann.react("general", id, "👍").await.expect(200);
    ann.custom("general", "ci.build", json!({ "a": "b\r\nid: 7\n\n" }))
        .await
        .expect(201);
    let room = ann.create_room("Room", "open").await;
    ann.delete("general", id).await.expect(200);
    let end = ann.post(&room, "end").await;
    let heard = live.events_to(end).await;
    let replayed = ann.stream(&format!("after={start}")).await.replay().await.0;
    assert_eq!(heard.len(), replayed.len());
    for block in heard.iter().chain(&replayed) {
        let wanted: &[&str] = if block.event == "message" {
            &["data", "id"]
        } else {
            &["event", "data", "id"]
        };
        assert_eq!(block.names(), wanted);
        assert!(block.field("data").is_some_and(|data| data.len() < LIMIT));
        assert_eq!(block.json()["id"].as_i64(), block.id());
    }
    chat.stop().await;
    let mut last = None;
    while let Some(block) = live.next().await {
        last = Some(block);
    }
    let bye = last.expect("a stream says goodbye");
    assert_eq!(
        (bye.event.as_str(), bye.names()),
        ("bye", vec!["retry", "event", "data"])
    );
    assert_eq!(bye.last_id, end.to_string(), "the cursor stays where it is");
    assert!((500..=5000).contains(&live.retry().unwrap()));
}

/// Texts that have broken streams elsewhere.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "two\nlines",
        "\n\nblank lines\n\n\n",
        " leading and trailing ",
        "\ttab",
        "data: x",
        "id: 1",
        ": comment",
        "event: bye\n\n",
        "\u{feff}BOM",
        "a\u{2028}b\u{2029}c",
        "👩‍👩‍👧‍👦 emoji",
        "quote \" backslash \\ slash / \\n \\u000a",
        "</script><!--",
        "𝒳 𐍈 中文 العربية",
        "\u{200b}zero\u{200d}width",
        "ends with a newline\n",
        "\u{fffd}\u{ffff}\u{10ffff}",
        "'; drop table messages; --",
        "%00 %0A &#10;",
    ]
    .map(String::from)
    .into();
    texts.push("😀".repeat(8000));
    texts.push("\"".repeat(8000));
    texts.push("\\\n".repeat(3999) + "x");
    texts
}

#[tokio::test]
async fn a_text_arrives_as_it_was_written() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let mut live = ann.stream("").await;
    let texts = odd_texts();
    let mut end = 0;
    for text in &texts {
        end = ann.post("general", text).await;
    }
    let body = |block: &Block| {
        block.json()["message"]["body"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let messages = |blocks: Vec<Block>| -> Vec<String> {
        blocks
            .iter()
            .filter(|block| block.event == "message")
            .map(body)
            .collect()
    };
    assert_eq!(messages(live.events_to(end).await), texts);
    assert_eq!(
        messages(ann.stream(&format!("after={start}")).await.replay().await.0),
        texts
    );
    chat.restart().await;
    let mut stored = ann.stream(&format!("after={start}")).await;
    let blocks = stored.replay().await.0;
    assert!(blocks.iter().all(|block| block.data.len() < LIMIT));
    assert_eq!(messages(blocks), texts);
    let history = ann.history("general", "limit=200").await;
    let shown: Vec<&str> = history["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["body"].as_str().unwrap())
        .collect();
    assert_eq!(shown, texts);
}

#[tokio::test]
async fn a_stream_cut_at_any_byte_shows_nothing_by_halves() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let start = ann.head().await;
    let first = ann.post("general", "first, 汉字 🦀").await;
    ann.edit("general", first, "edited").await.expect(200);
    ann.custom("general", "ci.build", json!([1, { "x": null }]))
        .await
        .expect(201);
    let mut stream = ann.stream(&format!("after={start}&include=html")).await;
    stream.replay().await;
    let body = std::mem::take(&mut stream.body);
    let whole = parse(&body);
    for cut in 0..body.len() {
        let heard = parse(&body[..cut]);
        assert_eq!(heard, whole[..heard.len()], "cut at {cut}");
        // A lenient client takes an unfinished block for one: its cursor must not have moved then.
        let unfinished = parse(&[&body[..cut], b"\n\n"].concat());
        if let Some(last) = unfinished.get(heard.len())
            && !last.last_id.is_empty()
            && last.data != whole[heard.len()].data
        {
            assert_eq!(
                Some(&last.last_id),
                heard.last().map(|block| &block.last_id),
                "cut at {cut}"
            );
        }
    }
}

fn parse(bytes: &[u8]) -> Vec<Block> {
    let mut parser = Parser::default();
    let end = bytes.len()
        - bytes
            .utf8_chunks()
            .last()
            .map_or(0, |chunk| chunk.invalid().len());
    bytes[..end]
        .iter()
        .filter_map(|byte| parser.feed(*byte))
        .collect()
}

#[tokio::test]
async fn names_of_custom_events_cannot_forge_anything() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let mut live = ann.stream("").await;
    let long = format!("a{}", "b".repeat(64));
    let odd = [
        "",
        "A",
        "Message",
        "1x",
        "-x",
        ".x",
        "a b",
        "a\nid: 9",
        "a\r\ndata: x",
        "a\0b",
        "a:b",
        "é",
        "x\u{2028}",
        " x",
        "x ",
        "a/b",
        "message",
        "message-edited",
        "message-deleted",
        "reaction",
        "room",
        "room-deleted",
        "member",
        "hello",
        "caught-up",
        "ping",
        "bye",
        "typing",
        "presence",
        "open",
        "error",
        long.as_str(),
    ];
    for name in odd {
        ann.custom("general", name, json!(1))
            .await
            .fault(422, "type");
    }
    let longest = "a".repeat(64);
    for name in ["x", "ci.build-2_ok", longest.as_str()] {
        let payload = json!({ "id": 9, "event": "bye", "text": "\r\nid: 1\n\n\0" });
        let posted = ann
            .custom("general", name, payload.clone())
            .await
            .expect(201)
            .json();
        let heard = live.event().await;
        assert_eq!(
            (heard.event.as_str(), &heard.json()["payload"]),
            (name, &payload)
        );
        assert_eq!(heard.id(), posted["id"].as_i64());
    }
}
