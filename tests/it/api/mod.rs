//! Posting, history, rooms and members, through HTTP.

mod anonymous_bodies;
mod bodies;
mod caching;
mod calendar;
mod custom_events;
mod damaged_rows;
mod direct_rooms;
mod encoding;
mod error_codes;
mod errors;
mod history;
mod history_formats;
mod hosts;
mod known_posts;
mod members;
mod messages;
mod names;
mod nonces;
mod pages_of_history;
mod queue;
mod rate_limits;
mod reactions;
mod room_rights;
mod rooms;
mod threads;
