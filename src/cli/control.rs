//! What a stream says about itself, in words.

use crate::model::ids::EventId;
use serde_json::Value;

/// What is remembered from one of these to the next.
#[derive(Debug, Default)]
pub(super) struct Controls {
    /// The name of the log that is being followed.
    log: Option<String>,
}

/// What one of them means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// To be told.
    pub sentence: Vec<String>,
    /// Everything that was there has been sent.
    pub is_caught_up: bool,
}

/// Whether an event is about the stream and no part of the log.
pub(super) fn is_control(event: &str) -> bool {
    matches!(
        event,
        "hello" | "caught-up" | "ping" | "bye" | "typing" | "presence"
    )
}

impl Controls {
    /// Reads an event by its name and data; `cursor` is what the stream was asked to follow.
    pub(super) fn read(&mut self, event: &str, data: &str, cursor: Option<EventId>) -> News {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        match event {
            "hello" => self.read_hello(&data, cursor),
            "caught-up" => News {
                sentence: vec![caught_up(&data)],
                is_caught_up: true,
            },
            "bye" => {
                let reason = data["reason"].as_str().unwrap_or("no reason given");
                News {
                    sentence: vec![format!("the server says bye: {reason}")],
                    is_caught_up: false,
                }
            }
            _ => News::default(),
        }
    }

    fn read_hello(&mut self, hello: &Value, cursor: Option<EventId>) -> News {
        let mut sentence = Vec::new();
        let log = hello["log"].as_str().map(str::to_owned);
        if self.log.is_some() && self.log != log {
            sentence.push("this is another log than before: the database was replaced".into());
        }
        self.log = log;
        sentence.push(outcome(hello, cursor));
        News {
            sentence,
            is_caught_up: hello["outcome"] != "replay",
        }
    }
}

fn outcome(hello: &Value, cursor: Option<EventId>) -> String {
    let (from, head) = (&hello["from"], &hello["head"]);
    match (hello["outcome"].as_str(), cursor) {
        (Some("replay"), _) => format!("replay of what follows {from}, up to {head} and on"),
        (Some("gap"), Some(cursor)) => {
            format!("gap: too much happened after {cursor}; all of it up to {head} is left out")
        }
        (Some("reset"), Some(cursor)) => {
            format!(
                "reset: {cursor} is no place in this log (a backup was restored, perhaps); going on after {head}"
            )
        }
        _ => format!("live from {head}"),
    }
}

fn caught_up(data: &Value) -> String {
    let [id, messages, edits, deletes] =
        ["id", "messages", "edits", "deletes"].map(|name| &data[name]);
    format!("caught-up at {id}: {messages} messages, {edits} edits, {deletes} deletes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_is_told_and_only_a_replay_leaves_something_to_wait_for() {
        let mut controls = Controls::default();
        let cursor = Some(EventId(41));
        for (outcome, words, is_caught_up) in [
            ("live", "live from 57", true),
            ("replay", "replay of what follows 41", false),
            ("gap", "gap: too much happened after 41", true),
            ("reset", "reset: 41 is no place", true),
        ] {
            let hello = format!(r#"{{"outcome":"{outcome}","from":41,"head":57,"log":"a"}}"#);
            let news = controls.read("hello", &hello, cursor);
            assert!(news.sentence[0].starts_with(words), "{news:?}");
            assert_eq!((news.sentence.len(), news.is_caught_up), (1, is_caught_up));
        }
        let other = controls.read("hello", r#"{"outcome":"live","head":57,"log":"b"}"#, cursor);
        assert!(other.sentence[0].contains("another log"));
    }

    #[test]
    fn odd_data_is_no_reason_to_stop() {
        let mut controls = Controls::default();
        assert!(controls.read("caught-up", "{", None).is_caught_up);
        assert_eq!(controls.read("ping", "", None), News::default());
    }
}
