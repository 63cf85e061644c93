//! What is seen within a line of text, with or without Markdown: addresses, names of people, names of emoji.

/// Whether there may be something of the kind in it. Never wrong when it says no.
pub(super) fn has_inline(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(n, byte)| match byte {
        b'@' => true,
        b':' => bytes
            .get(n + 1)
            .is_some_and(|&next| next == b'/' || is_name_byte(next)),
        _ => false,
    })
}

/// Writes a text, with links, mentions and emoji in the place of what stands for them.
pub(super) fn write_text(html: &mut String, text: &str) {
    let (mut written, mut from) = (0, 0);
    while let Some(sign) = text[from..].find(['@', ':']).map(|at| from + at) {
        let found = match text.as_bytes()[sign] {
            b'@' => find_mention(text, sign),
            _ => find_address(text, written, sign).or_else(|| find_emoji(text, sign)),
        };
        let Some(Found { start, end, what }) = found else {
            from = sign + 1;
            continue;
        };
        escape(html, &text[written..start]);
        let shown = &text[start..end];
        match what {
            What::Address => {
                html.push_str(&link_start(shown).unwrap_or_default());
                escape(html, shown);
                html.push_str("</a>");
            }
            What::Mention => {
                html.push_str("<span class=\"mention\" data-handle=\"");
                escape(html, &shown[1..].to_lowercase());
                html.push_str("\">");
                escape(html, shown);
                html.push_str("</span>");
            }
            What::Emoji(emoji) => html.push_str(emoji),
        }
        (written, from) = (end, end);
    }
    escape(html, &text[written..]);
}

/// The tag that begins a link to this address, where it is one to follow.
pub(super) fn link_start(address: &str) -> Option<String> {
    let is_known = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if !is_known || address.contains(char::is_control) {
        return None;
    }
    let mut start = String::with_capacity(address.len() + 80);
    start.push_str("<a href=\"");
    escape(&mut start, address);
    start.push_str("\" target=\"_blank\" rel=\"nofollow noopener noreferrer ugc\">");
    Some(start)
}

/// Writes a text such that it means itself, between tags and in a quoted attribute.
pub(super) fn escape(html: &mut String, text: &str) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&#38;",
            b'<' => "&#60;",
            b'>' => "&#62;",
            b'"' => "&#34;",
            b'\'' => "&#39;",
            _ => continue,
        };
        html.push_str(&text[written..at]);
        html.push_str(escaped);
        written = at + 1;
    }
    html.push_str(&text[written..]);
}

struct Found {
    start: usize,
    end: usize,
    what: What,
}

enum What {
    Address,
    Mention,
    Emoji(&'static str),
}

/// `@ann`, where the store counts it as one (`room_json!` in `store/rooms.rs`), and as far as a handle could go.
fn find_mention(text: &str, sign: usize) -> Option<Found> {
    let before = text[..sign].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || "._@-".contains(c)) {
        return None;
    }
    let rest = &text[sign + 1..];
    let first = rest
        .chars()
        .next()
        .filter(|c| c.is_alphanumeric() || "[]{}|_^-`\\".contains(*c))?;
    // Chinese and Japanese put no space after a name: a name in ASCII ends where their letters begin.
    let is_handle = |c: char| {
        (c.is_alphanumeric() && (c.is_ascii() || !first.is_ascii())) || "-_.[]{}|\\^`".contains(c)
    };
    let handle = rest
        .split_once(|c| !is_handle(c))
        .map_or(rest, |(handle, _)| handle);
    let handle = handle.trim_end_matches('.');
    (handle.len() <= HANDLE_BYTES_MAX).then(|| Found {
        start: sign,
        end: sign + 1 + handle.len(),
        what: What::Mention,
    })
}

/// Beyond what a handle may have; a name that runs into a sentence is still found.
const HANDLE_BYTES_MAX: usize = 256;

/// `https://example.org/`, given its colon. What ends a sentence does not belong to an address.
fn find_address(text: &str, written: usize, colon: usize) -> Option<Found> {
    if !text[colon..].starts_with("://") {
        return None;
    }
    let before = &text[written..colon];
    let scheme = ["https", "http"].into_iter().find(|scheme| {
        before
            .len()
            .checked_sub(scheme.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
    })?;
    let start = colon - scheme.len();
    if text[written..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let from = colon + "://".len();
    let length = text[from..].find(ends_address).unwrap_or(text.len() - from);
    let end = from + trimmed(&text[from..from + length]);
    (end > from).then_some(Found {
        start,
        end,
        what: What::Address,
    })
}

/// White space, what quotes or encloses, and the punctuation of Chinese and Japanese.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '“' | '”' | '‘' | '’')
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}')
}

/// Its length without what ends a sentence, and without a bracket that was opened before it.
fn trimmed(rest: &str) -> usize {
    let count = |sign: u8| rest.bytes().filter(|byte| *byte == sign).count();
    let (opened, mut closed) = (count(b'('), count(b')'));
    let mut end = rest.len();
    for c in rest.chars().rev() {
        match c {
            ')' if closed > opened => closed -= 1,
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' | ']' | '}' => {}
            _ => break,
        }
        end -= 1;
    }
    end
}

/// `:tada:`, given its first colon.
fn find_emoji(text: &str, colon: usize) -> Option<Found> {
    const NAME_MAX: usize = 48; // bytes; the longest one has 36
    if text[..colon].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = &text.as_bytes()[colon + 1..];
    let length = rest
        .iter()
        .take(NAME_MAX)
        .take_while(|byte| is_name_byte(**byte))
        .count();
    if length == 0 || rest.get(length) != Some(&b':') {
        return None;
    }
    let end = colon + 1 + length;
    let emoji = emojis::get_by_shortcode(&text[colon + 1..end])?;
    Some(Found {
        start: colon,
        end: end + 1,
        what: What::Emoji(emoji.as_str()),
    })
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'+' | b'-')
}
