//! The rules: what each change does, one file per noun. Judge, then write the rows, then append the event.
//!
//! A verdict against a change comes before its first write, so that its neighbours in the same transaction
//! are not harmed. What fails for another reason (a full disk) fails the transaction as a whole.

pub mod actor;
pub mod applied;
pub mod apply;
pub mod archive;
mod custom_events;
mod founding;
pub mod import;
mod memberships;
mod messages;
pub mod policy;
pub mod posts;
mod reactions;
mod rooms;
pub mod upgrade;
mod users;
