//! The page of the inbox.

use super::{
    layout::{Layout, hue},
    message::{address, excerpt, moment},
};
use crate::{
    model::{
        inbox::{InboxItem, InboxKind},
        message::Message,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A page of the inbox, the newest item first.
#[derive(Clone, Debug, Template)]
#[template(path = "inbox/list.html")]
pub struct InboxPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The items.
    pub items: Vec<InboxItem>,
    /// Whether these are the newest items.
    pub is_newest: bool,
    /// Link to the page of older items, if there is one.
    pub older: Option<String>,
}

impl InboxPage {
    fn has_unread(&self) -> bool {
        self.items.iter().any(|item| !item.read) || self.layout.inbox_count() > 0
    }

    fn kind(&self, item: &InboxItem) -> &'static str {
        match item.kind {
            InboxKind::Mention => self.locale.inbox_mention(),
            InboxKind::Reply => self.locale.inbox_reply(),
        }
    }

    fn excerpt(message: &Message) -> &str {
        excerpt(message).unwrap_or_default()
    }

    fn address(message: &Message) -> String {
        address(&message.room, message.id)
    }

    fn moment(message: &Message) -> String {
        moment(message.at)
    }
}
