//! Display preferences: language and colour scheme. They are chosen on the account page and stored in cookies, so that
//! rendering a page needs no database query. Servers on one host share these cookies.

use super::{
    locale::{Locale, locales},
    negotiation::{preferred_language, primary_subtag},
};
use crate::auth::cookies::cookies;
use axum::http::HeaderMap;
use std::fmt;

/// The name of the cookie with the chosen language.
pub const LANGUAGE_COOKIE: &str = "backscroll-language";
/// The name of the cookie with the chosen colour scheme.
pub const SCHEME_COOKIE: &str = "backscroll-scheme";

/// The colour scheme of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// The scheme of the operating system.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Parses the value of the cookie or the form. Any other text means the system's scheme.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// Returns the colours for `<meta name="theme-color">` in each scheme of the system: `--paper` of
    /// `static/css/page.css`.
    #[must_use]
    pub fn theme_colours(self) -> [(Self, &'static str); 2] {
        const PAPER: &str = "#fbfaf7";
        const DARK_PAPER: &str = "#16171a";
        let (light, dark) = match self {
            Self::System => (PAPER, DARK_PAPER),
            Self::Light => (PAPER, PAPER),
            Self::Dark => (DARK_PAPER, DARK_PAPER),
        };
        [(Self::Light, light), (Self::Dark, dark)]
    }

    /// Returns the value of the CSS property `color-scheme`.
    #[must_use]
    pub fn css(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

/// The display preferences of a visitor.
#[derive(Clone, Copy, Debug)]
pub struct Preferences {
    /// The language and its texts.
    pub locale: &'static Locale,
    /// The colour scheme.
    pub scheme: Scheme,
}

impl Preferences {
    /// Reads the preferences from a request's headers: the language from its cookie, or else from `Accept-Language`;
    /// the colour scheme from its cookie.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let (mut chosen, mut scheme) = (None, Scheme::System);
        for cookie in cookies(headers) {
            match cookie.name() {
                LANGUAGE_COOKIE => chosen = chosen.or(language(cookie.value_trimmed())),
                SCHEME_COOKIE if scheme == Scheme::System => {
                    scheme = Scheme::parse(cookie.value_trimmed());
                }
                _ => {}
            }
        }
        let accepted = || {
            let offers: Vec<_> = locales()
                .iter()
                .map(|locale| (locale.lang, locale))
                .collect();
            preferred_language(headers, &offers).unwrap_or(Locale::default_language())
        };
        Self {
            locale: chosen.unwrap_or_else(accepted),
            scheme,
        }
    }
}

/// Returns the language of a tag (RFC 5646), compared by its primary subtag.
#[must_use]
pub fn language(tag: &str) -> Option<&'static Locale> {
    locales()
        .iter()
        .find(|locale| primary_subtag(locale.lang).eq_ignore_ascii_case(primary_subtag(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header};

    fn lang(accept: &'static str, cookies: &'static str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        headers.insert(
            header::COOKIE,
            HeaderValue::from_bytes(cookies.as_bytes()).unwrap(),
        );
        Preferences::of(&headers).locale.lang
    }

    #[test]
    fn what_somebody_chose_counts_more_than_what_the_browser_asks_for() {
        assert_eq!(lang("zh", "a=b; backscroll-language=en"), "en");
        assert_eq!(lang("en", "backscroll-language=zh-Hans"), "zh-Hans");
        assert_eq!(lang("zh", "backscroll-language=tlh"), "zh-Hans");
        let both = "city=Zürich; backscroll-language=tlh; backscroll-language=en";
        assert_eq!(lang("zh", both), "en");
    }

    #[test]
    fn the_scheme_is_the_one_that_was_chosen() {
        let mut headers = HeaderMap::new();
        assert_eq!(Preferences::of(&headers).scheme, Scheme::System);
        let cookies = HeaderValue::from_static("backscroll=x; backscroll-scheme=dark");
        headers.insert(header::COOKIE, cookies);
        assert_eq!(Preferences::of(&headers).scheme, Scheme::Dark);
    }
}
