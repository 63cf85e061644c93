//! What a connection to the database file is.

/// A connection to the file.
pub type Connection = sqlx::SqliteConnection;
