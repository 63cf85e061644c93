//! Pages of rows: one row more than requested tells whether another page follows.

/// Returns the number of rows to fetch for a page of `limit` rows.
#[must_use]
pub fn fetch_limit(limit: usize) -> i64 {
    i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1))
}

/// Truncates rows that were fetched with [`fetch_limit`] to the page. Returns whether another page follows.
pub fn truncate_page<T>(rows: &mut Vec<T>, limit: usize) -> bool {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}
