//! The JSON API: the same calls as the pages, answered with data.

pub mod custom_events;
pub mod description;
pub mod history;
pub mod me;
pub mod members;
pub mod messages;
pub mod reactions;
pub mod rooms;
