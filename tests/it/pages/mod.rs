//! Pages, as a browser without scripts sees them.

mod forms;
mod languages;
mod room;
