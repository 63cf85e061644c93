//! Colours of fenced code: keywords, strings, numbers, calls and comments, each a span with a class.
//!
//! A row is encoded once and for everybody, in the task that answers posts and feeds streams. Colours must therefore cost
//! microseconds, be the same in a page and in a stream, and take linear time for any text. Grammars for editors
//! (those of `syntect` and of tree-sitter) take milliseconds for a block and much more for a hostile one, so this is a
//! scanner that reads each character once. It knows how a language writes comments, strings and words, not its
//! grammar, and never fails: code that it does not understand has fewer colours.

mod languages;

use super::{
    addresses::{END, START},
    inline::Html,
};
use languages::{Language, Shape};

/// Code longer than this is shown without colours, in bytes.
const CODE_MAX: usize = 16 * 1024;
/// Greatest number of coloured pieces in a block. The rest is shown without colours, so that a row does not become many
/// times as long as its text.
const SPANS_MAX: usize = 1000;
/// Greatest length of the name of an unknown language that is shown, in bytes.
const NAME_MAX: usize = 20;

const KEYWORD: char = 'k';
const STRING: char = 's';
const FUNCTION: char = 'f';
const DIGITS: char = 'd';
const COMMENT: char = 'c';

/// The language of a fenced block.
#[derive(Debug, Default)]
pub(super) struct Fence {
    name: String,
    language: Option<&'static Language>,
}

impl Fence {
    /// Reads the first word after the opening fence.
    pub(super) fn parse(info: &str) -> Self {
        let word = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
        let language = languages::find(&word.to_ascii_lowercase());
        let is_name = |c: char| c.is_ascii_alphanumeric() || "+#._-".contains(c);
        let is_shown = word.len() <= NAME_MAX && word.chars().all(is_name);
        let name = language.map_or(if is_shown { word } else { "" }, |language| language.label);
        Self {
            name: name.to_owned(),
            language,
        }
    }

    /// Writes the start tags of the block. The name of the language is an attribute, since it is not part of the code.
    pub(super) fn write_start(&self, html: &mut Html) {
        if self.name.is_empty() {
            html.push_tag("<pre><code tabindex=\"0\">");
        } else {
            html.push_tag("<pre data-language=\"");
            html.escape(&self.name);
            html.push_tag("\"><code tabindex=\"0\">");
        }
    }

    /// Writes the code of the block.
    pub(super) fn write_code(&self, html: &mut Html, code: &str) {
        match self.language {
            Some(language) if code.len() <= CODE_MAX => Scanner::new(language, code).write(html),
            _ => html.escape(code),
        }
    }
}

struct Scanner<'a> {
    language: &'static Language,
    code: &'a str,
    /// Start of what has not been written.
    written: usize,
    spans: usize,
}

impl<'a> Scanner<'a> {
    fn new(language: &'static Language, code: &'a str) -> Self {
        Self {
            language,
            code,
            written: 0,
            spans: 0,
        }
    }

    fn write(mut self, html: &mut Html) {
        let mut at = 0;
        while at < self.code.len() && self.spans < SPANS_MAX {
            let (length, class) = self.piece(at);
            if let Some(class) = class {
                self.colour(html, at, at + length, class);
            }
            at += length;
        }
        html.escape(&self.code[self.written..]);
    }

    fn colour(&mut self, html: &mut Html, start: usize, end: usize, class: char) {
        html.escape(&self.code[self.written..start]);
        html.push_tag("<span class=\"");
        html.push_tag(class.encode_utf8(&mut [0; 4]));
        html.push_tag("\">");
        html.escape(&self.code[start..end]);
        html.push_tag("</span>");
        self.written = end;
        self.spans += 1;
    }

    /// Returns the length of the piece at a place, at least one character, and its class.
    fn piece(&self, at: usize) -> (usize, Option<char>) {
        let (before, rest) = self.code.split_at(at);
        let first = rest.chars().next().unwrap_or(START);
        if self.language.shape == Shape::Diff {
            return diff_line(rest);
        }
        if first == START {
            let address = rest.find(END).map_or(rest.len(), |end| end + 1);
            return (address, None);
        }
        if let Some(length) = self.comment(before, rest) {
            return (length, Some(COMMENT));
        }
        if let Some(length) = self.string(before, rest) {
            return (length, Some(self.of_key(&rest[length..], STRING)));
        }
        if first.is_ascii_digit() {
            return (number(rest), Some(DIGITS));
        }
        if is_word(first) || self.language.signs.contains(first) {
            let length = self.word(rest);
            return (
                length,
                self.class_of(before, &rest[..length], &rest[length..]),
            );
        }
        (first.len_utf8(), None)
    }

    fn comment(&self, before: &str, rest: &str) -> Option<usize> {
        let blocks = self.language.blocks.iter();
        for (opening, closing) in blocks {
            if let Some(inside) = rest.strip_prefix(opening) {
                let length = inside.find(closing).map(|end| end + closing.len());
                return Some(opening.len() + length.unwrap_or(inside.len()));
            }
        }
        let mut lines = self.language.lines.iter();
        // A number sign within a word is none of a comment: `$#`, `a#b`.
        let starts =
            |mark: &str| mark != "#" || before.chars().next_back().is_none_or(char::is_whitespace);
        lines
            .any(|mark| rest.starts_with(mark) && starts(mark))
            .then(|| line(rest))
    }

    /// Returns the length of a string. One that is not closed ends with its line, or with the code if it may have lines.
    fn string(&self, before: &str, rest: &str) -> Option<usize> {
        for mark in self.language.texts {
            if let Some(inside) = rest.strip_prefix(mark) {
                let length = inside.find(mark).map(|end| end + mark.len());
                return Some(mark.len() + length.unwrap_or(inside.len()));
            }
        }
        let quote = rest.chars().next()?;
        if !self.language.quotes.contains(quote) {
            return None;
        }
        if quote == '\'' {
            // An apostrophe within a word, and the sign of a lifetime, are no quotation marks.
            let is_apostrophe = before.chars().next_back().is_some_and(is_word);
            if is_apostrophe || (self.language.shape == Shape::Lifetimes && !is_char(rest)) {
                return None;
            }
        }
        let mut is_escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                '\n' => return Some(at),
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                _ if c == quote => return Some(at + 1),
                _ => {}
            }
        }
        Some(rest.len())
    }

    fn word(&self, rest: &str) -> usize {
        let is_part = |c: char| is_word(c) || c.is_ascii_digit() || self.language.signs.contains(c);
        rest.find(|c| !is_part(c)).unwrap_or(rest.len())
    }

    fn class_of(&self, before: &str, word: &str, after: &str) -> Option<char> {
        let keywords = self.language.keywords;
        let is_keyword = if self.language.ignores_case {
            keywords.binary_search(&&*word.to_ascii_lowercase()).is_ok()
        } else {
            keywords.binary_search(&word).is_ok()
        };
        if is_keyword || (self.language.shape == Shape::Markup && before.ends_with(['<', '/'])) {
            return Some(KEYWORD);
        }
        if after.starts_with('(') && self.language.has_calls {
            return Some(FUNCTION);
        }
        (self.of_key(after, ' ') == FUNCTION).then_some(FUNCTION)
    }

    /// Returns the class of a name or string: another one if it is the key of a value.
    fn of_key(&self, after: &str, class: char) -> char {
        let is_key = match self.language.shape {
            Shape::Keys(mark) => after.trim_start_matches(' ').starts_with(mark),
            Shape::Markup => after.starts_with('='),
            _ => false,
        };
        if is_key { FUNCTION } else { class }
    }
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Returns the length of a line without its end.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_part = |(at, byte): (usize, &u8)| {
        let is_point = *byte == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        byte.is_ascii_alphanumeric() || *byte == b'_' || is_point
    };
    bytes
        .iter()
        .enumerate()
        .position(|part| !is_part(part))
        .unwrap_or(bytes.len())
}

/// Returns whether an apostrophe opens a literal of one character.
fn is_char(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    chars.next() == Some('\\') || chars.next() == Some('\'')
}

fn diff_line(rest: &str) -> (usize, Option<char>) {
    let class = match rest.as_bytes().first() {
        Some(b'+') => Some(STRING),
        Some(b'-') => Some(DIGITS),
        Some(b'@') => Some(COMMENT),
        _ => None,
    };
    let length = line(rest);
    (length.max(1), class.filter(|_| length > 0))
}

#[cfg(test)]
mod tests;
