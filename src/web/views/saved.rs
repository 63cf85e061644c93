//! The pages of pinned and of saved messages, and the form that forwards a message.

use super::{
    layout::{Layout, hue, isolate},
    message::{address, excerpt, moment},
};
use crate::{
    model::{
        message::Message,
        room::{RoomInfo, RoomView},
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A list of messages that somebody has chosen: the pinned ones of a room, or those that the viewer has saved.
#[derive(Clone, Debug, Template)]
#[template(path = "inbox/chosen.html")]
pub struct ChosenPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room whose pinned messages these are; `None` for saved messages.
    pub room: Option<RoomInfo>,
    /// Whether the viewer may unpin messages, or remove them from the saved ones.
    pub may_remove: bool,
    /// The messages.
    pub messages: Vec<Message>,
    /// Link to the page of older messages, if there is one.
    pub older: Option<String>,
}

impl ChosenPage {
    fn title(&self) -> &'static str {
        if self.room.is_some() {
            self.locale.pinned_messages()
        } else {
            self.locale.saved_messages()
        }
    }

    /// Returns what is said where there are no messages.
    fn emptiness(&self) -> (&'static str, &'static str) {
        if self.room.is_some() {
            (
                self.locale.no_pinned_messages(),
                self.locale.no_pinned_messages_next(),
            )
        } else {
            (
                self.locale.no_saved_messages(),
                self.locale.no_saved_messages_next(),
            )
        }
    }

    /// Returns the last part of the address of the form that removes a message, and its label.
    fn removal(&self) -> (&'static str, &'static str) {
        if self.room.is_some() {
            ("pin", self.locale.unpin())
        } else {
            ("saved", self.locale.unsave())
        }
    }

    fn address(message: &Message) -> String {
        address(&message.room, message.id)
    }

    fn moment(message: &Message) -> String {
        moment(message.at)
    }

    fn excerpt(message: &Message) -> &str {
        excerpt(message).unwrap_or_default()
    }
}

/// The form that forwards a message to another room.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/forward.html")]
pub struct ForwardPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The message.
    pub message: Message,
    /// The rooms that the viewer may post into.
    pub rooms: Vec<RoomView>,
    /// Slug of the room in the form.
    pub to: String,
    /// The comment in the form: that of a post that was refused.
    pub comment: String,
    /// Nonce of the post.
    pub nonce: String,
    /// Why the post was refused.
    pub error: Option<String>,
}

impl ForwardPage {
    fn back(&self) -> String {
        address(&self.message.room, self.message.id)
    }

    /// Returns the sentence that names the author, as HTML.
    fn lead(&self) -> String {
        self.locale
            .forward_lead(isolate("strong", &self.message.author.name))
    }
}
