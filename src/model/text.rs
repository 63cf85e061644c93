//! Properties of characters and texts: visibility, single lines, and combining marks.

use crate::fault::Fault;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::confusable_detection::skeleton;

/// Returns whether the character is invisible, white space excluded: Unicode's `Default_Ignorable_Code_Point` (which
/// skeletons omit) and interlinear annotation characters. Some of these change the direction of the adjacent text (UAX
/// 9, sections 2.1 to 2.5).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    skeleton(c.encode_utf8(&mut [0; 4])).next().is_none() || matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// Returns whether a text contains no visible character.
#[must_use]
pub fn looks_empty(text: &str) -> bool {
    const BRAILLE_BLANK: char = '\u{2800}';
    text.chars()
        .all(|c| c.is_whitespace() || c == BRAILLE_BLANK || is_invisible(c))
}

/// Returns whether the character is invisible and changes the shape of its neighbours: joiners and variation selectors.
fn shapes(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns whether the character is permitted in a text of one line.
#[must_use]
pub fn fits_in_line(c: char) -> bool {
    shapes(c) || !(c.is_control() || is_invisible(c))
}

/// Maximum number of consecutive combining marks in a handle or name. Written languages need fewer.
pub const MARKS_MAX: usize = 8;

/// Returns whether the character is a combining mark (general categories Mn and Mc).
#[must_use]
pub fn is_mark(c: char) -> bool {
    // A fast check first: no combining mark precedes U+0300, and most characters do.
    c >= '\u{300}'
        && matches!(
            c.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark
        )
        && !is_invisible(c)
}

/// Returns whether the character is a joiner (ZWJ, ZWNJ) at a position where the spelling of a word needs it: after a
/// virama, or between letters that would otherwise be joined (RFC 5892, appendices A.1 and A.2).
#[must_use]
pub fn joins_letters(previous: Option<char>, c: char, next: Option<char>) -> bool {
    const VIRAMA: u8 = 9;
    const ZWNJ: char = '\u{200c}';
    const ZWJ: char = '\u{200d}';
    let is_joined = |c: char| matches!(c.script(), Script::Arabic | Script::Syriac);
    let is_after_virama = previous.is_some_and(|c| canonical_combining_class(c) == VIRAMA);
    match c {
        ZWJ => is_after_virama,
        ZWNJ => is_after_virama || (previous.is_some_and(is_joined) && next.is_some_and(is_joined)),
        _ => false,
    }
}

/// Returns what is wrong with the combining marks of a handle or name, or `None`.
#[must_use]
pub fn marks_fault(text: &str) -> Option<Fault> {
    let starts_with_mark = text.starts_with(is_mark);
    let longest = text
        .split(|c| !is_mark(c))
        .map(|run| run.chars().count())
        .max();
    let has_too_many = longest.is_some_and(|count| count > MARKS_MAX);
    (starts_with_mark || has_too_many).then_some(Fault::TooManyMarks { max: MARKS_MAX })
}

/// Returns the text without the combining marks that [`marks_fault`] refuses.
#[must_use]
pub fn without_surplus_marks(text: &str) -> String {
    // A mark at the beginning has no base character.
    let mut marks = MARKS_MAX;
    let kept = text.chars().filter(|c| {
        marks = if is_mark(*c) { marks + 1 } else { 0 };
        marks <= MARKS_MAX
    });
    kept.collect()
}

/// Returns the text with each CRLF and CR replaced by LF.
#[must_use]
pub fn with_unix_lines(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

/// Returns what is wrong with a text of one line, or `None`.
#[must_use]
pub fn line_fault(text: &str) -> Option<Fault> {
    let fits = text.chars().all(fits_in_line);
    (!fits).then_some(Fault::NotOneLine)
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
