//! Handles for people who have a name elsewhere, and do not choose one here.

use super::user::{HANDLE_MAX, Handle, fits_in_handle};
use unicode_normalization::UnicodeNormalization as _;

/// Length in characters that is left for a number which makes the handle unique.
const RESERVED: usize = 6;
/// The handle of somebody whose name has nothing that handles may contain.
const FALLBACK: &str = "member";

/// Returns a valid handle that resembles a name: of an address the part before `@`, without what handles may not contain.
/// Spaces and the like become dashes. It is short enough for a number to follow.
#[must_use]
pub fn suggest_handle(name: &str) -> String {
    let local = name.split('@').next().unwrap_or_default();
    let mut handle = String::new();
    for c in local.nfc() {
        let length = handle.chars().count();
        if length >= HANDLE_MAX - RESERVED
            || handle.len() + c.len_utf8() > 2 * HANDLE_MAX - RESERVED
        {
            break;
        }
        if fits_in_handle(c) {
            handle.push(c);
        } else if !handle.is_empty() && !handle.ends_with('-') {
            handle.push('-');
        }
    }
    let handle = handle.trim_matches(['-', '.', '_']);
    Handle::parse(handle).map_or_else(|_| FALLBACK.to_owned(), Handle::into_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_resembles_the_name() {
        for (name, handle) in [
            ("ann", "ann"),
            ("ann.lee@choir.example", "ann.lee"),
            ("Ann  Lee", "Ann-Lee"),
            ("José Núñez", "José-Núñez"),
            ("王小明", "王小明"),
            ("CN=Ann,O=Choir", "CN-Ann-O-Choir"),
            ("@home", FALLBACK),
            ("me", FALLBACK),
            ("🦀🦀", FALLBACK),
            ("", FALLBACK),
            ("-..-", FALLBACK),
        ] {
            assert_eq!(suggest_handle(name), handle, "{name}");
        }
    }

    #[test]
    fn a_number_fits_behind_the_longest_one() {
        for letter in ["a", "ж", "字", "विक्र"] {
            let handle = format!("{}-1234", suggest_handle(&letter.repeat(300)));
            assert!(Handle::parse(&handle).is_ok(), "{handle}");
        }
    }
}
