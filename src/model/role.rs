//! Roles of accounts, and the door of the server.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

/// What an account may do on the server.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Administers the server.
    Admin,
    /// Sees, reads and joins the open rooms.
    Member,
    /// Sees only the rooms that it was invited to, and the people in them.
    Guest,
    /// A program, which belongs to a person.
    Bot,
}

impl Role {
    /// Returns the role that is stored as this text. An unknown one has the fewest rights.
    #[must_use]
    pub fn of_stored(text: &str) -> Self {
        text.parse().unwrap_or(Self::Guest)
    }

    /// Returns the text that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Who may come in.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Door {
    /// Everybody who can reach the server may read open rooms, and may join with a free handle.
    #[default]
    Open,
    /// Accounts by invitation only; nothing is readable without one.
    Invite,
}

impl Door {
    /// Returns the text that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
