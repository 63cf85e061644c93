//! The query of a page of history, and the addresses of its neighbours.

use super::paging::read_limit;
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        history::{Anchor, Filter, HistoryPage, HistoryQuery, Scope},
        ids::{MessageId, parse_id},
        time::Timestamp,
    },
};
use form_urlencoded::Serializer;

/// The number of messages on a page without `limit`.
pub const LIMIT_DEFAULT: usize = 50;
/// The greatest number of messages on a page.
pub const LIMIT_MAX: usize = 200;

/// Returns the query of the page at `anchor`, with the default limit.
#[must_use]
pub fn query_at(anchor: Anchor) -> HistoryQuery {
    HistoryQuery {
        anchor,
        limit: LIMIT_DEFAULT,
        filter: Filter::default(),
        scope: Scope::Shown,
    }
}

/// Parses a query string. Unknown parameters are ignored; a known one with an invalid value is an error.
pub fn parse_query(query: Option<&str>) -> Result<HistoryQuery> {
    let mut parsed = query_at(Anchor::Newest);
    let anchor = &mut parsed.anchor;
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "before" => set_anchor(anchor, "before", Anchor::Before(read_id("before", &value)?))?,
            "after" => set_anchor(anchor, "after", Anchor::After(read_id("after", &value)?))?,
            "around" => set_anchor(anchor, "around", Anchor::Around(read_id("around", &value)?))?,
            "at" => set_anchor(anchor, "at", Anchor::At(read_time("at", &value)?))?,
            "limit" => parsed.limit = read_limit(&value, LIMIT_MAX)?,
            "author" => parsed.filter.author = Some(value.into_owned()),
            "since" => parsed.filter.since = Some(read_time("since", &value)?),
            "threads" if value == "true" => parsed.scope = Scope::All,
            "until" => parsed.filter.until = Some(read_time("until", &value)?),
            _ => {}
        }
    }
    Ok(parsed)
}

/// Sets the anchor that a parameter gives. A second one is refused.
fn set_anchor(anchor: &mut Anchor, name: &'static str, value: Anchor) -> Result<()> {
    if *anchor != Anchor::Newest {
        return Err(Error::invalid(name, Fault::AnchorAmbiguous));
    }
    *anchor = value;
    Ok(())
}

fn read_id(field: &'static str, text: &str) -> Result<MessageId> {
    parse_id(text)
        .map(MessageId)
        .ok_or_else(|| Error::invalid(field, Fault::NotAnId))
}

/// Parses a time, or a date, which begins at midnight UTC. A time outside of the years that a message can have is
/// clamped: "until the year 10000" matches everything, "since the year 10000" nothing.
fn read_time(field: &'static str, text: &str) -> Result<Timestamp> {
    let time = Timestamp::parse_clamped(text)
        .or_else(|| Timestamp::parse_clamped(&format!("{text}T00:00:00Z")));
    time.ok_or_else(|| Error::invalid(field, Fault::NotATime))
}

/// Addresses of the neighbouring pages.
#[derive(Debug)]
pub struct Links {
    /// The page with older messages, if there are any.
    pub older: Option<String>,
    /// The page with newer messages, if there are any.
    pub newer: Option<String>,
}

impl Links {
    /// Returns the addresses of the neighbours of a page at `path`. The neighbours of an empty page start at its
    /// anchor.
    #[must_use]
    pub fn of(page: &HistoryPage, path: &str, query: &HistoryQuery) -> Self {
        let link = |anchor, id| format!("{path}?{}", with_anchor(query, anchor, id));
        let (before, after) = match query.anchor {
            Anchor::After(id) => (Some(MessageId(id.0 + 1)), None),
            Anchor::Before(id) => (None, Some(MessageId((id.0 - 1).max(0)))),
            _ => (None, None),
        };
        let before = page
            .messages
            .first()
            .map(|first| first.id)
            .or(before)
            .filter(|_| page.has_older);
        let after = page
            .messages
            .last()
            .map(|last| last.id)
            .or(after)
            .filter(|_| page.has_newer);
        Self {
            older: before.map(|id| link("before", id)),
            newer: after.map(|id| link("after", id)),
        }
    }

    /// Returns the value of the `Link` header (RFC 8288).
    pub(super) fn header(&self) -> Option<String> {
        let older = self
            .older
            .iter()
            .map(|link| format!("<{link}>; rel=\"prev\""));
        let newer = self
            .newer
            .iter()
            .map(|link| format!("<{link}>; rel=\"next\""));
        let all: Vec<String> = older.chain(newer).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Returns the query of a neighbouring page, which differs in its anchor.
fn with_anchor(query: &HistoryQuery, anchor: &str, id: MessageId) -> String {
    let mut text = Serializer::new(String::new());
    text.append_pair(anchor, &id.to_string());
    if query.limit != LIMIT_DEFAULT {
        text.append_pair("limit", &query.limit.to_string());
    }
    if query.scope == Scope::All {
        text.append_pair("threads", "true");
    }
    let Filter {
        author,
        since,
        until,
    } = &query.filter;
    text.extend_pairs(author.iter().map(|author| ("author", author)));
    text.extend_pairs(since.iter().map(|time| ("since", time.to_string())));
    text.extend_pairs(until.iter().map(|time| ("until", time.to_string())));
    text.finish()
}
