//! View models: one file per noun, each view a struct with the template that it renders.
//!
//! A view holds plain data and makes no queries. A partial renders the same for every viewer.

pub mod account;
pub mod account_fields;
pub mod administration;
pub mod confirm;
pub mod deletion;
pub mod direct_rooms;
pub mod edit;
pub mod error;
pub mod files;
pub mod inbox;
pub mod invite;
pub mod join;
pub mod layout;
pub mod message;
pub mod oidc;
pub mod people;
pub mod qr_code;
pub mod reports;
pub mod room;
pub mod room_files;
pub mod room_settings;
pub mod rooms;
pub mod saved;
pub mod setup;
pub mod sign_in;
pub mod thread;
pub mod times;
