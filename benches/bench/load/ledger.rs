//! What each reader has got: each message exactly once, in order, and all readers in the same order.

use std::fmt;

/// Numbers of one poster that a reader has not got although it has got a later one: from, to (not included).
#[derive(Debug)]
struct Hole {
    poster: u32,
    from: u32,
    to: u32,
}

#[derive(Debug, Default)]
struct Reader {
    holes: Vec<Hole>,
    /// Over all it has got, in its order.
    order: u64,
}

/// Books of some readers about some posters.
#[derive(Debug)]
pub(crate) struct Ledger {
    posters: usize,
    readers: Vec<Reader>,
    /// For each reader and poster the number that comes next.
    next: Vec<u32>,
    /// Deliveries, each message once for each reader.
    received: u64,
    doubled: u64,
    disordered: u64,
    strayed: u64,
}

/// What went wrong, in deliveries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Faults {
    lost: u64,
    doubled: u64,
    disordered: u64,
    strayed: u64,
    /// Readers that have got everything in another order than the first one.
    other_order: usize,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} deliveries lost, {} doubled, {} out of order, {} to a wrong reader, {} readers in an order of their own",
            self.lost, self.doubled, self.disordered, self.strayed, self.other_order
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
            doubled: 0,
            disordered: 0,
            strayed: 0,
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// A message came to a reader. Readers beyond those of the ledger should get none.
    pub(crate) fn enter(&mut self, reader: usize, poster: u32, number: u32) {
        let column = poster as usize;
        if reader >= self.readers.len() || column >= self.posters {
            self.strayed += 1;
            return;
        }
        let next = &mut self.next[reader * self.posters + column];
        let books = &mut self.readers[reader];
        let message = u64::from(poster) << 32 | u64::from(number);
        // A multiplier without pattern, such as that of the golden ratio: each step depends on all before.
        books.order = (books.order ^ message)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
        if number >= *next {
            if number > *next {
                let (from, to) = (*next, number);
                books.holes.push(Hole { poster, from, to });
            }
            *next = number + 1;
            self.received += 1;
        } else if fill(&mut books.holes, poster, number) {
            self.disordered += 1;
            self.received += 1;
        } else {
            self.doubled += 1;
        }
    }

    /// Closes the books: each poster has posted so many.
    pub(crate) fn close(&self, posted: &[u32]) -> Result<(), Faults> {
        let expected: u64 = posted.iter().map(|&count| u64::from(count)).sum();
        let first = self.readers.first().map(|reader| reader.order);
        let faults = Faults {
            lost: (expected * self.readers.len() as u64).saturating_sub(self.received),
            doubled: self.doubled,
            disordered: self.disordered,
            strayed: self.strayed,
            other_order: self
                .readers
                .iter()
                .filter(|reader| Some(reader.order) != first)
                .count(),
        };
        let fine = Faults {
            lost: 0,
            doubled: 0,
            disordered: 0,
            strayed: 0,
            other_order: 0,
        };
        if faults == fine { Ok(()) } else { Err(faults) }
    }
}

/// Takes a number out of the holes, if it is in one.
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
