//! The error page.

use crate::web::{locale::Locale, preferences::Scheme};
use askama::Template;

/// An error as a page. It depends on no other data, so that it can be rendered when everything else fails.
#[derive(Clone, Debug, Template)]
#[template(path = "errors/error.html")]
pub struct ErrorPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The HTTP status.
    pub status: u16,
    /// A sentence that explains the error; may be empty.
    pub detail: String,
    /// Id under which the log has details; `None` if the log has none.
    pub request_id: Option<String>,
    /// The address that the page links to.
    pub back: String,
}

impl ErrorPage {
    /// Returns the short title of the error.
    fn title(&self) -> &'static str {
        self.locale.status(self.status)
    }
}
