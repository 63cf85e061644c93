//! Posting, editing and deleting.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::{id_of, message_path},
};
use futures_util::stream;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms/general/messages";

#[tokio::test]
async fn a_post_is_answered_with_the_message_and_where_it_is() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann
        .try_post("general", json!({ "body": "hello" }))
        .await
        .expect(201);
    let message = posted.json();
    let id = id_of(&message);
    assert_eq!(posted.header("location"), message_path("general", id));
    assert_eq!(ann.see(posted.header("location")).await, message);
    assert_eq!(chat.visitor().see(posted.header("location")).await, message);
    let at = message["at"].clone();
    let whole = json!({
        "id": id, "room": "general", "author": { "handle": "ann", "name": "ann" }, "body": "hello", "at": at, "edited_at": null,
        "deleted_at": null, "reply_to": null, "nonce": null, "reactions": []
    });
    assert_eq!(message, whole);
    let answer = ann
        .try_post("general", json!({ "body": "to you", "reply_to": id }))
        .await
        .expect(201)
        .json();
    assert_eq!(answer["reply_to"], id);
}

#[tokio::test]
async fn a_message_may_come_as_json_as_a_form_or_as_text() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let send = async |content_type: &str, body: &str| {
        let request = ann
            .request(Method::POST, PATH)
            .header("content-type", content_type)
            .body(body.to_owned());
        Answer::to(request).await
    };
    let cases = [
        ("application/json", r#"{"body":"a\nb"}"#, "a\nb"),
        (
            "application/json; charset=utf-8",
            r#"{"body":"a","later":1}"#,
            "a",
        ),
        (
            "application/x-www-form-urlencoded",
            "body=a%0D%0Ab+c%0Dd",
            "a\nb c\nd",
        ),
        (
            "APPLICATION/X-WWW-FORM-URLENCODED; charset=UTF-8",
            "body=%F0%9F%98%80&nonce=&reply_to=",
            "😀",
        ),
        ("text/plain", "plain\r\ntext, 100 %", "plain\ntext, 100 %"),
        (
            "text/plain; charset=utf-8",
            " kept as written ",
            " kept as written ",
        ),
    ];
    for (content_type, body, text) in cases {
        assert_eq!(
            send(content_type, body).await.expect(201).json()["body"],
            text,
            "{content_type}"
        );
    }
    for content_type in [
        "application/xml",
        "multipart/form-data; boundary=x",
        "image/png",
        "nonsense",
    ] {
        send(content_type, "body=x").await.problem(415);
    }
    let untyped = ann.request(Method::POST, PATH).body("body=x");
    Answer::to(untyped).await.problem(415);
    for content_type in [
        "text/plain; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded; charset=gbk",
    ] {
        let problem = send(content_type, "body=x").await.problem(415);
        assert!(problem["detail"].as_str().unwrap().contains("UTF-8"));
    }
    for encoding in ["gzip", "deflate, identity"] {
        let request = ann.request(Method::POST, PATH);
        let request = request
            .header("content-type", "text/plain")
            .header("content-encoding", encoding);
        let answer = Answer::to(request.body("x")).await;
        answer.problem(415);
        assert_eq!(answer.header("accept-encoding"), "identity");
    }
    let plain = ann
        .request(Method::POST, PATH)
        .header("content-type", "text/plain; charset=us-ascii")
        .header("content-encoding", "identity");
    Answer::to(plain.body("x")).await.expect(201);
    for broken in ["{", "", "body=x", "{\"body\":\"\u{1}\"}"] {
        send("application/json", broken).await.problem(400);
    }
    let form = "application/x-www-form-urlencoded";
    for (content_type, not_utf8) in [
        ("text/plain", b"\xff\xfe".as_slice()),
        ("application/json", b"{\"body\":\"\xff\"}"),
        (form, b"body=\xff"),
        (form, b"body=a%ffb"),
        (form, b"body=%c3&nonce=%a9"),
    ] {
        let request = ann.request(Method::POST, PATH);
        let request = request.header("content-type", content_type);
        Answer::to(request.body(not_utf8)).await.problem(400);
    }
}

#[tokio::test]
async fn a_text_has_one_to_eight_thousand_characters_and_no_control_characters() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "fine").await;
    let mut refused: Vec<Value> = vec![
        json!(""),
        json!("   \n\t "),
        json!("\u{200b}\u{2800}\n\u{3164}"),
        json!("a".repeat(8001)),
        json!("é".repeat(8001)),
        json!("😀".repeat(8001)),
    ];
    refused.extend(
        (0..0x20)
            .chain(0x7f..0xa0)
            .filter(|c| ![9, 10, 13].contains(c))
            .map(|c: u8| json!(format!("a{}b", char::from(c)))),
    );
    for body in refused {
        ann.try_post("general", json!({ "body": body }))
            .await
            .fault(422, "body");
        ann.send(
            Method::PATCH,
            &message_path("general", id),
            json!({ "body": body }),
        )
        .await
        .fault(422, "body");
    }
    for body in [json!(5), json!(null), json!(["a"]), json!({})] {
        ann.try_post("general", json!({ "body": body }))
            .await
            .fault(422, "body");
    }
    ann.try_post("general", json!({})).await.fault(422, "body");
    ann.try_post("general", json!([])).await.problem(422);
    for body in [
        "a".repeat(8000),
        "😀".repeat(8000),
        format!("  {}\n", "b".repeat(8000)),
        "tab\tand\nnewline".into(),
    ] {
        let kept = ann
            .try_post("general", json!({ "body": body }))
            .await
            .expect(201)
            .json();
        assert_eq!(kept["body"], body);
    }
    ann.try_post("general", json!({ "body": "x".repeat(300_000) }))
        .await
        .problem(413);
    let chunked = reqwest::Body::wrap_stream(stream::iter(
        (0..60).map(|_| Ok::<_, std::io::Error>("y".repeat(10_000))),
    ));
    let request = ann
        .request(Method::POST, PATH)
        .header("content-type", "text/plain")
        .body(chunked);
    Answer::to(request).await.problem(413);
    assert_eq!(
        ann.history("general", "").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[tokio::test]
async fn a_post_after_somebody_joined_the_server_takes_the_next_id() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    let before = ann.post("general", "two").await;
    chat.join("bob").await;
    let after = ann.post("general", "three").await;
    assert_eq!(
        after,
        before + 3,
        "between them somebody came, of which nobody is told, and joined this room"
    );
}

#[tokio::test]
async fn only_the_author_edits_and_deletes() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let id = ann.post("general", "mine").await;
    bob.edit("general", id, "yours").await.problem(403);
    bob.delete("general", id).await.problem(403);
    chat.visitor()
        .edit("general", id, "ours")
        .await
        .problem(401);
    chat.visitor().delete("general", id).await.problem(401);
    assert_eq!(ann.see(&message_path("general", id)).await["body"], "mine");

    let before = ann.head().await;
    let edited = ann
        .edit("general", id, "mine, still")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&edited["body"], edited["edited_at"].is_string()),
        (&json!("mine, still"), true)
    );
    let once = ann.head().await;
    assert!(once > before);
    ann.edit("general", id, "mine, still").await.expect(200);
    assert_eq!(
        ann.head().await,
        once,
        "an edit that changes nothing is no event"
    );

    let deleted = ann.delete("general", id).await.expect(200).json();
    assert!(
        deleted.get("body").is_none() && deleted["deleted_at"].is_string(),
        "{deleted}"
    );
    let gone = ann.head().await;
    ann.delete("general", id).await.expect(200);
    assert_eq!(ann.head().await, gone, "nor is deleting twice");
    ann.edit("general", id, "back").await.problem(409);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let room = ann.create_room("Other", "open").await;
    let id = ann.post("general", "here").await;
    for missing in [
        "0",
        "999999",
        "-1",
        "+1",
        "1e3",
        "abc",
        "9007199254740993",
        "%31%20",
        "１",
    ] {
        let path = format!("{PATH}/{missing}");
        ann.get(&path).await.problem(404);
        ann.send(Method::PATCH, &path, json!({ "body": "x" }))
            .await
            .problem(404);
        ann.send(Method::DELETE, &path, Value::Null)
            .await
            .problem(404);
    }
    ann.edit(&room, id, "x").await.problem(404);
    ann.delete(&room, id).await.problem(404);
    ann.try_post(&room, json!({ "body": "x", "reply_to": id }))
        .await
        .fault(422, "reply_to");
    ann.try_post("general", json!({ "body": "x", "reply_to": 999_999 }))
        .await
        .fault(422, "reply_to");
    ann.try_post("nowhere", json!({ "body": "x" }))
        .await
        .problem(404);
    chat.visitor()
        .try_post("general", json!({ "body": "x" }))
        .await
        .problem(401);
}

#[tokio::test]
async fn line_breaks_are_stored_as_line_feeds_whatever_the_content_type() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for (content_type, sent) in [
        ("application/json", r#"{"body":"a\r\nb\rc"}"#),
        ("application/x-www-form-urlencoded", "body=a%0D%0Ab%0Dc"),
        ("text/plain", "a\r\nb\rc"),
    ] {
        let mut bodies = Vec::new();
        let id = ann.post("general", "first").await;
        for (method, path) in [
            (Method::POST, PATH.to_owned()),
            (Method::PATCH, message_path("general", id)),
        ] {
            let request = ann
                .request(method, &path)
                .header("content-type", content_type);
            bodies.push(Answer::to(request.body(sent)).await.json()["body"].clone());
        }
        assert_eq!(bodies, ["a\nb\nc", "a\nb\nc"], "{content_type}");
    }
}

#[tokio::test]
async fn an_id_is_the_same_number_however_it_is_spelled() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "first").await;
    for spelled in [
        format!("{id}"),
        format!("{id}.0"),
        format!("{id}e0"),
        format!("\"{id}\""),
    ] {
        let request = ann
            .request(Method::POST, PATH)
            .header("content-type", "application/json");
        let sent = format!(r#"{{"body":"an answer","reply_to":{spelled}}}"#);
        let answer = Answer::to(request.body(sent)).await.expect(201).json();
        assert_eq!(answer["reply_to"], id, "{spelled}");
    }
}

#[tokio::test]
async fn a_post_asks_for_its_row_however_often_it_says_so() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for (query, has_row) in [
        ("", false),
        ("?include=html", true),
        ("?include=html&include=html", true),
        ("?include=other&include=html", true),
        ("?include=other&include=", false),
    ] {
        let request = ann.request(Method::POST, &format!("{PATH}{query}"));
        let request = request.json(&json!({ "body": "hello" }));
        let message = Answer::to(request).await.expect(201).json();
        assert_eq!(message["html"].is_string(), has_row, "{query}");
    }
}
