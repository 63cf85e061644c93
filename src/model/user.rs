//! Users, and the rules for handles and display names.

use super::{
    checked_text::checked_text,
    ids::{EventId, UserId},
    role::Role,
    text::{is_invisible, is_mark, joins_letters, line_fault, looks_empty, marks_fault},
    time::Timestamp,
};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;

/// A user as named in messages and events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The unique handle. `@` and the handle mention the user.
    pub handle: String,
    /// The display name.
    pub name: String,
}

impl Person {
    /// Returns a placeholder for a user whose row is missing from the file. Its handle contains the id, so placeholders
    /// are unique.
    #[must_use]
    pub fn unknown(id: UserId) -> Self {
        Self {
            handle: format!("unknown-{id}"),
            name: "Unknown person".into(),
        }
    }
}

/// A user as described by the event of a change of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// The user.
    #[serde(flatten)]
    pub person: Person,
    /// What the account may do on the server.
    pub role: Role,
    /// Whether an import brought the user, and nobody can sign in as them yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id of the event by which the user joined the server.
    pub id: UserId,
    /// The unique handle.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// What the account may do on the server.
    pub role: Role,
    /// The time of joining the server.
    pub created_at: Timestamp,
    /// Whether an import brought the user, and nobody can sign in as them yet.
    pub imported: bool,
    /// The last event that changed whether the account sees open rooms.
    pub view_since: EventId,
}

impl User {
    /// Returns the handle and the display name.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            handle: self.handle.clone(),
            name: self.name.clone(),
        }
    }

    /// Returns what an event of a change says.
    #[must_use]
    pub fn info(&self) -> UserInfo {
        UserInfo {
            person: self.person(),
            role: self.role,
            imported: self.imported,
        }
    }
}

/// Handle of the server's own account, which for example creates the first room.
pub const SERVER_HANDLE: &str = "backscroll";

/// The key of the mention `@room`, which mentions everybody in the room. No new account has this handle.
pub const ROOM_MENTION: &str = "room";

/// Maximum length of a handle in characters. The maximum length in bytes is twice as much.
pub const HANDLE_MAX: usize = 32;

checked_text! {
    /// A valid handle in NFC.
    Handle
}

impl Handle {
    /// Parses a handle. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let handle: String = text.trim().nfc().collect();
        if mention_key(&handle) == ROOM_MENTION {
            return Err(Fault::HandleReserved);
        }
        handle_fault(&handle).map_or(Ok(Self(handle)), Err)
    }
}

checked_text! {
    /// A valid display name of a user, in NFC.
    DisplayName
}

impl DisplayName {
    /// Parses a display name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let name: String = text.trim().nfc().collect();
        name_fault(&name).map_or(Ok(Self(name)), Err)
    }
}

/// Returns the key by which mentions are matched with users: the handle in lower case and NFC. `@élise` mentions Élise
/// regardless of the encoding of either. The JavaScript equivalent is `handle.toLowerCase().normalize()`.
#[must_use]
pub fn mention_key(handle: &str) -> String {
    if handle.is_ascii() {
        handle.to_ascii_lowercase()
    } else {
        handle.to_lowercase().nfc().collect()
    }
}

/// Returns whether a handle may contain the character at any position. Combining marks and joiners are permitted at
/// some positions (see [`is_mark`] and [`joins_letters`]).
///
/// Letters and digits of any script are permitted, and the punctuation of IRC nicknames, since names are imported from
/// there. Characters that end a mention, an address or a line of a text file are not.
#[must_use]
pub fn fits_in_handle(c: char) -> bool {
    (c.is_alphanumeric() && !is_invisible(c)) || "-_.[]{}|\\^`".contains(c)
}

/// Returns what is wrong with a handle in NFC, or `None`.
#[must_use]
pub fn handle_fault(handle: &str) -> Option<Fault> {
    match handle.chars().count() {
        0 => Some(Fault::HandleEmpty),
        n if n > HANDLE_MAX || handle.len() > 2 * HANDLE_MAX => {
            Some(Fault::HandleTooLong { max: HANDLE_MAX })
        }
        _ if !is_spelled_as_handle(handle) => Some(Fault::HandleInvalid),
        _ if marks_fault(handle).is_some() => marks_fault(handle),
        _ if is_reserved_handle(handle) => Some(Fault::HandleReserved),
        _ => None,
    }
}

/// Returns whether a handle has a meaning in addresses: `me` is the caller, and `.` and `..` are relative paths.
#[must_use]
pub fn is_reserved_handle(handle: &str) -> bool {
    matches!(handle, "me" | "." | "..")
}

/// Returns whether each character of a handle is permitted at its position.
fn is_spelled_as_handle(handle: &str) -> bool {
    let mut previous = None;
    let mut chars = handle.chars().peekable();
    while let Some(c) = chars.next() {
        let stands_on_letter = is_mark(c) && previous.is_some_and(char::is_alphanumeric);
        let follows_mark = is_mark(c) && previous.is_some_and(is_mark);
        if !(stands_on_letter
            || follows_mark
            || joins_letters(previous, c, chars.peek().copied())
            || (fits_in_handle(c) && !is_mark(c)))
        {
            return false;
        }
        previous = Some(c);
    }
    true
}

/// Maximum length of a display name in characters.
pub const NAME_MAX: usize = 80;

/// Returns what is wrong with a display name of a user or a room, or `None`.
#[must_use]
pub fn name_fault(name: &str) -> Option<Fault> {
    match name.chars().count() {
        0 => Some(Fault::NameEmpty),
        n if n > NAME_MAX => Some(Fault::TooLong { max: NAME_MAX }),
        _ if looks_empty(name) => Some(Fault::NameInvisible),
        _ => line_fault(name).or_else(|| marks_fault(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_of_every_script_are_accepted() {
        for handle in [
            "विक्रम",
            "ಕನ್ನಡ",
            "தமிழ்",
            "സന്ധ്യ",
            "สมศักดิ์",
            "မြန်မာ",
            "José",
            "अवन्\u{200d}ति",
            "علی\u{200c}رضا",
            "Ann_[x]|^",
        ] {
            assert_eq!(
                Handle::parse(handle).map(Handle::into_string),
                Ok(handle.into())
            );
        }
        let decomposed = Handle::parse(" Jose\u{301} ").map(Handle::into_string);
        assert_eq!(decomposed, Ok("José".into()));
    }

    #[test]
    fn marks_and_joiners_are_refused_where_no_spelling_needs_them() {
        let zalgo = format!("a{}", "\u{35c}".repeat(9));
        for handle in [
            "\u{94d}a",
            "a.\u{35c}",
            "a\u{200d}b",
            "a\u{200c}b",
            "علی\u{200c}",
            "a\u{20dd}",
            "a\u{fe0f}",
            "a b",
            &zalgo,
        ] {
            assert!(Handle::parse(handle).is_err(), "{handle:?}");
        }
        assert!(DisplayName::parse(&zalgo).is_err());
        assert!(DisplayName::parse("\u{35c}Ann").is_err());
        assert!(DisplayName::parse("ศักดิ์ (Sak) 👩‍💻").is_ok());
    }

    #[test]
    fn a_mention_is_compared_without_case_and_encoding() {
        for (handle, other) in [
            ("Élise", "e\u{301}lise"),
            ("ÉLISE", "élise"),
            ("Василий", "василий"),
            ("Ann", "aNN"),
            ("İpek", "I\u{307}pek"),
        ] {
            assert_eq!(mention_key(handle), mention_key(other));
        }
        assert_ne!(mention_key("ann"), mention_key("аnn"), "a Cyrillic а");
    }
}
