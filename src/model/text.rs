//! What any text may hold, and what it looks like.

use unicode_security::confusable_detection::skeleton;

/// Whether it stands in a text without being seen, white space apart: Unicode's `Default_Ignorable_Code_Point` (which
/// a skeleton is without) and the marks of interlinear notes. Directions of writing are turned by some of these,
/// and with them what stands beside a name (UAX 9, sections 2.1 to 2.5).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    skeleton(c.encode_utf8(&mut [0; 4])).next().is_none() || matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// Whether there is nothing to be seen in it.
#[must_use]
pub fn looks_empty(text: &str) -> bool {
    const BRAILLE_BLANK: char = '\u{2800}';
    text.chars()
        .all(|c| c.is_whitespace() || c == BRAILLE_BLANK || is_invisible(c))
}

/// What is invisible itself and shapes what stands beside it: joiners of letters and emoji, and variants of signs.
fn shapes(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a text that stands in one line may hold it.
#[must_use]
pub fn fits_in_line(c: char) -> bool {
    shapes(c) || !(c.is_control() || is_invisible(c))
}

/// Says what is wrong with a text that stands in one line, or nothing.
#[must_use]
pub fn line_fault(text: &str) -> Option<&'static str> {
    let fits = text.chars().all(fits_in_line);
    (!fits).then_some("one line, without control characters and invisible ones")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_known() {
        for c in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{3164}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{e0041}',
        ] {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', 'é', '汉', '🦀', 'ﷺ', '\u{600}', '.', ' ', '\u{301}'] {
            assert!(!is_invisible(c), "{c:?}");
        }
        assert!(looks_empty(" \u{200b}\u{2800}\n\u{3164}\u{a0}") && !looks_empty("\u{200b}."));
    }

    #[test]
    fn joined_letters_and_emoji_fit_in_a_line() {
        for text in ["👩‍💻 Ann", "علی‌رضا", "❤️", "葛󠄀城"] {
            assert_eq!(line_fault(text), None, "{text}");
        }
        for text in ["a\u{202e}b", "a\u{200b}", "a\nb", "a\u{85}", "a\u{3164}"] {
            assert!(line_fault(text).is_some(), "{text:?}");
        }
    }
}
