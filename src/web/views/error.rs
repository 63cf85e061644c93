//! What went wrong, in words.

use crate::web::{locale::Locale, preferences::Scheme};
use askama::Template;

/// An error as a page. It needs nothing but itself, so that it can be shown when all else fails.
#[derive(Clone, Debug, Template)]
#[template(path = "errors/error.html")]
pub struct ErrorPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// The HTTP status.
    pub status: u16,
    /// What can be done about it, in a sentence; may be empty.
    pub detail: String,
    /// Under which the log tells more, where that helps.
    pub request_id: Option<String>,
    /// Where to go from here: a path of this server.
    pub back: String,
}

impl ErrorPage {
    /// What went wrong, in a few words.
    fn title(&self) -> &'static str {
        self.locale.status(self.status)
    }
}
