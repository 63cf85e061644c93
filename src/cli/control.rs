//! Control events of a stream, as messages for people.

use crate::model::ids::EventId;
use serde_json::Value;

/// State between two control events.
#[derive(Debug, Default)]
pub(super) struct Controls {
    /// Id of the log that is being followed.
    log: Option<String>,
}

/// The meaning of a control event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notice {
    /// Messages to be printed.
    pub sentences: Vec<String>,
    /// Whether everything that existed when the stream opened has been sent.
    pub is_caught_up: bool,
}

/// Returns whether an event is a control event, which is not part of the log. Signals such as `typing` are neither
/// control events nor part of the log; they have no id.
pub(super) fn is_control(event: &str) -> bool {
    matches!(event, "hello" | "caught-up" | "ping" | "bye")
}

impl Controls {
    /// Interprets a control event. `cursor` is the one after which the stream was asked to resume.
    pub(super) fn read(&mut self, event: &str, data: &str, cursor: Option<EventId>) -> Notice {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        match event {
            "hello" => self.read_hello(&data, cursor),
            "caught-up" => Notice {
                sentences: vec![caught_up(&data)],
                is_caught_up: true,
            },
            "bye" => {
                let reason = data["reason"].as_str().unwrap_or("no reason given");
                Notice {
                    sentences: vec![format!("the server ends the stream: {reason}")],
                    is_caught_up: false,
                }
            }
            _ => Notice::default(),
        }
    }

    fn read_hello(&mut self, hello: &Value, cursor: Option<EventId>) -> Notice {
        let mut sentences = Vec::new();
        let log = hello["log"].as_str().map(str::to_owned);
        if self.log.is_some() && self.log != log {
            sentences.push("the database was replaced: this is a different log".into());
        }
        self.log = log;
        sentences.push(outcome(hello, cursor));
        Notice {
            sentences,
            is_caught_up: hello["outcome"] != "replay",
        }
    }
}

fn outcome(hello: &Value, cursor: Option<EventId>) -> String {
    let (from, head) = (&hello["from"], &hello["head"]);
    match (hello["outcome"].as_str(), cursor) {
        (Some("replay"), _) => format!("replay after {from}, up to {head}, then live"),
        (Some("gap"), Some(cursor)) => {
            format!("gap: too many events after {cursor}; skipping to {head}")
        }
        (Some("reset"), Some(cursor)) => {
            format!(
                "reset: {cursor} is not a cursor of this log (a backup may have been restored); continuing after {head}"
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
            ("replay", "replay after 41", false),
            ("gap", "gap: too many events after 41", true),
            ("reset", "reset: 41 is not a cursor", true),
        ] {
            let hello = format!(r#"{{"outcome":"{outcome}","from":41,"head":57,"log":"a"}}"#);
            let notice = controls.read("hello", &hello, cursor);
            assert!(notice.sentences[0].starts_with(words), "{notice:?}");
            assert_eq!(
                (notice.sentences.len(), notice.is_caught_up),
                (1, is_caught_up)
            );
        }
        let other = controls.read("hello", r#"{"outcome":"live","head":57,"log":"b"}"#, cursor);
        assert!(other.sentences[0].contains("different log"));
    }

    #[test]
    fn odd_data_is_no_reason_to_stop() {
        let mut controls = Controls::default();
        assert!(controls.read("caught-up", "{", None).is_caught_up);
        assert_eq!(controls.read("ping", "", None), Notice::default());
    }
}
