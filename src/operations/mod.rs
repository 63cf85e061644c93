//! Operations that handlers, hooks and commands call. One that changes something validates the input, submits the
//! change, and returns the content of its answer. One that reads something checks the permission, and queries the store.
//! Pages and the API share them, so that both apply the same rules; neither knows the store.

pub mod administered;
pub mod administration;
pub mod audit;
pub mod blocks;
pub mod custom_events;
pub mod files;
pub mod history;
pub mod inbox;
pub mod invites;
pub mod members;
pub mod messages;
mod new_names;
pub mod oidc;
pub mod passkeys;
pub mod passwords;
pub mod people;
pub mod pictures;
pub mod pins;
pub mod proxied;
pub mod reactions;
pub mod reports;
pub mod rooms;
pub mod server;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod snapshots;
pub mod threads;
pub mod tokens;
pub mod uploads;
pub mod users;
