//! The page for setting the server up.

use super::account_fields::AccountFields;
use crate::{
    model::role::Door,
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
};
use askama::Template;

/// The form for naming the server, and for the account of its first admin.
#[derive(Clone, Template)]
#[template(path = "people/setup.html")]
pub struct SetupPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The secret of the set-up link.
    pub token: String,
    /// Name of the server, as typed.
    pub server_name: String,
    /// The chosen door.
    pub door: Door,
    /// The account of the admin.
    pub account: AccountFields,
}

impl SetupPage {
    fn doors(&self) -> [(Door, &'static str); 2] {
        [
            (Door::Invite, self.locale.door_invite()),
            (Door::Open, self.locale.door_open()),
        ]
    }
}
