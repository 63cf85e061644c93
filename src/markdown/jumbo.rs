//! Messages that consist of a few emoji, which are shown large.

/// Greatest number of emoji that are shown large.
const EMOJI_MAX: usize = 3;
/// Greatest length of an emoji in bytes: families of four with skin tones.
const EMOJI_BYTES_MAX: usize = 44;

/// Returns whether the text consists of one to three emoji, with or without white space between them.
pub(super) fn is_jumbo(text: &str) -> bool {
    let mut rest = text.trim();
    let mut count = 0;
    while !rest.is_empty() {
        if count == EMOJI_MAX {
            return false;
        }
        let Some(length) = emoji_length(rest) else {
            return false;
        };
        count += 1;
        rest = rest[length..].trim_start();
    }
    count > 0
}

/// Returns the length of the longest emoji at the start of the text.
fn emoji_length(text: &str) -> Option<usize> {
    // Most texts start with a letter or with two ASCII characters, as no emoji does.
    let mut chars = text.chars();
    let first = chars.next()?;
    if first.is_alphabetic() || (first.is_ascii() && chars.next().is_none_or(|c| c.is_ascii())) {
        return None;
    }
    let longest = text.len().min(EMOJI_BYTES_MAX);
    (1..=longest).rev().find(|&end| {
        text.get(..end)
            .is_some_and(|start| emojis::get(start).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::is_jumbo;

    #[test]
    fn one_to_three_emoji_alone_are_large() {
        for text in ["👏", " 🎉🎉 ", "❤️", "❤", "👨‍👩‍👧‍👦 👍🏽\n🇩🇪", "1️⃣", "👩🏽‍❤️‍💋‍👩🏿"]
        {
            assert!(is_jumbo(text), "{text}");
        }
        for text in [
            "",
            " ",
            "a",
            "🎉🎉🎉🎉",
            "🎉!",
            "1",
            "1 🎉",
            "🎉a",
            "好",
            ":tada:",
            "-",
            "\u{200d}",
        ] {
            assert!(!is_jumbo(text), "{text}");
        }
    }
}
