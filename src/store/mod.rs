//! All SQL of the program, one file per table, without rules and HTTP.
//!
//! Functions take the connection as first argument and have their SQL as a literal. [`statements()`] lists all of them,
//! so that a test can prepare each one against a migrated database. A round trip to SQLite's thread costs more than
//! most statements (3 to 8 µs on one core, 60 to 70 µs between two), so all rows of a page or a commit are read by one
//! statement, as one value.

pub mod administration;
pub mod archive;
pub mod audit;
pub mod bans;
pub mod blocks;
pub mod check;
mod connection;
pub mod copies;
pub mod cursors;
pub mod damage;
pub mod database_path;
pub mod db;
pub mod deletion;
pub mod devices;
pub mod direct_rooms;
pub mod eras;
pub mod event_pages;
mod event_row;
pub mod events;
pub mod file_identity;
pub mod files;
pub mod identities;
pub mod imports;
pub mod inbox;
pub mod invites;
mod json_rows;
pub mod lock;
pub mod memberships;
pub mod merges;
mod message_row;
pub mod messages;
pub mod meta;
pub mod nonces;
pub mod passkeys;
pub mod passwords;
pub mod pins;
pub mod posts;
pub mod profiles;
pub mod reactions;
pub mod read_marks;
pub mod readers;
pub mod reports;
pub mod room_lines;
pub mod room_list;
pub mod room_months;
pub mod rooms;
mod rows;
pub mod saved;
pub mod schema;
pub mod sessions;
pub mod setup;
pub mod sign_in_links;
pub mod standing;
mod statements;
pub mod threads;
pub mod users;
mod visibility;

/// Returns all statements by name.
#[must_use]
pub fn statements() -> Vec<(&'static str, &'static str)> {
    [
        archive::STATEMENTS,
        audit::STATEMENTS,
        bans::STATEMENTS,
        blocks::STATEMENTS,
        check::STATEMENTS,
        copies::STATEMENTS,
        db::STATEMENTS,
        deletion::STATEMENTS,
        devices::STATEMENTS,
        eras::STATEMENTS,
        cursors::STATEMENTS,
        event_pages::STATEMENTS,
        events::STATEMENTS,
        files::STATEMENTS,
        identities::STATEMENTS,
        imports::STATEMENTS,
        inbox::STATEMENTS,
        invites::STATEMENTS,
        memberships::STATEMENTS,
        merges::STATEMENTS,
        messages::STATEMENTS,
        meta::STATEMENTS,
        nonces::STATEMENTS,
        passkeys::STATEMENTS,
        passwords::STATEMENTS,
        pins::STATEMENTS,
        posts::STATEMENTS,
        profiles::STATEMENTS,
        reactions::STATEMENTS,
        read_marks::STATEMENTS,
        reports::STATEMENTS,
        room_lines::STATEMENTS,
        room_list::STATEMENTS,
        room_months::STATEMENTS,
        direct_rooms::STATEMENTS,
        rooms::STATEMENTS,
        saved::STATEMENTS,
        schema::STATEMENTS,
        sessions::STATEMENTS,
        setup::STATEMENTS,
        sign_in_links::STATEMENTS,
        standing::STATEMENTS,
        threads::STATEMENTS,
        users::STATEMENTS,
    ]
    .concat()
}
