//! The log as a whole: *page at N + events N..M = page at M*, for changes of every kind.

mod batches;
mod convergence;
mod counts;
mod credential_steps;
mod door_steps;
mod heads;
mod import_steps;
mod model;
mod room_steps;
mod scene;
mod steps;
mod user_steps;
