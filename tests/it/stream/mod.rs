//! The stream: how it opens, what it says, and what it never does.

mod at_random;
mod body;
mod cursors;
mod ending;
mod eras;
mod heartbeat;
mod joining;
mod long;
mod opening;
mod permission;
mod purges;
mod rights;
mod scope;
mod signals;
mod state;
mod wire;
