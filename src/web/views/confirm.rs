//! The question before something is done that cannot be undone, or not by the one who does it.

use super::layout::Layout;
use crate::web::{locale::Locale, preferences::Scheme};
use askama::Template;

/// A question, which is answered by sending a form.
#[derive(Clone, Debug, Template)]
#[template(path = "layout/confirm.html")]
pub struct ConfirmPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// What is to be done, which is also on the button.
    pub title: &'static str,
    /// The question as HTML.
    pub lead: String,
    /// The path that the form is sent to.
    pub action: String,
    /// The fields of the form.
    pub fields: Vec<(&'static str, String)>,
    /// The path of the page that the question comes from.
    pub back: String,
}
