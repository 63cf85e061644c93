//! What a handler, a hook or a command asks for: check the form of what was sent, make the change, submit it, and
//! return what its answer holds. Pages and the API share it, so that neither knows a rule that the other does not.

pub mod custom_events;
pub mod members;
pub mod messages;
pub mod people;
pub mod reactions;
pub mod rooms;
