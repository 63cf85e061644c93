//! Operations that handlers, hooks and commands call: validate the input, submit the change, and return the content of
//! its answer. Pages and the API share them, so that both apply the same rules.

pub mod custom_events;
pub mod members;
pub mod messages;
pub mod people;
pub mod reactions;
pub mod rooms;
