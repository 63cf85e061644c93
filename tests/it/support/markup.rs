//! Queries of the HTML of a page.

use std::collections::BTreeMap;

/// Returns the value of the first attribute with this name.
pub(crate) fn attribute<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!(" {name}=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().expect("a split has a first part")
}

/// Returns the message rows of a page by the ids of their messages.
pub(crate) fn rows(page: &str) -> BTreeMap<i64, String> {
    let starts = page
        .match_indices("<li class=\"message")
        .map(|(start, _)| &page[start..]);
    let row = |rest: &str| {
        let end = rest.find("</li>").expect("a row ends") + "</li>".len();
        let id = attribute(rest, "data-id")
            .parse()
            .expect("an id is a number");
        (id, rest[..end].to_owned())
    };
    starts.map(row).collect()
}
