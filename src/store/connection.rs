//! The type of connections to the database file.

/// A connection to the file.
pub type Connection = sqlx::SqliteConnection;
