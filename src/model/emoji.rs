//! Emoji as reactions.

use super::checked_text::checked_text;
use crate::fault::Fault;

/// Maximum number of different emoji on one message.
pub const EMOJI_MAX: usize = 50;
/// Maximum number of emoji that one user can add to one message.
pub const EMOJI_PER_PERSON_MAX: usize = 10;

checked_text! {
    /// An emoji in its fully qualified spelling as Unicode defines it: `❤` and `❤️` are equal.
    Emoji
}

impl Emoji {
    /// Parses one emoji of Unicode's list (emoji-test.txt), in any spelling.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        emojis::get(text)
            .or_else(|| emojis::get(&unqualified(text)))
            .map(|emoji| Self(emoji.as_str().to_owned()))
            .ok_or(Fault::NotAnEmoji)
    }

    /// Parses a reaction from an archive or a file of an earlier version. Accepts also a few characters that are not in
    /// Unicode's list.
    pub fn parse_stored(text: &str) -> Result<Self, Fault> {
        let is_odd = |c: char| {
            c.is_control() || c.is_whitespace() || c.is_alphabetic() || "<>&\"'/\\".contains(c)
        };
        let is_plain = (1..=16).contains(&text.chars().count())
            && !text.chars().any(is_odd)
            && !text.is_ascii();
        Self::parse(text).or_else(|fault| is_plain.then(|| Self(text.to_owned())).ok_or(fault))
    }
}

/// Returns the emoji without variation selectors. Files of earlier versions may contain reactions in this spelling.
#[must_use]
pub fn unqualified(emoji: &str) -> String {
    emoji.replace(['\u{fe0e}', '\u{fe0f}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        Emoji::parse(text).ok().map(Emoji::into_string)
    }

    #[test]
    fn an_emoji_has_one_spelling() {
        for (text, emoji) in [
            ("❤", "❤️"),
            ("❤️", "❤️"),
            ("❤\u{fe0e}", "❤️"),
            ("👁\u{200d}🗨", "👁️\u{200d}🗨️"),
            ("🏳\u{200d}🌈", "🏳️\u{200d}🌈"),
            ("👍🏽", "👍🏽"),
            ("🇩🇪", "🇩🇪"),
            ("1\u{20e3}", "1️⃣"),
            ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(emoji), "{text:?}");
        }
        for emoji in emojis::iter() {
            assert_eq!(parse(emoji.as_str()).as_deref(), Some(emoji.as_str()));
            assert_eq!(
                parse(&unqualified(emoji.as_str())).as_deref(),
                Some(emoji.as_str())
            );
        }
    }

    #[test]
    fn what_is_not_one_visible_emoji_is_refused() {
        for text in [
            "",
            "a",
            "1",
            "ok",
            "中",
            "👍👍",
            "\u{fe0f}",
            "\u{200d}",
            "\u{200b}",
            "🇩",
            "\u{1f3fb}👍",
            "‼\u{301}",
            "→",
            "́",
            "\u{e0041}",
            "\u{2800}",
            " 👍",
            "👍\u{fe0f}\u{200d}",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
