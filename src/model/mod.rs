//! Plain data types of the chat. No I/O, no clock, no randomness.

pub mod account;
pub mod audit;
pub mod change;
mod checked_text;
pub mod credential;
pub mod emoji;
pub mod event;
pub mod grant;
pub mod history;
pub mod ids;
pub mod import;
pub mod invite;
pub mod json_schema;
pub mod look_alike;
pub mod member;
pub mod message;
pub mod page;
pub mod password;
pub mod profile;
pub mod role;
pub mod room;
pub mod server;
pub mod session;
pub mod sign_in;
pub mod text;
pub mod time;
pub mod user;
