//! What keeps the peace: blocking, reports, mentions of a whole room, and imported people who become accounts.

mod blocks;
mod merges;
mod own_deletion;
mod reports;
mod room_mentions;
