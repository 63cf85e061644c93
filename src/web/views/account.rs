//! The pages on which one sees who one is here, and signs out.

use super::layout::Layout;
use crate::{
    model::{change::SignInKind, time::Timestamp},
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
};
use askama::Template;

/// A browser or a program in which somebody is signed in.
#[derive(Clone, Debug)]
pub struct Place {
    /// Names it, and is no secret.
    pub id: String,
    /// Whether it is the one that asks.
    pub is_here: bool,
    /// A browser or a program.
    pub kind: SignInKind,
    /// When they signed in.
    pub since: Timestamp,
}

impl Place {
    /// HTML: UTC, to the minute; `js/times.js` shows it in the reader's own zone.
    fn since(&self) -> String {
        let since = self.since.to_utc();
        let shown = since.format("%Y-%m-%d %H:%M UTC");
        format!(
            r#"<time datetime="{}">{shown}</time>"#,
            since.format("%FT%TZ")
        )
    }
}

/// Name, looks, places.
#[derive(Clone, Debug, Template)]
#[template(path = "people/account.html")]
pub struct AccountPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// What the viewer is called, or wants to be.
    pub name: String,
    /// Why they cannot be.
    pub name_error: Option<String>,
    /// Where the viewer is signed in, the latest first.
    pub places: Vec<Place>,
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

/// Asks whether signing out is meant.
#[derive(Clone, Debug, Template)]
#[template(path = "people/sign_out.html")]
pub struct SignOutPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// In how many places the viewer is signed in.
    pub places: usize,
}
