//! The page for editing or deleting a message.

use super::layout::{Layout, isolate};
use crate::{
    model::{message::Message, room::RoomInfo},
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// The form for editing a message.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/edit.html")]
pub struct EditPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room of the message.
    pub room: RoomInfo,
    /// The stored message.
    pub message: Message,
    /// The text in the form: the stored text, or the text that was refused.
    pub body: String,
    /// The reason why the text was refused.
    pub error: Option<String>,
}

impl EditPage {
    /// Returns whether the viewer has written the message. Others who see the page can delete it.
    fn is_own(&self) -> bool {
        self.layout.is_viewer(&self.message.author)
    }

    /// Returns the label of the field as HTML, with the room's name.
    fn label(&self) -> String {
        self.locale.message_in(isolate("span", &self.room.name))
    }

    fn back(&self) -> String {
        super::message::address(&self.message.room, self.message.id)
    }
}
