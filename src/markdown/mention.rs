//! Mentions: `@ann`.

use crate::model::{
    text::{is_mark, joins_letters},
    user::fits_in_handle,
};
use std::ops::Range;
use unicode_script::{Script, UnicodeScript as _};

/// Greatest length of a handle that is searched for, in bytes. A longer run is not a mention.
const HANDLE_BYTES_MAX: usize = 256;
/// Greatest number of bytes before `@` that are searched for the word that contains it.
const WORD_BYTES_MAX: usize = 100;

/// Returns the mention whose `@` is at `at`: a whole handle that is not part of a word or an address.
pub(super) fn find_mention(text: &str, at: usize) -> Option<Range<usize>> {
    let before = &text[..at];
    let previous = before.chars().next_back();
    if previous.is_some_and(|c| is_part_of_word(c) || ".@-".contains(c)) || is_in_address(before) {
        return None;
    }
    let rest = &text[at + 1..];
    let (run, after) = rest.split_at(run(rest));
    if is_host(after) {
        return None;
    }
    let handle = trimmed(previous, run);
    let is_handle = !handle.is_empty() && !handle.starts_with('.') && !handle.starts_with(is_mark);
    (is_handle && handle.len() <= HANDLE_BYTES_MAX).then(|| at..at + 1 + handle.len())
}

/// Returns the number of bytes that can belong to a handle.
///
/// A handle that does not start in a script without spaces ends where such a script begins, because there no space
/// follows a name: `@ann来了`.
fn run(rest: &str) -> usize {
    let starts_spaceless = rest.starts_with(is_spaceless);
    let mut previous = None;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let fits = fits_in_handle(c) || is_mark(c) || joins_letters(previous, c, next);
        let is_separator = c == '|' && next == Some('@');
        if !fits || is_separator || (is_spaceless(c) && !starts_spaceless) {
            return at;
        }
        previous = Some(c);
    }
    rest.len()
}

/// Returns the handle without the punctuation that ends a sentence and without closing brackets that were opened before
/// the `@`.
fn trimmed(previous: Option<char>, run: &str) -> &str {
    let mut handle = run;
    while let Some(last) = handle.chars().next_back() {
        let is_dropped = match last {
            '.' => true,
            ']' => handle.matches(']').count() > handle.matches('[').count(),
            '}' => handle.matches('}').count() > handle.matches('{').count(),
            '|' | '^' | '`' => previous == Some(last),
            _ => false,
        };
        if !is_dropped || handle.len() > HANDLE_BYTES_MAX * 2 {
            break;
        }
        handle = &handle[..handle.len() - last.len_utf8()];
    }
    handle
}

/// Returns whether the text before `@` is the start of an address, with or without a scheme: `mastodon.social/@ann`.
fn is_in_address(before: &str) -> bool {
    if !before.ends_with('/') {
        return false;
    }
    let from = before.len().saturating_sub(WORD_BYTES_MAX);
    let bytes = &before.as_bytes()[from..];
    let word = bytes.rsplit(u8::is_ascii_whitespace).next();
    word.is_some_and(|word| word.contains(&b'.') || word.contains(&b':'))
}

/// Returns whether the text after a handle starts with the host of an address: `@ann@a.org`.
fn is_host(after: &str) -> bool {
    let Some(rest) = after.strip_prefix('@') else {
        return false;
    };
    let end = rest.find(|c: char| !(c.is_alphanumeric() || ".-".contains(c)));
    let host = &rest[..end.unwrap_or(rest.len())];
    host.trim_matches('.').contains('.')
}

/// Returns whether the character before a sign (`@`, `:`) makes the sign part of a word.
pub(super) fn is_part_of_word(c: char) -> bool {
    c == '_' || ((c.is_alphanumeric() || is_mark(c)) && !is_spaceless(c))
}

/// Returns whether the character belongs to a script without spaces between words or after names.
fn is_spaceless(c: char) -> bool {
    use Script::{Bopomofo, Han, Hangul, Hiragana, Katakana, Khmer, Lao, Myanmar, Thai, Tibetan};
    matches!(
        c.script(),
        Bopomofo | Han | Hangul | Hiragana | Katakana | Khmer | Lao | Myanmar | Thai | Tibetan
    )
}
