//! Pages, as a browser without scripts sees them.

mod account;
mod catalogs;
mod compression;
mod cookies;
mod forms;
mod languages;
mod room;
mod scripts;
