//! The pages for the account and for signing out.

use super::layout::Layout;
use crate::{
    model::{change::SignInKind, time::Timestamp},
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
};
use askama::Template;

/// A session or token of the viewer.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Public id of the session; not a secret.
    pub id: String,
    /// Whether it is the session of this request.
    pub is_here: bool,
    /// Whether it belongs to a browser or to a program.
    pub kind: SignInKind,
    /// Time of signing in.
    pub since: Timestamp,
}

impl SessionView {
    /// Returns the time of signing in as HTML, in UTC to the minute. `static/js/account.js` shows it in the local time zone.
    fn since(&self) -> String {
        let since = self.since.to_utc();
        let shown = since.format("%Y-%m-%d %H:%M UTC");
        format!(
            r#"<time datetime="{}">{shown}</time>"#,
            since.format("%FT%TZ")
        )
    }
}

/// The account page: display name, preferences and sessions.
#[derive(Clone, Debug, Template)]
#[template(path = "people/account.html")]
pub struct AccountPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The viewer's display name, or the one that was refused.
    pub name: String,
    /// The reason why the display name was refused.
    pub name_error: Option<String>,
    /// The viewer's sessions, newest first.
    pub sessions: Vec<SessionView>,
}

impl AccountPage {
    fn schemes(&self) -> [(Scheme, &'static str); 3] {
        let locale = self.locale;
        [
            (Scheme::System, locale.theme_system()),
            (Scheme::Light, locale.theme_light()),
            (Scheme::Dark, locale.theme_dark()),
        ]
    }
}

/// The page that asks for confirmation before signing out.
#[derive(Clone, Debug, Template)]
#[template(path = "people/sign_out.html")]
pub struct SignOutPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// Number of the viewer's sessions.
    pub sessions: usize,
}
