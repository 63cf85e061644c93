//! The deliveries of each reader: each message exactly once, in order, and in the same order for all readers.

use std::fmt;

/// A range of message numbers of one poster that a reader has not received although it has received a later one. `to`
/// is exclusive.
#[derive(Debug)]
struct Hole {
    poster: u32,
    from: u32,
    to: u32,
}

#[derive(Debug, Default)]
struct Reader {
    holes: Vec<Hole>,
    /// Hash of all received messages in their order.
    order: u64,
}

/// The received messages of a number of readers, by poster.
#[derive(Debug)]
pub(crate) struct Ledger {
    posters: usize,
    readers: Vec<Reader>,
    /// The next expected number for each reader and poster.
    next: Vec<u32>,
    /// Number of deliveries; each message counts once per reader.
    received: u64,
    duplicated: u64,
    reordered: u64,
    strayed: u64,
}

/// Numbers of faulty deliveries, by kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Faults {
    lost: u64,
    duplicated: u64,
    reordered: u64,
    strayed: u64,
    /// Readers that received all messages in another order than the first reader.
    other_order: usize,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} deliveries lost, {} duplicated, {} out of order, {} to a wrong reader, {} readers with a different order",
            self.lost, self.duplicated, self.reordered, self.strayed, self.other_order
        )
    }
}

impl Ledger {
    pub(crate) fn new(readers: usize, posters: usize) -> Self {
        Self {
            posters,
            readers: (0..readers).map(|_| Reader::default()).collect(),
            next: vec![0; readers * posters],
            received: 0,
            duplicated: 0,
            reordered: 0,
            strayed: 0,
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Records a delivery to a reader. Readers beyond those of the ledger should receive none.
    pub(crate) fn enter(&mut self, reader: usize, poster: u32, number: u32) {
        let column = poster as usize;
        if reader >= self.readers.len() || column >= self.posters {
            self.strayed += 1;
            return;
        }
        let next = &mut self.next[reader * self.posters + column];
        let reader = &mut self.readers[reader];
        let message = u64::from(poster) << 32 | u64::from(number);
        // The multiplier of the golden ratio mixes well: each step depends on all previous ones.
        reader.order = (reader.order ^ message)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
        if number >= *next {
            if number > *next {
                let (from, to) = (*next, number);
                reader.holes.push(Hole { poster, from, to });
            }
            *next = number + 1;
            self.received += 1;
        } else if fill(&mut reader.holes, poster, number) {
            self.reordered += 1;
            self.received += 1;
        } else {
            self.duplicated += 1;
        }
    }

    /// Checks the deliveries against the number of messages that each poster has posted.
    pub(crate) fn close(&self, posted: &[u32]) -> Result<(), Faults> {
        let expected: u64 = posted.iter().map(|&count| u64::from(count)).sum();
        let first = self.readers.first().map(|reader| reader.order);
        let faults = Faults {
            lost: (expected * self.readers.len() as u64).saturating_sub(self.received),
            duplicated: self.duplicated,
            reordered: self.reordered,
            strayed: self.strayed,
            other_order: self
                .readers
                .iter()
                .filter(|reader| Some(reader.order) != first)
                .count(),
        };
        let fine = Faults {
            lost: 0,
            duplicated: 0,
            reordered: 0,
            strayed: 0,
            other_order: 0,
        };
        if faults == fine { Ok(()) } else { Err(faults) }
    }
}

/// Removes a number from the holes. Returns whether it was in one.
fn fill(holes: &mut Vec<Hole>, poster: u32, number: u32) -> bool {
    let within = |hole: &Hole| hole.poster == poster && (hole.from..hole.to).contains(&number);
    let Some(place) = holes.iter().position(within) else {
        return false;
    };
    let hole = holes.swap_remove(place);
    let parts = [(hole.from, number), (number + 1, hole.to)];
    holes.extend(
        parts
            .into_iter()
            .filter(|(from, to)| from < to)
            .map(|(from, to)| Hole { poster, from, to }),
    );
    true
}
