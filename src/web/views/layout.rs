//! What surrounds every page of somebody who is in: the rooms at its side, and who is looking.

use crate::model::{
    room::{RoomKind, RoomView},
    user::Person,
};
use askama::filters::{Html, escape};

/// What every page with a sidebar needs.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Who is looking; a visitor who has not joined is nobody.
    pub viewer: Option<Person>,
    /// The rooms at the side, in the order in which they are shown.
    pub rooms: Vec<RoomView>,
    /// Slug of the room that is open.
    pub current: Option<String>,
    /// Where the viewer comes back to after joining: a path of this server.
    pub here: String,
}

impl Layout {
    /// Rooms with a name of their own.
    pub(super) fn named_rooms(&self) -> impl Iterator<Item = &RoomView> {
        self.rooms
            .iter()
            .filter(|room| room.info.kind != RoomKind::Direct)
    }

    /// Rooms between people.
    pub(super) fn direct_rooms(&self) -> impl Iterator<Item = &RoomView> {
        self.rooms
            .iter()
            .filter(|room| room.info.kind == RoomKind::Direct)
    }

    pub(super) fn has_direct_rooms(&self) -> bool {
        self.direct_rooms().next().is_some()
    }

    pub(super) fn is_current(&self, room: &RoomView) -> bool {
        self.current.as_deref() == Some(room.info.slug.as_str())
    }

    /// Whether this is who looks.
    #[must_use]
    pub fn is_viewer(&self, person: &Person) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| viewer.handle == person.handle)
    }
}

/// Which of the twelve colours of names is this person's. The page computes the same (`static/js/people.js`).
#[must_use]
pub fn hue(handle: &str) -> u32 {
    // FNV-1a, 32 bits, its halves folded together: short enough to be written twice, and spreads short names.
    let hash = handle.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) % 12
}

/// Returns HTML: an element with what somebody wrote, whose direction does not change that of the text around it.
pub(super) fn isolate(tag: &str, text: &str) -> String {
    let Ok(text) = escape(text, Html);
    format!(r#"<{tag} dir="auto">{text}</{tag}>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_colour() {
        assert_eq!(["ann", "bob", "chen", "读书"].map(hue), [1, 10, 6, 6]);
        assert!(
            (0..200)
                .map(|n| hue(&format!("person{n}")))
                .all(|hue| hue < 12)
        );
    }
}
