//! The list of rooms, and the form that makes one.

use super::layout::Layout;
use crate::{
    model::{
        room::{RoomKind, RoomView, TOPIC_MAX},
        user::NAME_MAX,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// All rooms that the viewer may see.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/list.html")]
pub struct RoomsPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// The rooms, in the order in which they are listed.
    pub rooms: Vec<RoomView>,
}

/// The form for a new room, at first or with what was wrong about it.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/new.html")]
pub struct NewRoomPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// As typed.
    pub name: String,
    /// As typed.
    pub topic: String,
    /// As typed; empty: made from the name.
    pub slug: String,
    /// What was wrong.
    pub errors: NewRoomErrors,
}

/// What was wrong with each field of the form for a new room.
#[derive(Clone, Debug, Default)]
pub struct NewRoomErrors {
    /// With the name.
    pub name: Option<String>,
    /// With the topic.
    pub topic: Option<String>,
    /// With the address.
    pub slug: Option<String>,
}
