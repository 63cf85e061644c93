//! The form that begins a conversation of few people.

use super::layout::Layout;
use crate::{
    model::user::Person,
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// The form for a new direct message.
#[derive(Clone, Debug, Template)]
#[template(path = "direct/new.html")]
pub struct NewDirectPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The people as typed.
    pub to: String,
    /// People whom the viewer can choose.
    pub people: Vec<Person>,
    /// Whether the viewer may see the list of people.
    pub has_directory: bool,
    /// What is wrong with them.
    pub error: Option<String>,
}
