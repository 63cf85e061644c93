//! What people write, as HTML: emphasis, code, quotes, lists and links of Markdown, and everything else as it was typed.
//!
//! Only what is written here as a literal becomes a tag: whatever came from a person is escaped on its way out. What the
//! subset leaves out (headings, pictures, raw HTML, tables, rules) is shown as its source.

use super::inline::{escape, has_inline, link_start, write_text};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};
use std::{mem::take, ops::Range};

/// Quotes and lists within each other, and emphasis within emphasis, that are shown as such. A page of nothing but `>`
/// would else be as deep as it is long.
const DEPTH_MAX: usize = 8;

/// A text as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prose {
    pub(super) html: String,
    /// Whether it holds blocks, and not just a line of text.
    pub(super) has_blocks: bool,
}

/// The text as HTML, or nothing where it says the same just escaped, as most do.
pub(super) fn render_prose(text: &str) -> Option<Prose> {
    if has_marks(text) {
        return render_marks(text).or_else(|| Some(render_line(text)));
    }
    has_inline(text).then(|| render_line(text))
}

fn render_line(text: &str) -> Prose {
    let mut html = String::with_capacity(text.len() + text.len() / 2);
    write_text(&mut html, text);
    Prose {
        html,
        has_blocks: false,
    }
}

/// Whether Markdown might see something in it. Never wrong when it says no.
fn has_marks(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut is_line_start = true;
    for (n, &byte) in bytes.iter().enumerate() {
        let is_mark = match byte {
            b'*' | b'`' | b'[' | b'\\' => true,
            b'~' => bytes.get(n + 1) == Some(&b'~'),
            b'_' => !(is_word(n.checked_sub(1), bytes) && is_word(Some(n + 1), bytes)),
            b'<' => begins_address(&bytes[n + 1..]),
            b'>' => is_line_start,
            b'-' | b'+' => is_line_start && ends_mark(bytes.get(n + 1)),
            b'.' | b')' => ends_mark(bytes.get(n + 1)) && is_number_before(&bytes[..n]),
            _ => false,
        };
        if is_mark {
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

/// Whether `<` begins an address such as `<https://example.org>`.
fn begins_address(rest: &[u8]) -> bool {
    const LENGTH_MAX: usize = 2000; // bytes
    let sign = rest
        .iter()
        .take(LENGTH_MAX)
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>'));
    let inside = &rest[..sign.unwrap_or_default()];
    inside.contains(&b':') || inside.contains(&b'@')
}

fn ends_mark(next: Option<&u8>) -> bool {
    matches!(next, None | Some(b' ' | b'\t' | b'\n'))
}

/// Whether a line begins with digits alone, which then number an item.
fn is_number_before(line: &[u8]) -> bool {
    const DIGITS_MAX: usize = 9;
    let digits = line.iter().rev().take(DIGITS_MAX + 1);
    let count = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let before = line[..line.len() - count].last();
    (1..=DIGITS_MAX).contains(&count) && matches!(before, None | Some(b' ' | b'\t' | b'\n' | b'>'))
}

/// Nothing if Markdown would show nothing of the text, or not the lines of it that define links for use elsewhere.
fn render_marks(text: &str) -> Option<Prose> {
    let parser = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH);
    if parser.reference_definitions().iter().next().is_some() {
        return None;
    }
    let mut writer = Writer::new(text);
    for (event, at) in parser.into_offset_iter() {
        writer.take(event, at);
    }
    writer.finish()
}

struct Writer<'a> {
    source: &'a str,
    html: String,
    /// What was read and not yet written: one text comes in many pieces.
    text: String,
    /// What ends each element that is open; nothing where it was left out.
    open: Vec<Option<&'static str>>,
    shown: usize,
    is_in_code: bool,
    is_in_link: bool,
    /// How many elements are open that are shown as their source, and thus already written.
    skipped: usize,
    below_heading: &'a str,
    has_text: bool,
    blocks: usize,
    paragraphs: usize,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            html: String::with_capacity(source.len() + source.len() / 2),
            text: String::new(),
            open: Vec::new(),
            shown: 0,
            is_in_code: false,
            is_in_link: false,
            skipped: 0,
            below_heading: "",
            has_text: false,
            blocks: 0,
            paragraphs: 0,
        }
    }

    fn take(&mut self, event: Event<'_>, at: Range<usize>) {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(_) => self.skipped -= 1,
                _ => {}
            }
            return;
        }
        let source = &self.source[at.clone()];
        match event {
            Event::Start(tag) => self.start(&tag, at),
            Event::End(_) => self.end(),
            // An entity is shown as it was typed.
            Event::Text(_) if source.starts_with('&') && !self.is_in_code => {
                self.text.push_str(source);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&text);
            }
            Event::Code(code) => {
                self.flush();
                self.html.push_str("<code>");
                escape(&mut self.html, &code);
                self.has_text = true;
                self.html.push_str("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Rule => {
                self.block("<p>", None);
                self.text.push_str(source.trim_end());
                self.flush();
                self.html.push_str("</p>\n");
            }
            _ => self.text.push_str(source),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.paragraphs += usize::from(self.open.is_empty());
                self.block("<p>", Some("</p>"));
            }
            Tag::Heading { .. } => self.heading(&self.source[at]),
            Tag::BlockQuote(_) => self.nested("<blockquote>\n", "</blockquote>"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.block("<pre><code tabindex=\"0\">", Some("</code></pre>"));
                self.is_in_code = true;
            }
            Tag::HtmlBlock | Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.block("<p>", Some("</p>"));
            }
            Tag::List(None) => self.nested("<ul>\n", "</ul>"),
            Tag::List(Some(1)) => self.nested("<ol>\n", "</ol>"),
            Tag::List(Some(first)) => {
                self.nested("<ol start=\"", "</ol>");
                if self.open.last().is_some_and(Option::is_some) {
                    self.html.push_str(&first.to_string());
                    self.html.push_str("\">\n");
                }
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.inline("<em>", "</em>"),
            Tag::Strong => self.inline("<strong>", "</strong>"),
            Tag::Strikethrough if self.source[at.clone()].starts_with("~~") => {
                self.inline("<del>", "</del>");
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.link(*link_type, dest_url, at),
            _ => self.skip(at),
        }
    }

    /// What makes a line a heading stands before it, or below it.
    fn heading(&mut self, source: &'a str) {
        self.block("<p>", Some("</p>"));
        if let Some((_, below)) = source.trim_end().rsplit_once('\n') {
            self.below_heading = below.trim_start_matches(['>', ' ', '\t']);
        } else {
            let line = source.trim_start_matches('#').trim_start();
            self.text.push_str(&source[..source.len() - line.len()]);
        }
    }

    /// Shows an element as its source.
    fn skip(&mut self, at: Range<usize>) {
        self.text.push_str(&self.source[at]);
        self.skipped = 1;
    }

    fn block(&mut self, start: &str, end: Option<&'static str>) {
        self.flush();
        self.blocks += usize::from(self.open.is_empty());
        self.html.push_str(start);
        if end.is_some() {
            self.push(end);
        }
    }

    fn nested(&mut self, start: &str, end: &'static str) {
        if self.shown < DEPTH_MAX {
            self.block(start, Some(end));
        } else {
            self.flush();
            self.push(None);
        }
    }

    /// An item stands in a list, or is left out with it.
    fn item(&mut self) {
        self.flush();
        if self.open.last().is_some_and(Option::is_some) {
            self.html.push_str("<li>");
            self.push(Some("</li>"));
        } else {
            self.html.push(' ');
            self.push(None);
        }
    }

    fn inline(&mut self, start: &str, end: &'static str) {
        self.flush();
        if self.shown < 2 * DEPTH_MAX {
            self.html.push_str(start);
            self.push(Some(end));
        } else {
            self.push(None);
        }
    }

    fn link(&mut self, kind: LinkType, address: &str, at: Range<usize>) {
        let mail = (kind == LinkType::Email).then(|| format!("mailto:{address}"));
        let Some(start) = link_start(mail.as_deref().unwrap_or(address)) else {
            return self.skip(at);
        };
        self.flush();
        self.html.push_str(&start);
        self.push(Some("</a>"));
        self.is_in_link = true;
    }

    fn push(&mut self, end: Option<&'static str>) {
        self.shown += usize::from(end.is_some());
        self.open.push(end);
    }

    fn end(&mut self) {
        if matches!(self.open.last(), Some(Some("</p>" | "</code></pre>"))) {
            if !self.below_heading.is_empty() {
                self.text.push('\n');
                self.text.push_str(take(&mut self.below_heading));
            }
            self.text.truncate(self.text.trim_end_matches('\n').len());
        }
        self.flush();
        let Some(Some(end)) = self.open.pop() else {
            return;
        };
        self.shown -= 1;
        self.html.push_str(end);
        match end {
            "</code></pre>" => self.is_in_code = false,
            "</a>" => self.is_in_link = false,
            _ => {}
        }
        let is_inline = matches!(end, "</em>" | "</strong>" | "</del>" | "</a>");
        // Within an item, where a line's end is shown, one would be too many.
        if !is_inline && self.open.last() != Some(&Some("</li>")) {
            self.html.push('\n');
        }
    }

    fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        self.has_text = true;
        if self.is_in_code || self.is_in_link {
            escape(&mut self.html, &self.text);
        } else {
            write_text(&mut self.html, &self.text);
        }
        self.text.clear();
    }

    fn finish(mut self) -> Option<Prose> {
        self.flush();
        if !self.has_text {
            return None;
        }
        self.html.truncate(self.html.trim_end().len());
        let has_blocks = (self.blocks, self.paragraphs) != (1, 1);
        if !has_blocks {
            self.html.truncate(self.html.len() - "</p>".len());
            self.html.drain(.."<p>".len());
        }
        Some(Prose {
            html: self.html,
            has_blocks,
        })
    }
}

#[cfg(test)]
mod tests;
