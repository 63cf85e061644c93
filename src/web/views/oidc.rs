//! What pages show of an OpenID provider.

use crate::web::{locale::Locale, preferences::Scheme};
use askama::Template;

/// The page from which a browser goes on to the provider. A redirect would not do: the content security policy forbids
/// those of forms to other sites.
#[derive(Clone, Debug, Template)]
#[template(path = "people/to_provider.html")]
pub struct ToProviderPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// What pages call the provider.
    pub provider: String,
    /// The address at the provider.
    pub url: String,
}

/// The page that says why somebody who comes from the provider is not signed in.
#[derive(Clone, Debug, Template)]
#[template(path = "people/not_signed_in.html")]
pub struct NotSignedInPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The reason.
    pub why: String,
    /// Whether the visitor is signed in otherwise.
    pub is_signed_in: bool,
}

impl NotSignedInPage {
    fn title(&self) -> &'static str {
        if self.is_signed_in {
            self.locale.not_connected()
        } else {
            self.locale.not_signed_in()
        }
    }
}
