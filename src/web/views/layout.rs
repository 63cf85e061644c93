//! The frame around pages: the sidebar with rooms, and the viewer.

use crate::model::{
    room::{RoomKind, RoomView},
    user::Person,
};
use askama::filters::{Html, escape};
use std::collections::HashSet;

/// Data of the frame, which every page with a sidebar needs.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Name of the server.
    pub server: String,
    /// The viewer; `None` for a visitor who has not joined.
    pub viewer: Option<Person>,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// Handles of the people of direct rooms who are online.
    pub online: HashSet<String>,
    /// Rooms in the sidebar, in display order.
    pub rooms: Vec<RoomView>,
    /// Whether there are rooms that the sidebar does not show.
    pub has_more_rooms: bool,
    /// Slug of the room that is open.
    pub current: Option<String>,
    /// Path of this server to return to after joining.
    pub here: String,
}

impl Layout {
    /// Returns the rooms that have a name.
    pub(super) fn named_rooms(&self) -> impl Iterator<Item = &RoomView> {
        self.rooms
            .iter()
            .filter(|room| room.info.kind != RoomKind::Direct)
    }

    /// Returns the direct-message rooms.
    pub(super) fn direct_rooms(&self) -> impl Iterator<Item = &RoomView> {
        self.rooms
            .iter()
            .filter(|room| room.info.kind == RoomKind::Direct)
    }

    /// Returns whether the other person of a direct room of two is online.
    pub(super) fn is_here(&self, room: &RoomView) -> bool {
        matches!(&room.people[..], [other] if self.online.contains(&other.handle))
    }

    pub(super) fn is_current(&self, room: &RoomView) -> bool {
        self.current.as_deref() == Some(room.info.slug.as_str())
    }

    /// Returns whether `person` is the viewer.
    #[must_use]
    pub fn is_viewer(&self, person: &Person) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| viewer.handle == person.handle)
    }
}

/// Returns the hue of a person's name, one of twelve. Scripts compute the same value (`static/js/hue.js`).
#[must_use]
pub fn hue(handle: &str) -> u32 {
    // FNV-1a with 32 bits, its halves folded together: short enough to implement twice, and it spreads short handles
    // well.
    let hash = handle.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) % 12
}

/// Returns `text` as HTML in an element `tag` that isolates its text direction from the surrounding text.
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
