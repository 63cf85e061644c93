//! Pages, as a browser without scripts sees them.

mod account;
mod compression;
mod cookies;
mod forms;
mod languages;
mod room;
