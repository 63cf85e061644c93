//! Blocks and inline elements of Markdown as HTML.

use super::{
    Form, Rendered,
    code::Fence,
    inline::{Html, link_start},
    jumbo::is_jumbo,
    tables::{Columns, may_have_table},
};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag};
use std::{mem::take, ops::Range};

/// Greatest depth of nested quotes and lists; emphasis and links may add as many levels. Deeper elements are rendered
/// without their tags. Otherwise a body that consists of `>` only would nest as deep as it is long.
const DEPTH_MAX: usize = 8;

/// Renders a source with protected addresses. Returns `None` if Markdown would show nothing of it, or would hide lines
/// that define links for use elsewhere.
pub(super) fn render_blocks(source: &str) -> Option<Rendered> {
    let mut options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    options.set(Options::ENABLE_TABLES, may_have_table(source));
    let parser = Parser::new_ext(source, options);
    if parser.reference_definitions().iter().next().is_some() {
        return None;
    }
    let mut writer = Writer::new(source);
    for (event, at) in parser.into_offset_iter() {
        writer.take(event, at);
    }
    writer.finish()
}

struct Writer<'a> {
    source: &'a str,
    html: Html,
    /// Text that has not been written yet: pulldown-cmark may split one text into several events.
    text: String,
    /// The end tags of the open elements; `None` for an element without tags.
    open: Vec<Option<&'static str>>,
    /// Number of open elements with tags.
    depth: usize,
    /// The open block of fenced code.
    fence: Option<Fence>,
    /// The columns of the open table.
    columns: Columns,
    is_in_link: bool,
    /// Number of open elements that are shown as source, which is written when the outermost one starts.
    skipped: usize,
    /// The underline of the open heading (`===`), or empty.
    below_heading: &'a str,
    has_text: bool,
    /// Number of blocks at the top level.
    blocks: usize,
    /// Number of paragraphs at the top level.
    paragraphs: usize,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            html: Html::with_capacity(source.len() + source.len() / 2),
            text: String::new(),
            open: Vec::new(),
            depth: 0,
            fence: None,
            columns: Columns::default(),
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
            // Entities are shown as typed.
            Event::Text(_) if source.starts_with('&') && self.fence.is_none() => {
                self.text.push_str(source);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&text);
            }
            Event::Code(code) => {
                self.flush();
                self.html.push_tag("<code>");
                self.html.escape(&code);
                self.has_text = true;
                self.html.push_tag("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::TaskListMarker(is_done) => {
                self.html.push_tag(if is_done {
                    "<span class=\"task done\">☑</span>"
                } else {
                    "<span class=\"task\">☐</span>"
                });
                self.has_text = true;
            }
            Event::Rule => {
                self.block("<p>", None);
                self.text.push_str(source.trim_end());
                self.flush();
                self.html.push_tag("</p>\n");
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
            Tag::Heading { level, .. } => self.heading(*level, &self.source[at]),
            Tag::BlockQuote(_) => self.nested("<blockquote>\n", "</blockquote>"),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                let fence = Fence::parse(info);
                self.block("", Some("</code></pre>"));
                fence.write_start(&mut self.html);
                self.fence = Some(fence);
            }
            Tag::Table(alignments) => {
                self.columns = Columns::new(alignments);
                // Wide tables scroll, also by keyboard.
                self.block(
                    "<div class=\"table\" tabindex=\"0\"><table>",
                    Some("</table></div>"),
                );
            }
            Tag::TableHead => self.row(true),
            Tag::TableRow => self.row(false),
            Tag::TableCell => {
                let (start, end) = self.columns.next_cell();
                self.block(start, Some(end));
            }
            Tag::HtmlBlock | Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.block("<p>", Some("</p>"));
            }
            Tag::List(None) => self.nested("<ul>\n", "</ul>"),
            Tag::List(Some(1)) => self.nested("<ol>\n", "</ol>"),
            Tag::List(Some(first)) => {
                self.nested("<ol start=\"", "</ol>");
                if self.open.last().is_some_and(Option::is_some) {
                    self.html.push_tag(&first.to_string());
                    self.html.push_tag("\">\n");
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

    /// Starts a heading. One that is marked by a line below it (`===`), and one without text, are shown as typed.
    fn heading(&mut self, level: HeadingLevel, source: &'a str) {
        let source = source.trim_end();
        if let Some((_, below)) = source.rsplit_once('\n') {
            self.block("<p>", Some("</p>"));
            self.below_heading = below.trim_start_matches(['>', ' ', '\t']);
        } else if source.trim_matches(['#', ' ', '\t']).is_empty() {
            self.block("<p>", Some("</p>"));
            self.text.push_str(source);
        } else if level == HeadingLevel::H1 {
            self.block("<h2>", Some("</h2>"));
        } else {
            self.block("<h3>", Some("</h3>"));
        }
    }

    fn row(&mut self, is_head: bool) {
        self.columns.start_row(is_head);
        self.block("<tr>", Some("</tr>"));
    }

    /// Writes the source of an element instead of the element.
    fn skip(&mut self, at: Range<usize>) {
        self.text.push_str(&self.source[at]);
        self.skipped = 1;
    }

    fn block(&mut self, start: &str, end: Option<&'static str>) {
        self.flush();
        self.blocks += usize::from(self.open.is_empty());
        self.html.push_tag(start);
        if end.is_some() {
            self.push(end);
        }
    }

    fn nested(&mut self, start: &str, end: &'static str) {
        if self.depth < DEPTH_MAX {
            self.block(start, Some(end));
        } else {
            self.flush();
            self.push(None);
        }
    }

    /// Starts a list item; it has tags if its list has them.
    fn item(&mut self) {
        self.flush();
        if self.open.last().is_some_and(Option::is_some) {
            self.html.push_tag("<li>");
            self.push(Some("</li>"));
        } else {
            self.html.push_tag(" ");
            self.push(None);
        }
    }

    fn inline(&mut self, start: &str, end: &'static str) {
        self.flush();
        if self.depth < 2 * DEPTH_MAX {
            self.html.push_tag(start);
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
        self.html.push_tag(&start);
        self.push(Some("</a>"));
        self.is_in_link = true;
    }

    fn push(&mut self, end: Option<&'static str>) {
        self.depth += usize::from(end.is_some());
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
        self.depth -= 1;
        self.html.push_tag(end);
        match end {
            "</code></pre>" => self.fence = None,
            "</a>" => self.is_in_link = false,
            _ => {}
        }
        let is_inline = matches!(
            end,
            "</em>" | "</strong>" | "</del>" | "</a>" | "</td>" | "</th>"
        );
        // Line breaks within a list item are preserved.
        if !is_inline && self.open.last() != Some(&Some("</li>")) {
            self.html.push_tag("\n");
        }
    }

    fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        self.has_text = true;
        if let Some(fence) = &self.fence {
            fence.write_code(&mut self.html, &self.text);
        } else if self.is_in_link {
            self.html.escape(&self.text);
        } else {
            self.html.write_text(&self.text);
        }
        self.text.clear();
    }

    fn finish(mut self) -> Option<Rendered> {
        self.flush();
        if !self.has_text {
            return None;
        }
        let Html {
            text: mut html,
            mentions,
        } = self.html;
        html.truncate(html.trim_end().len());
        let mut form = Form::Blocks;
        if (self.blocks, self.paragraphs) == (1, 1) {
            html.truncate(html.len() - "</p>".len());
            html.drain(.."<p>".len());
            form = if is_jumbo(&html) {
                Form::Emoji
            } else {
                Form::Line
            };
        }
        Some(Rendered {
            html,
            form,
            mentions,
        })
    }
}
