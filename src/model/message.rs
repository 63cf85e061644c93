//! Messages, and the rules for their bodies.

use super::{
    checked_text::checked_text,
    file::{Attachment, SentAttachment},
    ids::MessageId,
    text::{looks_empty, with_unix_lines},
    thread::ThreadSummary,
    time::Timestamp,
    user::Person,
};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A message in its current state.
///
/// A damaged value in the file does not hide the message: text that is not UTF-8 contains U+FFFD, a time that cannot be
/// read is `0000-01-01T00:00:00.000Z`, and an author without an account is `unknown-<id>`.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
pub struct Message {
    /// The id of the event that posted it.
    pub id: MessageId,
    /// Slug of its room.
    pub room: String,
    /// The author.
    pub author: Person,
    /// The text as written; absent if the message was deleted.
    #[schema(nullable = false)]
    pub body: Option<String>,
    /// When it was posted.
    pub at: Timestamp,
    /// When it was last edited.
    #[schema(required)]
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// The message of the same room that it replies to.
    #[schema(required)]
    pub reply_to: Option<MessageId>,
    /// The handle of the author of that message, for whom the reply counts like a mention. Absent: it is no reply, or the
    /// author is not known.
    #[schema(nullable = false)]
    pub reply_to_author: Option<String>,
    /// The nonce given by the author's client, which identifies repeated posts.
    #[schema(required)]
    pub nonce: Option<String>,
    /// Whether it mentions everybody in the room. Absent: it does not.
    #[schema(required = false)]
    pub mentions_room: bool,
    /// Whether an import brought the author, and nobody can sign in as them yet. Sent as a field of the author.
    #[schema(ignore)]
    pub is_author_imported: bool,
    /// The message that its thread belongs to, if it is a reply in a thread.
    #[schema(nullable = false)]
    pub thread: Option<MessageId>,
    /// Whether a reply in a thread is shown in the room, too. Absent: it is not.
    #[schema(required = false)]
    pub also_in_room: bool,
    /// The thread that the message belongs to, or whose root it is; absent if nobody has replied in one.
    #[schema(nullable = false, value_type = Option<ThreadSummary>)]
    pub thread_summary: Option<Arc<ThreadSummary>>,
    /// Reactions in the order in which each emoji was first used.
    pub reactions: Vec<Reaction>,
    /// Its files. Absent if it has none.
    #[schema(value_type = Vec<SentAttachment>, required = false)]
    pub attachments: Vec<Attachment>,
}

impl Message {
    /// Returns whether the history of the room shows the message.
    #[must_use]
    pub fn is_in_room(&self) -> bool {
        self.thread.is_none() || self.also_in_room
    }
}

/// The reactions to a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reaction {
    /// The emoji, fully qualified.
    pub emoji: String,
    /// How many users added it.
    #[schema(minimum = 1)]
    pub count: usize,
    /// The handles of the first users who added it, earliest first: at most 20, and fewer if the event of the message
    /// would not fit in a block of the stream.
    #[schema(max_items = 20)]
    pub by: Vec<String>,
}

/// Maximum length of a body in characters, without surrounding white space.
pub const BODY_MAX: usize = 8000;
/// Maximum length of the white space around a body in characters. The white space is not removed.
pub const MARGIN_MAX: usize = 1000;
/// Maximum length of a nonce in bytes. Random ones have 22 to 36; keys of clients may be longer.
pub const NONCE_MAX: usize = 128;

checked_text! {
    /// A valid body. The text is unchanged, except that CRLF and CR become LF.
    Body
}

impl Body {
    /// The body of a message that has files and no text.
    #[must_use]
    pub fn none() -> Self {
        Self(String::new())
    }

    /// Returns whether there is no text.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Parses the body of a message that may have no text, since it has files.
    pub fn parse_beside_files(text: String) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            return Ok(Self::none());
        }
        Self::parse(text)
    }

    /// Parses a body of any content type.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let body = with_unix_lines(text);
        body_fault(&body).map_or(Ok(Self(body)), Err)
    }
}

/// Returns what is wrong with a body whose lines end with LF, or `None`.
#[must_use]
pub fn body_fault(body: &str) -> Option<Fault> {
    if looks_empty(body) {
        return Some(Fault::BodyEmpty);
    }
    if body.chars().any(is_refused_control) {
        return Some(Fault::BodyControlCharacters);
    }
    length_fault(body)
}

/// Returns whether the character is refused in bodies: C0 except tab and newline, DEL, C1.
#[must_use]
pub fn is_refused_control(c: char) -> bool {
    c.is_control() && c != '\t' && c != '\n'
}

/// Returns a reason if a body is too short or too long, or `None`.
#[must_use]
pub fn length_fault(body: &str) -> Option<Fault> {
    match body.trim().chars().count() {
        0 => Some(Fault::BodyEmpty),
        n if n > BODY_MAX => Some(Fault::BodyTooLong { max: BODY_MAX }),
        _ if body.chars().count() > BODY_MAX + MARGIN_MAX => Some(Fault::BodyPadded),
        _ => None,
    }
}

checked_text! {
    /// A valid nonce.
    Nonce
}

impl Nonce {
    /// Parses a nonce.
    pub fn parse(text: String) -> Result<Self, Fault> {
        nonce_fault(&text).map_or(Ok(Self(text)), Err)
    }
}

/// Returns what is wrong with a nonce, or `None`.
#[must_use]
pub fn nonce_fault(nonce: &str) -> Option<Fault> {
    let visible =
        (1..=NONCE_MAX).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_graphic());
    (!visible).then_some(Fault::NonceInvalid { max: NONCE_MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_of_a_body_become_line_feeds() {
        let body = Body::parse("a\r\nb\rc\n\r\n".into()).map(Body::into_string);
        assert_eq!(body, Ok("a\nb\nc\n\n".into()));
    }

    #[test]
    fn bodies_that_hide_something_are_refused() {
        for text in [
            "", " \r\n", "\u{200b}", "a\u{0}", "a\u{7f}", "a\u{85}", "a\u{1b}",
        ] {
            assert!(Body::parse(text.into()).is_err(), "{text:?}");
        }
        assert!(Body::parse("\ta\n".into()).is_ok());
    }
}
