//! Pages, as a browser without scripts sees them.

mod account;
mod forms;
mod languages;
mod room;
