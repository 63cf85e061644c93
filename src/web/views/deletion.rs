//! The page for deleting one's own account.

use super::layout::Layout;
use crate::web::{locale::Locale, preferences::Scheme};
use askama::Template;

/// The page that says what a deletion does, and asks for confirmation.
#[derive(Clone, Debug, Template)]
#[template(path = "people/delete.html")]
pub struct DeletionPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// Whether the password confirms the deletion; else the handle does.
    pub has_password: bool,
    /// Whether the messages are deleted, too.
    pub erase: bool,
    /// Why the deletion was refused.
    pub error: Option<String>,
}
