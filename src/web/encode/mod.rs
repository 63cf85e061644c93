//! Encoders: one per format in which messages and events are sent.

pub mod blocks;
pub mod events;
pub mod message;
