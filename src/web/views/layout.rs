//! The frame around pages: the sidebar with rooms, and the viewer.

use crate::model::{
    ids::EventId,
    room::{RoomKind, RoomView},
    user::Person,
};
use askama::filters::{Html, escape};
use std::collections::HashSet;

/// A section of the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Rooms with mentions of the viewer, and direct messages that were not read.
    Waiting,
    /// The viewer's favourites.
    Favourites,
    /// The other rooms with a name.
    Rooms,
    /// The other direct-message rooms.
    Direct,
}

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
    /// The last event that the viewer may see, as of before the rooms were read. The stream of the page starts after it.
    pub head: EventId,
    /// Id of the log that `head` belongs to.
    pub log: String,
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

    /// Returns the rooms of a section of the sidebar, each with its place among all rooms.
    pub(super) fn section(&self, section: Section) -> impl Iterator<Item = (usize, &RoomView)> {
        let rooms = self.rooms.iter().enumerate();
        rooms.filter(move |(_, room)| self.section_of(room) == Some(section))
    }

    /// Returns the section of a room. Scripts move rooms between sections by the same rule (`static/js/room_list.js`).
    fn section_of(&self, room: &RoomView) -> Option<Section> {
        let is_direct = room.info.kind == RoomKind::Direct;
        let is_waiting = room.mentions > 0 || (is_direct && room.unread > 0);
        if room.joined && is_waiting && !room.is_muted() && !self.is_current(room) {
            return Some(Section::Waiting);
        }
        if room.favourite {
            return Some(Section::Favourites);
        }
        // Others than one's own are browsed, except by visitors, who have none.
        let is_listed = room.joined || self.viewer.is_none() || self.is_current(room);
        is_listed.then_some(if is_direct {
            Section::Direct
        } else {
            Section::Rooms
        })
    }

    /// Returns the number of unread items of the inbox in the rooms of the sidebar that are not muted.
    #[must_use]
    pub fn inbox_count(&self) -> i64 {
        let rooms = self.rooms.iter().filter(|room| !room.is_muted());
        rooms.map(|room| room.mentions).sum()
    }

    /// Returns the name of a room of the sidebar; the slug of another one.
    pub(super) fn name_of<'a>(&'a self, slug: &'a str) -> &'a str {
        let mut rooms = self.rooms.iter();
        let room = rooms.find(|room| room.info.slug == slug);
        room.map_or(slug, |room| &room.info.name)
    }

    /// Returns whether the other person of a direct room of two is online.
    pub(super) fn is_here(&self, room: &RoomView) -> bool {
        matches!(&room.people[..], [other] if self.online.contains(&other.handle))
    }

    pub(super) fn is_current(&self, room: &RoomView) -> bool {
        self.current.as_deref() == Some(room.info.slug.as_str())
    }

    /// Returns the first character of the viewer's name, for their tile.
    pub(super) fn initial(&self) -> String {
        let name = self.viewer.as_ref().map(|viewer| viewer.name.as_str());
        let first = name.and_then(|name| name.chars().next());
        first.map_or_else(String::new, |first| first.to_uppercase().collect())
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
#[must_use]
pub fn isolate(tag: &str, text: &str) -> String {
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
