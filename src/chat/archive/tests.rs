//! Lines of archives that are accepted, cleaned or refused.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(fields: &str) -> Result<Line, String> {
    Line::read(&format!(
        r#"{{"room":"r","author":"ann","at":"2004-12-25T09:14:00Z","body":"hi"{fields}}}"#
    ))
}

#[test]
fn names_and_texts_of_other_chats_are_adapted() {
    let text = r##"{"room":"#Ubuntu","author":"bur[n] er ","at":"2004-12-25T09:14:00Z","body":"a\u0008b\r\nc"}"##;
    let line = Line::read(text).unwrap();
    assert_eq!(
        (line.room.as_str(), line.room_info.name.as_deref()),
        ("ubuntu", Some("#Ubuntu"))
    );
    assert_eq!(
        (line.author.as_str(), line.author_name.as_deref()),
        ("bur[n]_er", Some("bur[n] er"))
    );
    assert_eq!(line.body, "ab\nc");
}

#[test]
fn invisible_characters_are_removed_unless_nothing_else_is_left() {
    let text = r#"{"room":"r","author":"an\u200bn","author_name":"\u202eAnn","at":"2004-12-25T09:14:00Z",
        "body":"a\u0008\u007f\u0085b","room_info":{"name":"\u200b","topic":"to\u2066pic","made_by":"a b"}}"#;
    let line = Line::read(text).unwrap();
    assert_eq!(
        (line.author.as_str(), line.author_name.as_deref()),
        ("an_n", Some("Ann"))
    );
    assert_eq!(
        (line.body.as_str(), line.recognised_by.as_str()),
        ("ab", "a\u{7f}\u{85}b")
    );
    let LineRoom {
        name,
        topic,
        made_by,
        ..
    } = line.room_info;
    assert_eq!(
        (name, topic.as_str(), made_by.as_deref()),
        (None, "topic", Some("a_b"))
    );
    for body in ["\u{200b}", "\u{7f}"] {
        let text =
            format!(r#"{{"room":"r","author":"a","at":"2004-12-25T09:14:00Z","body":"{body}"}}"#);
        assert_eq!(Line::read(&text).unwrap().body, body, "it was let in once");
    }
}

#[test]
fn a_deleted_message_brings_no_text() {
    let line =
        read(r#","deleted_at":"2005-01-01T00:00:00Z","reactions":[{"emoji":"👍","by":"bob"}]"#)
            .unwrap();
    assert!(line.body.is_empty() && line.reactions.is_empty());
}

proptest! {
    #[test]
    fn any_line_is_read_or_refused(
        line in ".{0,80}",
        field in prop::sample::select(FIELDS.as_slice()),
        text in "[\\PC\u{0}-\u{1f}\u{7f}\u{200b}-\u{202e}\u{300}-\u{303}\u{fffd}]{0,60}",
    ) {
        let _ = Line::read(&line);
        let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
        let mut whole = json!({"room": "r", "author": "ann", "at": "2004-12-25T09:14:00Z", "body": "hi"});
        match field.split_once('.') {
            Some((outer, inner)) => whole[outer] = json!({ inner: value }),
            None => whole[field] = value,
        }
        for whole in [whole.clone(), json!({ "room": text, "author": text, "at": text, "body": text })] {
            if let Ok(read) = Line::read(&whole.to_string()) {
                // A line that was adapted is valid.
                prop_assert_eq!(read.fault(), None);
            }
        }
    }

    #[test]
    fn a_line_of_any_names_is_read_again_as_it_was_written(text in "\\PC{1,40}") {
        let line = json!({"room": text, "author": text, "at": "2004-12-25T09:14:00Z", "body": text});
        if let Ok(read) = Line::read(&line.to_string()) {
            let again = json!({
                "room": read.room, "author": read.author, "at": "2004-12-25T09:14:00Z", "body": read.body
            });
            let again = Line::read(&again.to_string()).unwrap();
            prop_assert_eq!((again.room, again.author, again.body), (read.room, read.author, read.body));
        }
    }
}

const FIELDS: [&str; 19] = [
    "room",
    "author",
    "at",
    "body",
    "id",
    "author_name",
    "reply_to",
    "thread",
    "also_in_room",
    "nonce",
    "edited_at",
    "deleted_at",
    "names",
    "reactions",
    "room_kind",
    "room_info",
    "room_info.name",
    "room_info.made_by",
    "names.ann",
];

#[test]
fn a_line_that_cannot_be_adapted_is_refused_with_the_field() {
    for (fields, field) in [
        (r#","id":9007199254740991"#, "id"),
        (r#","id":0"#, "id"),
        (r#","nonce":"a b""#, "nonce"),
        (r#","reactions":[{"emoji":"+1","by":"bob"}]"#, "reactions"),
        (r#","room_info":{"members":["<b>"]}"#, "handle"),
        (r#","room_kind":"secret""#, "secret"),
    ] {
        assert!(read(fields).unwrap_err().contains(field), "{fields}");
    }
    assert!(
        Line::read(r#"{"room":"r","author":"ann","body":"hi"}"#)
            .unwrap_err()
            .contains("at")
    );
    assert!(
        Line::read(r#"{"room":"r","author":"","at":"2004-12-25T09:14:00Z","body":"hi"}"#).is_err()
    );
    assert!(
        Line::read(r#"{"room":"r","author":"a","at":"2004-12-25T09:14:00Z","body":" "}"#).is_err()
    );
}
