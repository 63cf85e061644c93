//! The hash of a password, as it is stored.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A hash by argon2id in PHC string format, which contains its parameters and its salt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Returns the hash with this text, which `auth/password.rs` has made.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// Returns the text that is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
