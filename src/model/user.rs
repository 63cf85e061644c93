//! People, and what their names may look like.

use super::{
    ids::UserId,
    text::{is_invisible, line_fault, looks_empty},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// How a person appears beside what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Unique, what `@` mentions.
    pub handle: String,
    /// For display.
    pub name: String,
}

/// Somebody in the list of a room's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoomMember {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Whether they are here: whether one of their streams is open, or was a moment ago.
    pub here: bool,
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
    let allowed = |c: char| (c.is_alphanumeric() && !is_invisible(c)) || "-_.[]{}|\\^`".contains(c);
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
        _ if looks_empty(name) => Some("nothing of this name can be seen"),
        _ => line_fault(name),
    }
}

/// What two handles share if people take one for the other: capitals, forms for compatibility (`ＡＮＮ`), and letters of
/// other scripts that look the same, by the prototypes of UTS 39, section 4. ASCII stays as it is in lower case:
/// `rn` and `m`, `1` and `l` are different names to those who pick them.
#[must_use]
pub fn fold_handle(handle: &str) -> String {
    look(&handle.nfkc().collect::<String>().to_lowercase())
}

/// All foldings by which a handle is taken if somebody has one of them: its own; that of its capitals, which may look
/// like those of another script where the small letters do not (`ΑΝΝ` in Greek); and its lower case, by which handles
/// were known before there was more.
#[must_use]
pub fn foldings(handle: &str) -> [String; 3] {
    let capitals = look(&handle.nfkc().collect::<String>());
    [
        fold_handle(handle),
        fold_handle(&capitals),
        handle.to_lowercase(),
    ]
}

fn look(text: &str) -> String {
    let mut look = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            look.push(c);
        } else {
            look.extend(skeleton(c.encode_utf8(&mut [0; 4])));
        }
    }
    look
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_that_look_alike_share_a_folding() {
        for (handle, other) in [
            ("Ann", "ann"),
            ("ann", "аnn"),
            ("ann", "ＡＮＮ"),
            ("Ann", "ΑΝΝ"),
            ("bob", "ВОВ"),
            ("backscroll", "bаckѕсrоⅼⅼ"),
            ("kim", "kіm"),
            ("Renée", "rene\u{301}e"),
            ("Василий", "василий"),
            ("Βασίλης", "ΒΑΣΊΛΗΣ"),
            ("cafe", "ｃａｆｅ"),
        ] {
            let taken = fold_handle(handle);
            assert!(foldings(other).contains(&taken), "{other}: {taken}");
        }
        for (handle, other) in [
            ("ann", "anna"),
            ("burn", "bum"),
            ("al1", "all"),
            ("renee", "renée"),
            ("张三", "张二"),
            ("o", "0"),
        ] {
            let taken = fold_handle(handle);
            assert!(!foldings(other).contains(&taken), "{other}: {taken}");
        }
    }

    #[test]
    fn a_plain_handle_is_folded_as_it_always_was() {
        for handle in ["Ann", "x[Y]-_.|`^", "KIM10", "Guard]_[an"] {
            assert_eq!(fold_handle(handle), handle.to_lowercase());
        }
    }
}
