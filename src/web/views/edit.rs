//! The page on which one changes or deletes a message of one's own.

use super::layout::{Layout, isolate};
use crate::{
    model::{message::Message, room::RoomInfo},
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A message in a form.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/edit.html")]
pub struct EditPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// The room of the message.
    pub room: RoomInfo,
    /// The message as it is.
    pub message: Message,
    /// The text in the form: at first the message's, later as typed.
    pub body: String,
    /// Why the text was refused.
    pub error: Option<String>,
}

impl EditPage {
    /// HTML: the label of the field, with the room's name.
    fn label(&self) -> String {
        self.locale.message_in(isolate("span", &self.room.name))
    }

    fn back(&self) -> String {
        super::message::address(&self.message.room, self.message.id)
    }
}
