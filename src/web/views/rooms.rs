//! The list of rooms, and the form for creating one.

use super::layout::Layout;
use crate::{
    model::{
        room::{RoomKind, RoomView, TOPIC_MAX},
        user::NAME_MAX,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A page of the list of all rooms that the viewer may see.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/list.html")]
pub struct RoomsPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The rooms, in the order in which they are listed.
    pub rooms: Vec<RoomView>,
    /// Whether the viewer has a list of people.
    pub shows_people: bool,
    /// Link to the next page, if there is one.
    pub next: Option<String>,
}

impl RoomsPage {
    fn has_unread(&self) -> bool {
        self.rooms.iter().any(|room| room.unread > 0 || room.new)
    }
}

/// The form for creating a room, empty or with validation errors.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/new.html")]
pub struct NewRoomPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The name as typed.
    pub name: String,
    /// The topic as typed.
    pub topic: String,
    /// The slug as typed; if empty, it is derived from the name.
    pub slug: String,
    /// Whether a closed room is chosen.
    pub is_closed: bool,
    /// Validation errors.
    pub errors: NewRoomErrors,
}

/// Validation errors of the form for creating a room, by field.
#[derive(Clone, Debug, Default)]
pub struct NewRoomErrors {
    /// Error of the name.
    pub name: Option<String>,
    /// Error of the topic.
    pub topic: Option<String>,
    /// Error of the slug.
    pub slug: Option<String>,
}
