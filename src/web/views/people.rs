//! The list of people, a person's page, and the audit log.

use super::{
    layout::{Layout, hue},
    times::time_element,
};
use crate::{
    model::{
        profile::{ABOUT_MAX, Profile, TIME_ZONE_MAX},
        role::Role,
        time::Timestamp,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A page of the list of the people whom the viewer may see.
#[derive(Clone, Debug, Template)]
#[template(path = "people/list.html")]
pub struct PeoplePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The text that was searched for.
    pub text: String,
    /// The people, by handle.
    pub people: Vec<Profile>,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// Link to the next page, if there is one.
    pub next: Option<String>,
}

/// The page of a person.
#[derive(Clone, Debug, Template)]
#[template(path = "people/person.html")]
pub struct PersonPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The person.
    pub person: Profile,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// The reason why a form was refused.
    pub error: Option<String>,
}

/// A one-time link in place of a forgotten password.
#[derive(Clone, Debug, Template)]
#[template(path = "people/password_link.html")]
pub struct PasswordLinkPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The handle of the person.
    pub handle: String,
    /// The link.
    pub link: String,
    /// The time from which it does not work any more.
    pub expires_at: Timestamp,
    /// The page of the person.
    pub back: String,
}

impl PasswordLinkPage {
    fn expiry(&self) -> String {
        time_element(self.expires_at)
    }
}

impl PersonPage {
    /// Returns the roles that an admin can give.
    fn roles(&self) -> [(Role, &str); 3] {
        [Role::Admin, Role::Member, Role::Guest].map(|role| (role, role_name(self.locale, role)))
    }

    fn role(&self) -> &str {
        role_name(self.locale, self.person.user.role)
    }

    /// Returns the time of joining the server as HTML.
    fn since(&self) -> String {
        time_element(self.person.user.created_at)
    }

    fn is_own(&self) -> bool {
        self.layout.is_viewer(&self.person.user.person())
    }

    /// Returns whether an admin may make a link in place of the person's password.
    fn can_get_link(&self) -> bool {
        let user = &self.person.user;
        !(self.person.is_disabled || user.imported || user.role == Role::Admin)
    }

    /// Returns whether the viewer may set the role of the account, and disable it.
    fn is_administered(&self) -> bool {
        self.is_admin && self.person.user.role != Role::Bot
    }
}

impl PeoplePage {
    fn role_of(&self, person: &Profile) -> &str {
        role_name(self.locale, person.user.role)
    }
}

/// Returns the name of a role in the language of the page.
#[must_use]
pub fn role_name(locale: &Locale, role: Role) -> &str {
    match role {
        Role::Admin => locale.role_admin(),
        Role::Member => locale.role_member(),
        Role::Guest => locale.role_guest(),
        Role::Bot => locale.role_bot(),
    }
}
