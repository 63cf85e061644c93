//! The page for joining the server.

use crate::{
    model::role::Door,
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
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
    /// Name of the server.
    pub server: String,
    /// Who may come in.
    pub door: Door,
    /// What pages call the OpenID provider, if there is one.
    pub provider: Option<String>,
    /// The handle as the visitor typed it.
    pub handle: String,
    /// Path of this server to redirect to after joining.
    pub next: String,
    /// The reason why the handle was refused.
    pub error: Option<String>,
}

impl JoinPage {
    fn title(&self) -> String {
        match self.door {
            Door::Open => self.locale.join_server(self.server.as_str()),
            Door::Invite => self.server.clone(),
        }
    }
}
