//! All SQL, one file per table, and nothing else: no rules, no HTTP.
//!
//! Functions take the connection first and hold their SQL as a literal; [`statements()`] lists every one, so
//! that a test can prepare them all against a migrated database.
//! A trip to SQLite's thread costs more than most statements (3 to 8 µs on one core, 60 to 70 µs between
//! two), so what a page or a commit needs comes in one statement, as one text of JSON made by SQLite.

pub mod archive;
pub mod check;
mod connection;
pub mod copies;
pub mod cursors;
pub mod damage;
pub mod database_path;
pub mod db;
pub mod eras;
pub mod event_pages;
mod event_row;
pub mod events;
pub mod file_identity;
pub mod lock;
pub mod memberships;
mod message_row;
pub mod messages;
pub mod meta;
pub mod nonces;
pub mod posts;
pub mod reactions;
pub mod room_list;
pub mod rooms;
mod rows;
pub mod schema;
pub mod sessions;
mod statements;
pub mod users;
mod visibility;

/// Every statement by name.
#[must_use]
pub fn statements() -> Vec<(&'static str, &'static str)> {
    [
        archive::STATEMENTS,
        check::STATEMENTS,
        copies::STATEMENTS,
        db::STATEMENTS,
        eras::STATEMENTS,
        cursors::STATEMENTS,
        event_pages::STATEMENTS,
        events::STATEMENTS,
        memberships::STATEMENTS,
        messages::STATEMENTS,
        meta::STATEMENTS,
        nonces::STATEMENTS,
        posts::STATEMENTS,
        reactions::STATEMENTS,
        room_list::STATEMENTS,
        rooms::STATEMENTS,
        schema::STATEMENTS,
        sessions::STATEMENTS,
        users::STATEMENTS,
    ]
    .concat()
}
