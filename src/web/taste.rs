//! How somebody wants pages to be: in which language, light or dark. Chosen on the page of the account and kept in
//! cookies, so that nothing has to be looked up before a page begins.

use super::words::{CHINESE, ENGLISH, Words};
use axum::http::{HeaderMap, header};
use std::fmt;

/// The name of the cookie that holds a chosen language.
pub const LANGUAGE_COOKIE: &str = "backscroll-language";
/// The name of the cookie that holds a chosen scheme.
pub const SCHEME_COOKIE: &str = "backscroll-scheme";

/// All languages, the one for everybody else first.
pub const LANGUAGES: [&Words; 2] = [&ENGLISH, &CHINESE];

/// The colours of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// As it is sent and kept.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// Of the browser's own bars, in either scheme of the system: `--paper` of `static/css/page.css`.
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

    /// The value of `color-scheme`.
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

/// How somebody wants pages to be.
#[derive(Clone, Copy, Debug)]
pub struct Taste {
    /// In which language.
    pub words: &'static Words,
    /// In which colours.
    pub scheme: Scheme,
}

impl Taste {
    /// What these headers ask for: the language by a cookie, else by `Accept-Language`.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(language);
        let accepted = || header(headers, header::ACCEPT_LANGUAGE).map_or(&ENGLISH, accepted);
        Self {
            words: chosen.unwrap_or_else(accepted),
            scheme: cookie(headers, SCHEME_COOKIE).map_or(Scheme::System, Scheme::parse),
        }
    }
}

fn header(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut cookies = header(headers, header::COOKIE)?.split(';');
    cookies.find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The language of a tag (RFC 5646), by its first part: whoever reads another Chinese reads this one better than
/// English.
#[must_use]
pub fn language(tag: &str) -> Option<&'static Words> {
    let primary = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let wanted = primary(tag.trim());
    LANGUAGES
        .into_iter()
        .find(|words| primary(words.lang) == wanted)
}

/// The language with the highest weight (RFC 9110, section 12.5.4); the first of several.
fn accepted(header: &str) -> &'static Words {
    let mut best = (&ENGLISH, 0.0);
    for range in header.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters.trim().strip_prefix("q=");
        let weight = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
        match language(tag) {
            Some(words) if weight > best.1 => best = (words, weight),
            _ => {}
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn lang(accept: &'static str, cookies: &'static str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
        Taste::of(&headers).words.lang
    }

    #[test]
    fn the_language_is_the_one_that_is_asked_for_most() {
        for (accept, expected) in [
            ("", "en"),
            ("de", "en"),
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
            ("de-DE, ZH-hant;q=0.5, en;q=0.4", "zh-Hans"),
            ("en-GB,en;q=0.9,zh;q=0.8", "en"),
            ("en;q=0, zh;q=0.001", "zh-Hans"),
            ("zh;q=nonsense", "en"),
            ("*", "en"),
        ] {
            assert_eq!(lang(accept, ""), expected, "{accept}");
        }
    }

    #[test]
    fn what_somebody_chose_counts_more_than_what_the_browser_asks_for() {
        assert_eq!(lang("zh", "a=b; backscroll-language=en"), "en");
        assert_eq!(lang("en", "backscroll-language=zh-Hans"), "zh-Hans");
        assert_eq!(lang("zh", "backscroll-language=tlh"), "zh-Hans");
    }

    #[test]
    fn the_scheme_is_the_one_that_was_chosen() {
        let mut headers = HeaderMap::new();
        assert_eq!(Taste::of(&headers).scheme, Scheme::System);
        let cookies = HeaderValue::from_static("backscroll=x; backscroll-scheme=dark");
        headers.insert(header::COOKIE, cookies);
        assert_eq!(Taste::of(&headers).scheme, Scheme::Dark);
    }
}
