//! Whom a person has blocked.

use super::{ids::UserId, time::Timestamp, user::Person};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The greatest number of people whom one person can block.
pub const BLOCKS_MAX: usize = 500;

/// The people whom somebody has blocked, with their handles.
pub type Blocked = BTreeMap<UserId, String>;

/// A person whom the caller has blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Block {
    /// The person.
    #[serde(flatten)]
    pub person: Person,
    /// The time from which the person is blocked.
    pub at: Timestamp,
}
