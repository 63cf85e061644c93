//! People, and what their names may look like.

use super::{ids::UserId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// How a person appears beside what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Unique, what `@` mentions.
    pub handle: String,
    /// For display.
    pub name: String,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// The event by which they joined the server.
    pub id: UserId,
    /// Unique.
    pub handle: String,
    /// For display.
    pub name: String,
    /// When they joined.
    #[sqlx(try_from = "String")]
    pub created_at: Timestamp,
}

impl User {
    /// As they appear beside what they did.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            handle: self.handle.clone(),
            name: self.name.clone(),
        }
    }
}

/// The account behind what the server itself does, such as making the first room.
pub const SERVER_HANDLE: &str = "backscroll";

/// In characters; and twice as many bytes.
pub const HANDLE_MAX: usize = 32;

/// Says what is wrong with a handle, or nothing.
///
/// Letters and digits of any script and the punctuation that IRC allows: names come from there, too. Nothing
/// that would end an @mention, an address or a line of a text file.
#[must_use]
pub fn handle_fault(handle: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_alphanumeric() || "-_.[]{}|\\^`".contains(c);
    match handle.chars().count() {
        0 => Some("pick a name"),
        n if n > HANDLE_MAX || handle.len() > 2 * HANDLE_MAX => {
            Some("at most 32 characters (about 20 of other scripts)")
        }
        _ if !handle.chars().all(allowed) => Some("letters, digits and - _ . only, no spaces"),
        _ if matches!(handle, "me" | "." | "..") => {
            Some("this name has a meaning of its own, pick another one")
        }
        _ => None,
    }
}

/// Of a name for display, in characters.
pub const NAME_MAX: usize = 80;

/// Says what is wrong with a name for display, of a person or a room, or nothing.
#[must_use]
pub fn name_fault(name: &str) -> Option<&'static str> {
    match name.chars().count() {
        0 => Some("a name is needed"),
        n if n > NAME_MAX => Some("at most 80 characters"),
        _ => line_fault(name),
    }
}

/// Says what is wrong with a text that stands in one line, or nothing. Characters that turn the direction of
/// writing would turn what stands beside it, too (Unicode, UAX 9, 2.1 to 2.5).
#[must_use]
pub fn line_fault(text: &str) -> Option<&'static str> {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let odd = text.chars().any(|c| c.is_control() || turns(c));
    odd.then_some("one line, without control characters")
}

/// What two handles share if they differ in capital letters only.
#[must_use]
pub fn fold_handle(handle: &str) -> String {
    handle.to_lowercase()
}
