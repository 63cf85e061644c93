//! The log of the bare loop: messages encoded as chunks, one after the other.

/// What happens to the message with the id `FAULTY`, so that the generator can prove that it detects faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    Loses,
    Doubles,
    Swaps,
}

const FAULTY: usize = 20;
/// All faults, in the order of their numbers.
pub(super) const FAULTS: [Fault; 4] = [Fault::None, Fault::Loses, Fault::Doubles, Fault::Swaps];

/// All messages so far. The id of a message is its position, counted from 1.
pub(super) struct Log {
    pub(super) bytes: Vec<u8>,
    /// End of each message in the bytes.
    ends: Vec<usize>,
    /// Size of a message in bytes.
    size: usize,
    fault: Fault,
    held_back: Vec<u8>,
}

impl Log {
    pub(super) fn new(size: usize, fault: Fault) -> Self {
        Self {
            bytes: Vec::new(),
            ends: vec![0],
            size,
            fault,
            held_back: Vec::new(),
        }
    }

    pub(super) fn newest(&self) -> usize {
        self.ends.len() - 1
    }

    /// Returns the end of a message in the bytes.
    pub(super) fn end_of(&self, id: usize) -> usize {
        self.ends[id]
    }

    /// Appends a message as a chunk of its own.
    pub(super) fn append(&mut self, text: &[u8]) {
        let id = self.ends.len();
        let mut event = b"data: ".to_vec();
        event.extend_from_slice(text);
        let end = format!("\nid: {id}\n\n");
        // The chunk size in three digits, and two line breaks.
        let length = self.size.saturating_sub(end.len() + 7);
        event.resize(length.max(event.len()), b'.');
        event.extend_from_slice(end.as_bytes());
        let mut chunk = format!("{:03x}\r\n", event.len()).into_bytes();
        chunk.extend_from_slice(&event);
        chunk.extend_from_slice(b"\r\n");
        match self.fault {
            Fault::Loses if id == FAULTY => {}
            Fault::Doubles if id == FAULTY => self.bytes.extend(chunk.repeat(2)),
            Fault::Swaps if id == FAULTY => self.held_back = chunk,
            _ => self.bytes.extend(chunk),
        }
        if id > FAULTY {
            self.bytes.append(&mut self.held_back);
        }
        self.ends.push(self.bytes.len());
    }
}
