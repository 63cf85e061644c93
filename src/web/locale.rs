//! Texts in the reader's language, from the catalogs `locales/*.ftl`.
//!
//! The build generates one function per message (`build/catalog.rs`), so that using a message that a catalog lacks does
//! not compile. Messages without arguments are formatted once, at their first use; those with arguments are formatted
//! at each call.

mod errors;

use fluent_bundle::{
    FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, memoizer::MemoizerKind,
};
use std::{fmt, sync::LazyLock};

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// One language with all its texts.
pub struct Locale {
    /// Tag of the language (BCP 47), for `<html lang>`.
    pub lang: &'static str,
    /// Formatted texts of the messages in [`PLAIN`].
    plain: Vec<String>,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.lang).finish()
    }
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let catalogs = SOURCES.iter();
    catalogs
        .map(|(lang, source)| Locale::load(lang, source))
        .collect()
});

/// Returns all languages, the default one first.
#[must_use]
pub fn locales() -> &'static [Locale] {
    &LOCALES
}

impl Locale {
    /// Returns the default language, English, for readers whose languages have no catalog.
    #[must_use]
    pub fn default_language() -> &'static Self {
        &LOCALES[0]
    }

    fn load(lang: &'static str, source: &str) -> Self {
        let tag = lang.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(group_digits));
        // The build has parsed the catalog, and rejects one with errors or duplicate ids.
        let resource = FluentResource::try_new(source.to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(read, _)| read));
        let mut locale = Self {
            lang,
            plain: Vec::new(),
            bundle,
        };
        locale.plain = PLAIN.iter().map(|id| locale.format(id, [])).collect();
        locale
    }

    /// Formats a message of the catalog. Returns the id if the message is missing.
    fn format<'a>(
        &self,
        id: &str,
        args: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>,
    ) -> String {
        let args: FluentArgs<'_> = args.into_iter().collect();
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut Vec::new());
        text.into_owned()
    }

    /// Returns the module with the messages that scripts use, as a path below `static/`.
    #[must_use]
    pub fn script(&self) -> String {
        format!("js/locale/{}.js", self.lang)
    }

    /// Returns the style sheet with the messages that style sheets use, as a path below `static/`.
    #[must_use]
    pub fn style_sheet(&self) -> String {
        format!("css/locale/{}.css", self.lang)
    }

    /// Returns a short description of an HTTP status.
    #[must_use]
    pub fn status(&self, status: u16) -> &str {
        match status {
            400 | 422 => self.status_invalid(),
            401 => self.status_sign_in(),
            403 => self.status_forbidden(),
            404 => self.status_not_found(),
            405 => self.status_method(),
            408 => self.status_timeout(),
            409 => self.status_conflict(),
            413 => self.status_too_large(),
            415 => self.status_unsupported(),
            421 => self.status_wrong_host(),
            503 => self.status_unavailable(),
            _ => self.status_error(),
        }
    }
}

/// Formats numbers with a comma between groups of three digits, as all supported languages do.
fn group_digits<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = number.as_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_take_the_plural_of_their_language() {
        let [english, chinese] = locales() else {
            panic!("there are two languages");
        };
        for (count, text) in [
            (0, "0 messages"),
            (1, "1 message"),
            (999, "999 messages"),
            (1000, "1,000 messages"),
            (196_123, "196,123 messages"),
            (1_000_000, "1,000,000 messages"),
        ] {
            assert_eq!(english.message_count(count), text);
        }
        assert_eq!(chinese.message_count(1000), "1,000 条消息");
    }

    #[test]
    fn no_text_needs_to_be_escaped_in_html() {
        for (lang, source) in SOURCES {
            assert!(!source.contains(['<', '&']), "{lang}");
        }
    }
}
