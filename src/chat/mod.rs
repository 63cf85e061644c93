//! The rules of the chat: the effect of each change, one file per noun. A rule authorises the change, writes the rows
//! and appends the event.
//!
//! A change is refused before its first write, so that the other changes of the transaction are unaffected. Other
//! errors, such as a full disk, fail the whole transaction.

pub mod actor;
pub mod applied;
pub mod apply;
pub mod archive;
mod audit;
mod bans;
mod blocks;
mod credentials;
mod custom_events;
mod deletion;
mod direct_rooms;
mod ended_sessions;
mod files;
mod founding;
mod identities;
mod import;
mod invites;
mod memberships;
mod merges;
pub mod messages;
mod other_credentials;
pub mod passkeys;
mod pins;
pub mod policy;
pub mod posts;
mod proxied;
mod reactions;
mod read_marks;
mod reports;
mod rooms;
mod server;
mod setup;
mod standing;
mod threads;
pub mod upgrade;
mod users;
mod ways_in;
