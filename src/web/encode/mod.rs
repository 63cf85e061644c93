//! One encoder for each form in which messages and events leave the server.

pub mod blocks;
pub mod events;
pub mod message;
