//! Pages of lists.

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The entries on the page.
    pub entries: Vec<T>,
    /// Whether further entries follow.
    pub has_more: bool,
}

/// Returns the number of entries to read for a page of at most `limit`: one more shows whether another page follows.
#[must_use]
pub fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1))
}

impl<T> Page<T> {
    /// Makes a page of at most `limit` entries from those that were read, which are [`one_more`] if
    /// another page follows.
    #[must_use]
    pub fn of(mut entries: Vec<T>, limit: usize) -> Self {
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        Self { entries, has_more }
    }

    /// Returns the entry after which the next page begins, if there is one.
    #[must_use]
    pub fn last_before_next(&self) -> Option<&T> {
        self.entries.last().filter(|_| self.has_more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_tells_that_another_page_follows() {
        assert_eq!(one_more(2), 3);
        let page = Page::of(vec![1, 2, 3], 2);
        assert_eq!(
            (&page.entries[..], page.last_before_next()),
            (&[1, 2][..], Some(&2))
        );
        let page = Page::of(vec![1, 2], 2);
        assert_eq!(
            (&page.entries[..], page.last_before_next()),
            (&[1, 2][..], None)
        );
    }
}
