//! The JSON encoder for messages, which make up most of replays, pages of history and responses to posts.
//!
//! Every response and stream uses it: [`Message`] does not implement `Serialize`. It is hand-written, because it costs a
//! fifth of what `serde_json` does: field names are not escaped each time, and nothing is formatted through `fmt`.

use crate::{
    model::{message::Message, time::Timestamp, user::Person},
    web::views::message::render_thread_line,
};

/// Writes JSON to a buffer.
#[derive(Debug)]
pub struct JsonWriter<'a>(pub &'a mut Vec<u8>);

impl JsonWriter<'_> {
    /// Writes a message, with its rendered row as the last field if there is one. Before it, a reply in a thread has the
    /// line below the root of the thread.
    pub fn message(&mut self, message: &Message, html: Option<&str>) {
        self.raw(r#"{"id":"#).number(message.id.0);
        self.raw(r#","room":"#).text(&message.room);
        self.raw(r#","author":"#).person(&message.author);
        if message.is_author_imported {
            // A field of the author, whose last character is removed.
            self.0.pop();
            self.raw(r#","imported":true}"#);
        }
        if let Some(body) = &message.body {
            self.raw(r#","body":"#).text(body);
        }
        self.raw(r#","at":"#).time(message.at);
        self.raw(r#","edited_at":"#)
            .optional(message.edited_at, Self::time);
        self.raw(r#","deleted_at":"#)
            .optional(message.deleted_at, Self::time);
        self.raw(r#","reply_to":"#)
            .optional(message.reply_to.map(|id| id.0), Self::number);
        if let Some(author) = &message.reply_to_author {
            self.raw(r#","reply_to_author":"#).text(author);
        }
        self.raw(r#","nonce":"#)
            .optional(message.nonce.as_deref(), Self::text);
        if message.mentions_room {
            self.raw(r#","mentions_room":true"#);
        }
        if let Some(root) = message.thread {
            self.raw(r#","thread":"#).number(root.0);
        }
        if message.also_in_room {
            self.raw(r#","also_in_room":true"#);
        }
        if let Some(summary) = &message.thread_summary {
            self.raw(r#","thread_summary":"#).by_serde(&**summary);
        }
        self.raw(r#","reactions":"#);
        if message.reactions.is_empty() {
            self.raw("[]");
        } else {
            self.by_serde(&message.reactions);
        }
        if !message.attachments.is_empty() {
            self.raw(r#","attachments":"#)
                .by_serde(&message.attachments);
        }
        if let (Some(_), Some(_)) = (html, message.thread) {
            self.raw(r#","thread_html":"#)
                .text(&render_thread_line(message));
        }
        if let Some(html) = html {
            self.raw(r#","html":"#).text(html);
        }
        self.raw("}");
    }

    /// Writes a person.
    pub fn person(&mut self, person: &Person) -> &mut Self {
        self.raw(r#"{"handle":"#).text(&person.handle);
        self.raw(r#","name":"#).text(&person.name).raw("}")
    }

    /// Appends JSON unchanged.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Writes a number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.raw(itoa::Buffer::new().format(number))
    }

    /// Writes a time in RFC 3339 with milliseconds.
    pub fn time(&mut self, time: Timestamp) -> &mut Self {
        self.0.push(b'"');
        self.0.extend_from_slice(&time.spelling());
        self.0.push(b'"');
        self
    }

    /// Writes a string. Most strings contain nothing to be escaped (RFC 8259, section 7), which is quick to check.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let must_escape = |byte: u8| matches!(byte, 0..b' ' | b'"' | b'\\');
        if text
            .bytes()
            .fold(false, |any, byte| any | must_escape(byte))
        {
            self.by_serde(&text)
        } else {
            self.raw("\"").raw(text).raw("\"")
        }
    }

    fn optional<T>(
        &mut self,
        value: Option<T>,
        write: impl Fn(&mut Self, T) -> &mut Self,
    ) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.raw("null"),
        }
    }

    fn by_serde(&mut self, value: &impl serde::Serialize) -> &mut Self {
        // Writing to a `Vec` cannot fail, and strings, times and lists of them always have a JSON form.
        let _ = serde_json::to_writer(&mut *self.0, value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ids::MessageId, message::Reaction, thread::ThreadSummary};
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn has_the_values_of(message: &Message) {
        let mut json = Vec::new();
        JsonWriter(&mut json).message(message, None);
        let mut expected = json!({
            "id": message.id, "room": message.room, "author": message.author, "at": message.at,
            "edited_at": message.edited_at, "deleted_at": message.deleted_at, "reply_to": message.reply_to,
            "nonce": message.nonce, "reactions": message.reactions,
        });
        if let Some(body) = &message.body {
            expected["body"] = body.as_str().into();
        }
        if let Some(author) = &message.reply_to_author {
            expected["reply_to_author"] = author.as_str().into();
        }
        if message.mentions_room {
            expected["mentions_room"] = true.into();
        }
        if let Some(root) = message.thread {
            expected["thread"] = json!(root);
        }
        if message.also_in_room {
            expected["also_in_room"] = true.into();
        }
        if let Some(summary) = &message.thread_summary {
            expected["thread_summary"] = json!(**summary);
        }
        if message.is_author_imported {
            expected["author"]["imported"] = true.into();
        }
        assert_eq!(
            serde_json::from_slice::<Value>(&json).unwrap(),
            expected,
            "{}",
            String::from_utf8_lossy(&json)
        );
    }

    fn plain_message() -> Message {
        Message {
            id: MessageId(9_007_199_254_740_991),
            room: "general".into(),
            author: Person {
                handle: "ann".into(),
                name: "Ann".into(),
            },
            body: Some("hello".into()),
            at: at("2026-11-22T05:41:03.123Z"),
            edited_at: None,
            deleted_at: None,
            reply_to: None,
            reply_to_author: None,
            nonce: None,
            mentions_room: false,
            is_author_imported: false,
            thread: None,
            also_in_room: false,
            thread_summary: None,
            reactions: Vec::new(),
            attachments: Vec::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn every_value_of_a_message_is_written_as_json() {
        let plain = plain_message();
        has_the_values_of(&plain);
        let texts = (0_u32..0x300).chain([0x2028, 0xfeff, 0x1f44d, 0x10_ffff]);
        for text in texts.filter_map(char::from_u32) {
            has_the_values_of(&Message {
                body: Some(format!("{text} \"before\" and \\ after{text}")),
                nonce: Some(text.into()),
                author: Person {
                    handle: text.into(),
                    name: format!("{text}"),
                },
                ..plain.clone()
            });
        }
        has_the_values_of(&Message {
            body: None,
            mentions_room: true,
            is_author_imported: true,
            edited_at: Some(at("0001-01-01T00:00:00Z")),
            deleted_at: Some(chrono::DateTime::<chrono::Utc>::MAX_UTC.into()),
            reply_to: Some(MessageId(7)),
            reply_to_author: Some("bob".into()),
            thread: Some(MessageId(5)),
            also_in_room: true,
            thread_summary: Some(Arc::new(ThreadSummary {
                root: MessageId(5),
                count: 1,
                last_at: Some(at("2026-11-22T05:41:03.123Z")),
                by: vec!["\"".into()],
            })),
            reactions: vec![Reaction {
                emoji: "👍".into(),
                count: 2,
                by: vec!["bob".into(), "\"".into()],
            }],
            ..plain
        });
    }

    #[test]
    fn a_row_comes_last() {
        let mut json = Vec::new();
        JsonWriter(&mut json).message(&plain_message(), Some("<li class=\"message\">"));
        let json = String::from_utf8(json).unwrap();
        assert!(
            json.ends_with(r#","reactions":[],"html":"<li class=\"message\">"}"#),
            "{json}"
        );
    }
}
