//! Pinned and saved messages, and those who have read a message.

/// Greatest number of pinned messages of a room.
pub const PINS_MAX: usize = 100;
/// Greatest number of messages that a person has saved.
pub const SAVED_MAX: usize = 1000;
/// Greatest number of people who are named as having read a message.
pub const READERS_MAX: usize = 100;
