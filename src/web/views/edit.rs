//! The page on which one changes or deletes a message of one's own.

use super::layout::Layout;
use crate::{
    model::{message::Message, room::RoomInfo},
    web::{preferences::Scheme, words::Words},
};
use askama::Template;

/// A message in a form.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/edit.html")]
pub struct EditPage {
    /// What the page says.
    pub words: &'static Words,
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
    fn back(&self) -> String {
        super::message::address(&self.message.room, self.message.id)
    }
}
