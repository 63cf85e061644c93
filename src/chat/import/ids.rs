//! The allocation of ids in an import.

use crate::{
    error::Result,
    store::{db::Connection, eras, imports, meta},
};
use std::{collections::VecDeque, ops::Range};

/// The ids that a run of steps can use.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// The lowest id that may be free for users and rooms; `None` if no import is in progress.
    lowest: Option<i64>,
    /// The value of `lowest` that is stored.
    stored_lowest: Option<i64>,
    /// The id after the last one that was used.
    next: i64,
    /// Unused ids from `lowest` on and below `next`, in ascending order.
    free: VecDeque<Range<i64>>,
}

impl Ids {
    /// Looks up the ids for at most `limit` users and rooms, and any number of messages and other events.
    pub(super) async fn find(tx: &mut Connection, limit: usize) -> Result<Self> {
        let lowest = meta::find_import(tx).await?;
        let free = match lowest {
            Some(lowest) if limit > 0 => imports::find_free(tx, lowest, limit).await?,
            _ => Vec::new(),
        };
        Ok(Self {
            lowest,
            stored_lowest: lowest,
            next: eras::last_used_id(tx).await? + 1,
            free: free.into(),
        })
    }

    /// Begins an import. Ids that are unused so far remain so.
    pub(super) fn begin(&mut self) {
        self.lowest = Some(self.next);
        self.free.clear();
    }

    /// Ends the import.
    pub(super) fn end(&mut self) {
        self.lowest = None;
    }

    /// Returns whether an import is in progress.
    pub(super) fn is_importing(&self) -> bool {
        self.lowest.is_some()
    }

    /// Allocates the id of a message, which is `old` if that is not less than the next id.
    pub(super) fn take_message_id(&mut self, old: Option<i64>) -> i64 {
        let id = old.unwrap_or(0).max(self.next);
        if id > self.next {
            self.free.push_back(self.next..id);
        }
        self.next = id + 1;
        id
    }

    /// Allocates the next id.
    pub(super) fn take_next(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    /// Allocates the lowest unused id, for a user or a room.
    pub(super) fn take_lowest(&mut self) -> i64 {
        let id = self.pop_free().unwrap_or_else(|| self.take_next());
        self.lowest = Some(id + 1);
        id
    }

    fn pop_free(&mut self) -> Option<i64> {
        while let Some(range) = self.free.front_mut() {
            if let Some(id) = range.next() {
                return Some(id);
            }
            self.free.pop_front();
        }
        None
    }

    /// Stores the progress of the import.
    pub(super) async fn write(&self, tx: &mut Connection) -> Result<()> {
        if self.lowest != self.stored_lowest {
            meta::set_import(tx, self.lowest).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_rooms_get_the_ids_that_messages_leave_unused() {
        let mut ids = Ids {
            next: 4,
            ..Ids::default()
        };
        ids.begin();
        assert_eq!([ids.take_lowest(), ids.take_lowest()], [4, 5]);
        let old = [Some(8), Some(9), Some(2), None, Some(14)];
        assert_eq!(old.map(|old| ids.take_message_id(old)), [8, 9, 10, 11, 14]);
        let later = [(); 6].map(|()| ids.take_lowest());
        assert_eq!(later, [6, 7, 12, 13, 15, 16]);
        assert_eq!(ids.take_next(), 17);
    }
}
