//! Messages, and what their text may look like.

use super::{
    ids::{EventId, MessageId},
    text::looks_empty,
    time::Timestamp,
    user::Person,
};
use serde::{Deserialize, Serialize};

/// A message in its current state, as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id of the event that posted it.
    pub id: MessageId,
    /// Slug of its room.
    pub room: String,
    /// Who wrote it.
    pub author: Person,
    /// What was written; absent once deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// When it was posted.
    pub at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The message that it answers, of the same room.
    pub reply_to: Option<MessageId>,
    /// What its author's client named it, so that a repeated post is recognised.
    pub nonce: Option<String>,
    /// In the order of their first appearance.
    pub reactions: Vec<Reaction>,
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// What was put there.
    pub emoji: String,
    /// How many people did.
    pub count: usize,
    /// The handles of the first 20 of them, earliest first.
    pub by: Vec<String>,
}

/// A part of a room's history, read in one snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryPage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The log's last event in the same snapshot: a stream opened after it joins without hole or overlap.
    pub head: EventId,
    /// Whether messages come before the first one.
    pub has_older: bool,
    /// Whether messages come after the last one.
    pub has_newer: bool,
}

/// In characters, after trimming.
pub const BODY_MAX: usize = 8000;
/// White space around a text, in characters: it is kept, and not counted, within reason.
const MARGIN_MAX: usize = 1000;
/// In bytes. Random nonces are 22 to 36; a client's own key may be longer.
pub const NONCE_MAX: usize = 128;

/// Says what is wrong with a text, or nothing. What is accepted is kept as written.
#[must_use]
pub fn body_fault(body: &str) -> Option<&'static str> {
    if looks_empty(body) {
        return Some("write something");
    }
    if body.chars().any(is_refused_control) {
        return Some("control characters other than tab and newline are not allowed");
    }
    length_fault(body)
}

/// C0 and C1, and DEL between them.
#[must_use]
pub fn is_refused_control(c: char) -> bool {
    c.is_control() && c != '\t' && c != '\n'
}

/// Says whether a text is too short or too long.
#[must_use]
pub fn length_fault(body: &str) -> Option<&'static str> {
    match body.trim().chars().count() {
        0 => Some("write something"),
        n if n > BODY_MAX => Some("at most 8,000 characters"),
        _ if body.chars().count() > BODY_MAX + MARGIN_MAX => {
            Some("too much white space around the text")
        }
        _ => None,
    }
}

/// Says what is wrong with a nonce, or nothing.
#[must_use]
pub fn nonce_fault(nonce: &str) -> Option<&'static str> {
    let visible =
        (1..=NONCE_MAX).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_graphic());
    (!visible).then_some("1 to 128 visible ASCII characters")
}

/// Says what is wrong with a reaction, or nothing: one emoji is one that Unicode knows, or, for those yet to come,
/// one to a few code points without a letter in sight.
#[must_use]
pub fn emoji_fault(emoji: &str) -> Option<&'static str> {
    if emojis::get(emoji).is_some() {
        return None;
    }
    let odd = |c: char| {
        c.is_control() || c.is_whitespace() || c.is_alphabetic() || "<>&\"'/\\".contains(c)
    };
    let plain =
        (1..=16).contains(&emoji.chars().count()) && !emoji.chars().any(odd) && !emoji.is_ascii();
    (!plain).then_some("one emoji")
}
