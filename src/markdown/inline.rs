//! Text within a line: escaping, links for bare addresses, mentions, emoji names.

use super::{
    MENTIONS_MAX,
    addresses::{self, END, START, find_address},
    mention::{find_mention, is_part_of_word},
};
use crate::model::user::mention_key;
use std::ops::Range;

/// Returns whether the body may contain an address, a mention or an emoji name. There are no false negatives.
pub(super) fn has_inline(body: &str) -> bool {
    let bytes = body.as_bytes();
    bytes.iter().enumerate().any(|(n, byte)| match byte {
        b'@' => true,
        b':' => bytes
            .get(n + 1)
            .is_some_and(|&next| next == b'/' || is_name_byte(next)),
        _ => false,
    })
}

/// An HTML buffer, and the mentions in it.
#[derive(Debug)]
pub(super) struct Html {
    pub(super) text: String,
    /// Keys of the mentioned handles, each once.
    pub(super) mentions: Vec<String>,
}

impl Html {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            mentions: Vec::new(),
        }
    }

    /// Appends HTML as it is.
    pub(super) fn push_tag(&mut self, tag: &str) {
        self.text.push_str(tag);
    }

    /// Appends text with the characters escaped that are special between tags or in a quoted attribute.
    pub(super) fn escape(&mut self, text: &str) {
        let mut copied = 0;
        for (at, byte) in text.bytes().enumerate() {
            let original = addresses::original(byte);
            if original.is_none() && !matches!(byte, 1 | 2 | b'&' | b'<' | b'>' | b'"' | b'\'') {
                continue;
            }
            self.text.push_str(&text[copied..at]);
            copied = at + 1;
            match original.unwrap_or(char::from(byte)) {
                START | END => {}
                '&' => self.text.push_str("&#38;"),
                '<' => self.text.push_str("&#60;"),
                '>' => self.text.push_str("&#62;"),
                '"' => self.text.push_str("&#34;"),
                '\'' => self.text.push_str("&#39;"),
                c => self.text.push(c),
            }
        }
        self.text.push_str(&text[copied..]);
    }

    /// Appends text, with links for addresses, spans for mentions, and emoji for their names.
    pub(super) fn write_text(&mut self, text: &str) {
        let (mut written, mut from) = (0, 0);
        // End of the last emoji: another emoji may follow it directly.
        let mut after_emoji = None;
        while let Some(sign) = text[from..].find(['@', ':', START]).map(|at| from + at) {
            let Some((Range { start, end }, what)) = find_at(text, written, sign, after_emoji)
            else {
                from = sign + 1;
                continue;
            };
            self.escape(&text[written..start]);
            let shown = &text[start..end];
            match what {
                What::Address => self.write_address(shown),
                What::Mention => self.write_mention(shown),
                What::Emoji(emoji) => {
                    self.text.push_str(emoji);
                    after_emoji = Some(end);
                }
            }
            (written, from) = (end, end);
        }
        self.escape(&text[written..]);
    }

    fn write_address(&mut self, address: &str) {
        self.text.push_str("<a href=\"");
        self.escape(address);
        self.text.push_str(LINK_ATTRIBUTES);
        self.escape(address);
        self.text.push_str("</a>");
    }

    fn write_mention(&mut self, shown: &str) {
        let key = mention_key(&shown[1..]);
        let is_known = self.mentions.contains(&key);
        if !is_known && self.mentions.len() == MENTIONS_MAX {
            return self.escape(shown);
        }
        self.text.push_str("<span class=\"mention\" data-handle=\"");
        self.escape(&key);
        self.text.push_str("\">");
        self.escape(shown);
        self.text.push_str("</span>");
        if !is_known {
            self.mentions.push(key);
        }
    }
}

const LINK_ATTRIBUTES: &str = "\" target=\"_blank\" rel=\"nofollow noopener noreferrer ugc\">";

/// Returns the start tag of a link to an address, or `None` if it is not one of `http`, `https` or `mailto`.
pub(super) fn link_start(address: &str) -> Option<String> {
    let is_known = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if !is_known || address.contains(char::is_control) {
        return None;
    }
    let mut html = Html::with_capacity(address.len() + 80);
    html.push_tag("<a href=\"");
    html.escape(address);
    html.push_tag(LINK_ATTRIBUTES);
    Some(html.text)
}

enum What {
    Address,
    Mention,
    Emoji(&'static str),
}

fn find_at(
    text: &str,
    written: usize,
    sign: usize,
    after_emoji: Option<usize>,
) -> Option<(Range<usize>, What)> {
    match text.as_bytes()[sign] {
        b'@' => Some((find_mention(text, sign)?, What::Mention)),
        b':' if text[sign..].starts_with("://") => {
            Some((find_address(text, written, sign)?.address, What::Address))
        }
        b':' => {
            let (range, emoji) = find_emoji(text, sign, after_emoji)?;
            Some((range, What::Emoji(emoji)))
        }
        // A character of a protected address.
        _ => {
            let length = text[sign..].find(END)?;
            Some((sign..sign + length + 1, What::Address))
        }
    }
}

/// Returns the emoji of a name such as `:tada:`, given its first colon. The name must not touch a word or a further
/// colon, as in `a::b:c` and `10:30:45`. Another name may follow directly.
fn find_emoji(
    text: &str,
    colon: usize,
    after_emoji: Option<usize>,
) -> Option<(Range<usize>, &'static str)> {
    let touches = |c: char| c == ':' || is_part_of_word(c);
    if after_emoji != Some(colon) && text[..colon].ends_with(touches) {
        return None;
    }
    let (end, emoji) = read_emoji(text, colon)?;
    let is_free = !text[end..].starts_with(touches) || read_emoji(text, end).is_some();
    is_free.then_some((colon..end, emoji))
}

/// Parses a name such as `:tada:` from its first colon. Returns the end of the name and the emoji.
fn read_emoji(text: &str, colon: usize) -> Option<(usize, &'static str)> {
    const NAME_MAX: usize = 48; // bytes; the longest one has 36
    let rest = text[colon..].strip_prefix(':')?;
    let name = rest.bytes().take(NAME_MAX).take_while(|&b| is_name_byte(b));
    let name = &rest[..name.count()];
    rest[name.len()..].starts_with(':').then_some(())?;
    let emoji = emojis::get_by_shortcode(name)?;
    Some((colon + name.len() + 2, emoji.as_str()))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'+' | b'-')
}
