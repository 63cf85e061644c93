//! Names and texts of other chats, adapted to the rules of this one.

use crate::model::{
    text::{
        fits_in_line, is_invisible, is_mark, joins_letters, looks_empty, with_unix_lines,
        without_surplus_marks,
    },
    user::{SERVER_HANDLE, is_reserved_handle},
};
use unicode_normalization::UnicodeNormalization as _;

/// Returns a display name in NFC, without characters that do not fit in a line; `None` if nothing visible is left.
pub(super) fn clean_name(mut name: String) -> Option<String> {
    name.retain(fits_in_line);
    let name = without_surplus_marks(&name.nfc().collect::<String>());
    Some(name).filter(|name| !looks_empty(name))
}

/// Returns a handle in NFC: white space becomes `_`. Reserved handles and that of the server's own account, as which
/// nobody can post, get a `_` at the end.
pub(super) fn clean_handle(handle: &str) -> String {
    // An export has U+FFFD where a stored handle was not UTF-8.
    let handle = handle.replace('\u{fffd}', "_");
    let words: Vec<_> = handle.split_whitespace().collect();
    let handle = without_stray_characters(&words.join("_").nfc().collect::<String>());
    if is_reserved_handle(&handle) || handle == SERVER_HANDLE {
        handle + "_"
    } else {
        handle
    }
}

/// Replaces invisible characters with `_`, and drops combining marks without a base letter or beyond the limit per
/// letter.
fn without_stray_characters(handle: &str) -> String {
    let mut kept = String::with_capacity(handle.len());
    let mut previous = None;
    let mut chars = handle.chars().peekable();
    while let Some(c) = chars.next() {
        let is_stray_mark =
            is_mark(c) && !previous.is_some_and(|c: char| c.is_alphanumeric() || is_mark(c));
        let is_hidden = is_invisible(c) && !joins_letters(previous, c, chars.peek().copied());
        if !is_stray_mark {
            kept.push(if is_hidden { '_' } else { c });
            previous = Some(c);
        }
    }
    without_surplus_marks(&kept)
}

/// Returns a text with Unix line ends, without other control characters than tabs and line ends.
pub(super) fn clean_body(body: &str) -> String {
    with_unix_lines(body.to_owned())
        .chars()
        .filter(|c| *c >= ' ' || matches!(c, '\t' | '\n'))
        .collect()
}
