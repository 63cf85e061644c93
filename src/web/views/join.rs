//! The page for joining the server.

use crate::web::{
    locale::{Locale, locales},
    preferences::Scheme,
};
use askama::Template;

/// The form for joining.
#[derive(Clone, Debug, Template)]
#[template(path = "people/join.html")]
pub struct JoinPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The handle as the visitor typed it.
    pub handle: String,
    /// Path of this server to redirect to after joining.
    pub next: String,
    /// The reason why the handle was refused.
    pub error: Option<String>,
    /// Number of messages in the history.
    pub messages: i64,
    /// The year of the first message.
    pub since: Option<i32>,
}

/// Name of the server, as pages show it.
const SERVER: &str = "Backscroll";

impl JoinPage {
    fn title(&self) -> String {
        self.locale.join_server(SERVER)
    }

    /// Returns a summary of the history such as `196,123 messages since 2004`, or `None` if there are no messages.
    fn figures(&self) -> Option<String> {
        let figures = match self.since {
            Some(year) => self
                .locale
                .history_size_since(self.messages, year.to_string()),
            None => self.locale.history_size(self.messages),
        };
        (self.messages > 0).then_some(figures)
    }
}
