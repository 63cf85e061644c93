//! Pages, as a browser without scripts sees them.

mod forms;
mod room;
