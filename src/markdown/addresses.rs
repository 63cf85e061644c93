//! Bare addresses: `https://example.org/` without brackets around it.
//!
//! The crate `linkify` finds addresses in text without markup. It is not used because it does not end an address at
//! Chinese or Japanese punctuation, and does not recognise the Markdown delimiters around an address.

use std::{borrow::Cow, ops::Range};

/// Precedes a protected address.
pub(super) const START: char = '\u{1}';
/// Follows a protected address.
pub(super) const END: char = '\u{2}';
/// Characters of addresses that are special in Markdown. In a protected address, each one is replaced by the control
/// character at its index after [`FIRST_STAND_IN`]; bodies contain no control characters.
const SPECIAL: [char; 11] = ['*', '_', '~', '[', ']', '(', ')', '\\', '&', '|', '!'];
const FIRST_STAND_IN: char = '\u{e}';

/// Returns the source with each bare address enclosed in [`START`] and [`END`] and without characters that are special
/// in Markdown. Link destinations (`<https://…>`, `[text](https://…)`) are unchanged.
pub(super) fn protect(source: &str) -> Cow<'_, str> {
    let source = without_controls(source);
    let mut protected = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(colon) = source[from..].find("://").map(|at| from + at) {
        let Some(found) = find_address(&source, copied, colon) else {
            from = colon + "://".len();
            continue;
        };
        from = found.limit;
        if is_destination(&source, &found) {
            continue;
        }
        let Range { start, end } = found.address;
        protected.push_str(&source[copied..start]);
        protected.push(START);
        protected.extend(source[start..end].chars().map(stand_in));
        protected.push(END);
        (copied, from) = (end, end);
    }
    if copied == 0 {
        return source;
    }
    protected.push_str(&source[copied..]);
    Cow::Owned(protected)
}

/// Replaces control characters, which rows of earlier versions may contain, because they would be confused with those
/// of this module.
fn without_controls(source: &str) -> Cow<'_, str> {
    let is_control = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    if source.contains(is_control) {
        Cow::Owned(source.replace(is_control, "\u{fffd}"))
    } else {
        Cow::Borrowed(source)
    }
}

fn stand_in(c: char) -> char {
    SPECIAL
        .iter()
        .position(|special| *special == c)
        .and_then(|at| char::from_u32(FIRST_STAND_IN as u32 + u32::try_from(at).ok()?))
        .unwrap_or(c)
}

/// Returns the character that a control character of a protected source replaces.
pub(super) fn original(stand_in: u8) -> Option<char> {
    let at = u32::from(stand_in).checked_sub(FIRST_STAND_IN as u32)?;
    SPECIAL.get(usize::try_from(at).ok()?).copied()
}

/// A bare address in a text.
pub(super) struct Address {
    pub(super) address: Range<usize>,
    /// The end of the characters that an address can contain. Between the end of the address and this limit there is
    /// punctuation that ends a sentence or encloses the address.
    limit: usize,
}

/// Returns the address around the `://` at `colon`. It starts at or after `floor`.
pub(super) fn find_address(text: &str, floor: usize, colon: usize) -> Option<Address> {
    let before = text.get(floor..colon)?;
    let scheme = ["https", "http"].into_iter().find(|scheme| {
        before
            .len()
            .checked_sub(scheme.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
    })?;
    let start = colon - scheme.len();
    if text[floor..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let from = colon + "://".len();
    let rest = &text[from..];
    // In `[https://example.org](…)`, the address is the text of a link.
    let is_end = |at: usize, c: char| ends_address(c) || rest[at..].starts_with("](");
    let length = rest.char_indices().find(|(at, c)| is_end(*at, *c));
    let limit = from + length.map_or(rest.len(), |(at, _)| at);
    let end = from + trimmed(text[..start].chars().next_back(), &text[from..limit]);
    (end > from).then_some(Address {
        address: start..end,
        limit,
    })
}

/// Returns whether the character ends an address: white space, quotation marks, angle brackets, backticks, and Chinese
/// or Japanese punctuation.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '“' | '”' | '‘' | '’')
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}')
}

/// Returns the length of an address without punctuation that ends a sentence, without closing brackets that were opened
/// before it, and without the delimiters of emphasis around it. `before` is the character before the address.
fn trimmed(before: Option<char>, rest: &str) -> usize {
    let mut end = rest.len();
    let mut surplus = [('(', ')'), ('[', ']'), ('{', '}')].map(|(opening, closing)| {
        let count = |sign: char| rest.matches(sign).count();
        (closing, count(closing).saturating_sub(count(opening)))
    });
    while let Some(last) = rest[..end].chars().next_back() {
        let is_dropped = match last {
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' => true,
            ')' | ']' | '}' => surplus
                .iter_mut()
                .find(|(closing, surplus)| *closing == last && *surplus > 0)
                .map(|(_, surplus)| *surplus -= 1)
                .is_some(),
            '*' | '_' | '~' => before == Some(last) || !is_opened(&rest[..end], last),
            _ => false,
        };
        if !is_dropped {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

/// Returns whether the delimiters at the end of an address close one that was opened within it: `/wiki/_name_`.
fn is_opened(rest: &str, delimiter: char) -> bool {
    let inner = rest.trim_end_matches(delimiter);
    let opens = |at: usize| {
        !inner[..at].ends_with(char::is_alphanumeric)
            && inner[at..]
                .trim_start_matches(delimiter)
                .starts_with(char::is_alphanumeric)
    };
    // Only the last occurrence is checked, so that the search takes linear time.
    inner.rfind(delimiter).is_some_and(|at| {
        let first = inner[..at].trim_end_matches(delimiter).len();
        opens(first)
    })
}

/// Returns whether the address is the destination of a Markdown link.
fn is_destination(source: &str, found: &Address) -> bool {
    let before = &source[..found.address.start];
    (before.ends_with('<') && source[found.limit..].starts_with('>'))
        || before.trim_end().ends_with("](")
}
