//! Lines of one archive that describe the same message differently.

use super::{
    Line,
    steps::{hash_of, nonce_of_id, place_of},
};
use crate::model::time::Timestamp;
use std::collections::{HashMap, hash_map::Entry};

/// The lines that were read, by the values that identify their messages. Lines with neither an id nor a nonce are left
/// out: each of them is a message of its own.
#[derive(Debug, Default)]
pub struct EarlierLines {
    /// By the hash of the author and the nonce, which is derived from the id if the line has none.
    lines: HashMap<u128, Description>,
}

/// What must not differ between two lines about one message.
#[derive(Debug)]
struct Description {
    number: u64,
    /// Hash of the room and the time of posting.
    place: u128,
    /// Hash of the text.
    text: u128,
    /// The times of the last edit and of the deletion. If they differ, the texts may differ, too.
    state: (Option<Timestamp>, Option<Timestamp>),
}

impl EarlierLines {
    /// Adds a line. If it conflicts with an earlier one, the error describes how.
    pub fn add(&mut self, number: u64, line: &Line) -> Result<(), String> {
        let Some(key) = key_of(line) else {
            return Ok(());
        };
        let description = Description::of(number, line);
        match self.lines.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(description);
                Ok(())
            }
            Entry::Occupied(entry) => description.compare(entry.get()),
        }
    }
}

impl Description {
    fn of(number: u64, line: &Line) -> Self {
        Self {
            number,
            place: hash_of(&place_of(&line.room, &line.author, line.at)),
            text: hash_of(&line.body),
            state: (line.edited_at, line.deleted_at),
        }
    }

    fn compare(&self, earlier: &Self) -> Result<(), String> {
        let difference = if self.place != earlier.place {
            "another room or time"
        } else if self.state == earlier.state && self.text != earlier.text {
            "another text"
        } else {
            return Ok(());
        };
        Err(format!(
            "conflicts with line {}, which is the same message with {difference}",
            earlier.number
        ))
    }
}

fn key_of(line: &Line) -> Option<u128> {
    let Line {
        room, author, at, ..
    } = line;
    let nonce = match (&line.nonce, line.id) {
        (Some(nonce), _) => nonce.clone(),
        (None, Some(id)) => nonce_of_id(room, author, *at, id),
        (None, None) => return None,
    };
    Some(hash_of(&format!("{author}\n{nonce}")))
}
