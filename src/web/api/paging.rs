//! Lists that are read page by page: `?after=<name>&limit=<number>`, and the address of the next page.

use crate::{
    error::{Error, Result},
    fault::Fault,
};
use form_urlencoded::Serializer;

/// Query of a page of a list.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// The name after which the page begins; `None` for the first page.
    pub after: Option<String>,
    /// The greatest number of entries.
    pub limit: usize,
    /// The greatest possible limit, and the default.
    max: usize,
}

impl PageQuery {
    /// Parses a query. Of a parameter that occurs more than once, the last one counts.
    pub fn parse(query: Option<&str>, max: usize) -> Result<Self> {
        let mut parsed = Self {
            after: None,
            limit: max,
            max,
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "after" => parsed.after = Some(value.into_owned()),
                "limit" => parsed.limit = read_limit(&value, max)?,
                _ => {}
            }
        }
        Ok(parsed)
    }

    /// Returns whether this is the first page, with the default limit.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.after.is_none() && self.limit == self.max
    }

    /// Returns the address, below `path`, of the page that begins after a name.
    #[must_use]
    pub fn next(&self, path: &str, after: &str) -> String {
        let mut query = Serializer::for_suffix(format!("{path}?"), path.len() + 1);
        query.append_pair("after", after);
        if self.limit != self.max {
            query.append_pair("limit", &self.limit.to_string());
        }
        query.finish()
    }
}

/// Parses the greatest number of entries on a page, from 1 to `max`.
pub(super) fn read_limit(text: &str, max: usize) -> Result<usize> {
    let limit = text.parse().ok().filter(|limit| (1..=max).contains(limit));
    let (min, max) = (1, max as u64);
    limit.ok_or_else(|| Error::invalid("limit", Fault::OutOfRange { min, max }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_has_the_same_limit() {
        let query = PageQuery::parse(Some("limit=20&after=a&x=y"), 100).unwrap();
        assert_eq!((query.after.as_deref(), query.limit), (Some("a"), 20));
        assert_eq!(query.next("/list", "ö b"), "/list?after=%C3%B6+b&limit=20");
        let query = PageQuery::parse(None, 100).unwrap();
        assert_eq!(query.next("/list", "b"), "/list?after=b");
        assert!(PageQuery::parse(Some("limit=101"), 100).is_err());
    }
}
