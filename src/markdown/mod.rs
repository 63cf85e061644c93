//! Rendering of message bodies: a subset of Markdown, bare addresses, mentions and emoji names.
//!
//! Bodies are parsed only in this module, and everything that depends on the parsed form calls it: the HTML of a
//! message's row ([`render`]), and the people whom the message mentions ([`mentions`]). The two agree, so that badges,
//! counts and notifications match the page.
//!
//! Parsing has three steps:
//!
//! 1. `addresses` finds bare addresses in the source and replaces the characters in them that are special in Markdown,
//!    so that `https://example.org/_a_` remains one piece.
//! 2. `blocks` runs pulldown-cmark and writes the tags of the subset, `tables` those of tables, `code` the colours of
//!    fenced code. Elements outside of the subset (underlined headings, images, raw HTML, rules) are shown as source.
//! 3. `inline` writes text, with links, mentions and emoji. Only literals of this module become tags or attribute
//!    names; all text of the body is escaped.

mod addresses;
mod blocks;
mod code;
mod inline;
mod jumbo;
mod mention;
mod syntax;
mod tables;

use addresses::protect;
use blocks::render_blocks;
use inline::{Html, has_inline};
use jumbo::is_jumbo;
use syntax::has_syntax;

/// Greatest number of different people whom one message can mention. Further handles are shown as text.
pub const MENTIONS_MAX: usize = 50;

/// A rendered body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// HTML that is safe to embed in a page.
    pub html: String,
    /// What `html` consists of.
    pub form: Form,
    /// The mentioned handles, as [`mentions`] returns them.
    pub mentions: Vec<String>,
}

/// What a rendered body consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text with inline elements, which may have several lines.
    Line,
    /// One to three emoji alone, which are shown large.
    Emoji,
    /// Block elements.
    Blocks,
}

/// Renders a body as HTML. Returns `None` if the result is the escaped body in the form of a [`Form::Line`], which is the
/// case for most bodies.
#[must_use]
pub fn render(body: &str) -> Option<Rendered> {
    let has_syntax = has_syntax(body);
    if !has_syntax && !has_inline(body) {
        return is_jumbo(body).then(|| Rendered {
            html: body.to_owned(),
            form: Form::Emoji,
            mentions: Vec::new(),
        });
    }
    let source = protect(body);
    let rendered = if has_syntax {
        render_blocks(&source)
    } else {
        None
    };
    Some(rendered.unwrap_or_else(|| render_line(&source)))
}

/// Returns the mentioned handles of a body as keys (see [`mention_key`](crate::model::user::mention_key)), in order of
/// appearance, without duplicates, at most [`MENTIONS_MAX`]. Code and addresses contain no mentions. A key need not
/// belong to an account.
#[must_use]
pub fn mentions(body: &str) -> Vec<String> {
    if !body.contains('@') {
        return Vec::new();
    }
    render(body).map_or_else(Vec::new, |rendered| rendered.mentions)
}

fn render_line(source: &str) -> Rendered {
    let mut html = Html::with_capacity(source.len() + source.len() / 2);
    html.write_text(source);
    Rendered {
        form: if is_jumbo(&html.text) {
            Form::Emoji
        } else {
            Form::Line
        },
        html: html.text,
        mentions: html.mentions,
    }
}

#[cfg(test)]
mod tests;
