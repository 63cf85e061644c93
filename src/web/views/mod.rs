//! What pages are made of: one file per noun, each view a struct with the template that it fills.
//!
//! A view holds plain data and asks nobody for more; a partial is the same for every viewer.

pub mod account;
pub mod edit;
pub mod error;
pub mod join;
pub mod layout;
pub mod message;
pub mod room;
pub mod rooms;
