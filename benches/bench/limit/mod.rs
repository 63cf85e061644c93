//! Limits of the machine, measured beside the server: a bare loop of writes, the disk, and SQLite alone.

mod connection;
pub(crate) mod disk;
pub(crate) mod log;
pub(crate) mod sqlite;
pub(crate) mod write_loop;
