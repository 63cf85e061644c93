//! The formats of a page of history: JSON, lines of JSON, and text.

use super::history::as_type;
use crate::support::{answer::Answer, chat::Chat};
use reqwest::Method;
use serde_json::Value;

const PATH: &str = "/api/v1/rooms/general/messages";

#[tokio::test]
async fn history_comes_as_lines_of_json_and_as_text_too() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "hello").await;
    ann.post("general", "two\nlines").await;
    let gone = ann.post("general", "gone").await;
    ann.delete("general", gone).await.expect(200);
    let json = ann.history("general", "").await["messages"]
        .as_array()
        .unwrap()
        .clone();
    let lines = as_type(&ann, PATH, "application/x-ndjson")
        .await
        .expect(200);
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    assert!(lines.text.ends_with('\n'));
    let read: Vec<Value> = lines
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(read, json);
    let text = as_type(&ann, PATH, "text/plain").await.expect(200);
    assert!(text.header("content-type").starts_with("text/plain"));
    let at = |n: usize| format!("{}Z", &json[n]["at"].as_str().unwrap()[..19]);
    assert_eq!(
        text.text,
        format!(
            "{} <ann> hello\n{} <ann> two\n    lines\n{} <ann> (deleted)\n",
            at(0),
            at(1),
            at(2)
        )
    );
    for accept in [
        "*/*",
        "application/json",
        "text/html, */*;q=0.1",
        "image/png",
    ] {
        let answer = as_type(&ann, PATH, accept).await.expect(200);
        assert!(
            answer
                .header("content-type")
                .starts_with("application/json"),
            "{accept}"
        );
        assert!(
            answer
                .header("vary")
                .to_ascii_lowercase()
                .contains("accept")
        );
    }
}

#[tokio::test]
async fn the_form_of_a_page_is_the_one_that_is_weighed_highest() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for (accept, expected) in [
        ("text/plain;q=0.1, application/json", "application/json"),
        ("text/plain;q=0, */*", "application/json"),
        ("*/*;q=0.1, text/plain", "text/plain; charset=utf-8"),
        ("*/*;q=0.1, application/x-ndjson", "application/x-ndjson"),
        (
            "text/plain;q=0.5, application/x-ndjson;q=0.8",
            "application/x-ndjson",
        ),
        ("Text/Plain", "text/plain; charset=utf-8"),
        ("Zürich, text/plain", "text/plain; charset=utf-8"),
    ] {
        let answer = as_type(&ann, PATH, accept).await.expect(200);
        assert_eq!(answer.header("content-type"), expected, "{accept}");
    }
    let lines = ann
        .request(Method::GET, PATH)
        .header("accept", "application/json;q=0.1")
        .header("accept", "application/x-ndjson");
    let answer = Answer::to(lines).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    as_type(&ann, PATH, "*/*;q=0").await.problem(406);
}
