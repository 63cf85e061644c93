//! The body of a message: a subset of Markdown, bare addresses, mentions and names of emoji.
//!
//! A body is parsed in one place, and everything that depends on its parsed form asks this module: the HTML of a
//! message's row ([`render`]) and the people whom the message mentions ([`mentions`]). A mention is what the row shows
//! as one, so that badges, counts and notifications agree with the page.
//!
//! Parsing takes three steps:
//!
//! 1. `addresses` finds bare addresses in the source and replaces the characters in them that mean something in
//!    Markdown, so that `https://example.org/_a_` stays one piece.
//! 2. `blocks` runs pulldown-cmark and writes the tags of the subset. Elements outside of the subset (headings,
//!    pictures, raw HTML, tables, rules) are shown as their source.
//! 3. `inline` writes text, with links, mentions and emoji. Only literals of this module become tags or names of
//!    attributes; everything from the body is escaped.

mod addresses;
mod blocks;
mod inline;
mod mention;
mod syntax;

use addresses::protect;
use blocks::render_blocks;
use inline::{Html, has_inline};
use syntax::has_syntax;

/// Different people whom one message can mention. Further handles are shown as text.
pub const MENTIONS_MAX: usize = 50;

/// A rendered body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// HTML that is safe to embed in a page.
    pub html: String,
    /// Whether `html` consists of block elements rather than of one line of text.
    pub has_blocks: bool,
    /// The mentioned handles, as [`mentions`] returns them.
    pub mentions: Vec<String>,
}

/// Renders a body as HTML, or returns `None` if the escaped body looks the same, which is so for most bodies.
#[must_use]
pub fn render(body: &str) -> Option<Rendered> {
    let has_syntax = has_syntax(body);
    if !has_syntax && !has_inline(body) {
        return None;
    }
    let source = protect(body);
    let rendered = if has_syntax {
        render_blocks(&source)
    } else {
        None
    };
    Some(rendered.unwrap_or_else(|| render_line(&source)))
}

/// Returns the handles that a body mentions as keys (see [`mention_key`](crate::model::user::mention_key)), in their
/// order, each once, at most [`MENTIONS_MAX`]. Code and addresses contain no mentions. A key need not belong to an
/// account.
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
        html: html.text,
        has_blocks: false,
        mentions: html.mentions,
    }
}

#[cfg(test)]
mod tests;
