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
}

/// Name of the server, as pages show it.
const SERVER: &str = "Backscroll";

impl JoinPage {
    fn title(&self) -> String {
        self.locale.join_server(SERVER)
    }
}
