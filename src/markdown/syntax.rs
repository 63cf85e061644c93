//! Detection of bodies without Markdown, which are most bodies, without parsing.

/// Returns whether the body may contain Markdown. False positives only cost time; there are no false negatives.
pub(super) fn has_syntax(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut is_line_start = true;
    for (n, &byte) in bytes.iter().enumerate() {
        let is_syntax = match byte {
            b'*' | b'`' | b'[' | b'\\' => true,
            b'~' => bytes.get(n + 1) == Some(&b'~'),
            b'_' => !(is_word(n.checked_sub(1), bytes) && is_word(Some(n + 1), bytes)),
            b'<' => starts_autolink(&bytes[n + 1..]),
            b'>' => is_line_start,
            b'#' => is_line_start && starts_heading(&bytes[n..]),
            // A table has a line of dashes.
            b'|' => text.contains('-'),
            b'-' | b'+' => is_line_start && ends_marker(bytes.get(n + 1)),
            b'.' | b')' => ends_marker(bytes.get(n + 1)) && is_number_before(&bytes[..n]),
            _ => false,
        };
        if is_syntax {
            return true;
        }
        is_line_start = byte == b'\n' || (is_line_start && matches!(byte, b' ' | b'\t'));
    }
    false
}

fn is_word(at: Option<usize>, bytes: &[u8]) -> bool {
    at.and_then(|at| bytes.get(at))
        .is_some_and(u8::is_ascii_alphanumeric)
}

/// Returns whether `<` starts an address such as `<https://example.org>`, given the text after it.
fn starts_autolink(rest: &[u8]) -> bool {
    const LENGTH_MAX: usize = 2000; // bytes
    let end = rest
        .iter()
        .take(LENGTH_MAX)
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>'));
    let inside = &rest[..end.unwrap_or_default()];
    inside.contains(&b':') || inside.contains(&b'@')
}

/// Returns whether the text starts with the number signs of a heading.
fn starts_heading(rest: &[u8]) -> bool {
    const LEVEL_MAX: usize = 6;
    let signs = rest.iter().take(LEVEL_MAX + 1);
    let count = signs.take_while(|&&byte| byte == b'#').count();
    count <= LEVEL_MAX && ends_marker(rest.get(count))
}

fn ends_marker(next: Option<&u8>) -> bool {
    matches!(next, None | Some(b' ' | b'\t' | b'\n'))
}

/// Returns whether the text ends with digits that can number a list item, alone in their line.
fn is_number_before(text: &[u8]) -> bool {
    const DIGITS_MAX: usize = 9;
    let digits = text.iter().rev().take(DIGITS_MAX + 1);
    let count = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let before = text[..text.len() - count].last();
    (1..=DIGITS_MAX).contains(&count) && matches!(before, None | Some(b' ' | b'\t' | b'\n' | b'>'))
}
