//! What connections to the database file are.

use sqlx::{SqliteConnection, SqlitePool};

/// A connection to the file.
pub type Connection = SqliteConnection;
/// Read-only connections to the file.
pub type ReadPool = SqlitePool;
