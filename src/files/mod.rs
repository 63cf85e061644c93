//! The bytes of files: a folder beside the database, in which each different content lies once, named by its SHA-256.
//!
//! An upload is appended to a part, whose length is its offset: bytes are acknowledged when they are on the disk, so that
//! nothing else must be stored about them. File systems extend a file only after its data was written, so a part never
//! ends with bytes that were not received. A complete part is inspected, synced, and linked to the place of its content
//! before the database refers to it.

pub mod copies;
mod digest;
pub mod folder;
pub mod kind;
mod part;
mod picture;
mod placing;
mod stripping;
mod turns;
