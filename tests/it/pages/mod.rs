//! Pages, as a browser without scripts sees them.

mod account;
mod base_path;
mod browser;
mod catalogs;
mod compression;
mod cookies;
mod forms;
mod languages;
mod room;
mod room_settings;
mod scripts;
