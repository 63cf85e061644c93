//! Uploads and files.

mod attachments;
pub(crate) mod client;
mod copies;
mod downloads;
mod pictures;
mod tus;
