//! The JSON API. It calls the same operations as the pages.

pub mod audit;
pub mod blocks;
pub mod calendar;
pub mod credentials;
pub mod custom_events;
pub mod description;
pub mod history;
pub mod history_query;
pub mod inbox;
pub mod invites;
pub mod me;
pub mod members;
pub mod messages;
pub mod paging;
pub mod passkeys;
pub mod pins;
pub mod reactions;
pub mod reports;
pub mod rooms;
pub mod server;
pub mod sessions;
pub mod setup;
pub mod threads;
pub mod tokens;
pub mod uploads;
pub mod users;
