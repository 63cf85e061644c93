//! The page by which one comes in.

use crate::web::{
    locale::{Locale, locales},
    preferences::Scheme,
};
use askama::Template;

/// One sentence and one field.
#[derive(Clone, Debug, Template)]
#[template(path = "people/join.html")]
pub struct JoinPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// As typed.
    pub handle: String,
    /// Where the person wanted to go: a path of this server.
    pub next: String,
    /// Why the name cannot be taken.
    pub error: Option<String>,
    /// How many messages the history holds.
    pub messages: i64,
    /// The year of the first one.
    pub since: Option<i32>,
}

/// The name of the server, for people.
const SERVER: &str = "Backscroll";

impl JoinPage {
    fn title(&self) -> String {
        self.locale.join_server(SERVER)
    }

    /// `196,123 messages since 2004`, or nothing while there is no history.
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
