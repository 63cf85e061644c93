//! Uploads and files.

mod attachments;
pub(crate) mod client;
mod downloads;
mod tus;
