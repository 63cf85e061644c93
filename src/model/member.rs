//! Members of rooms.

use super::{room::RoomRole, user::Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An entry in the list of a room's members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Member)]
pub struct RoomMember {
    /// The member.
    #[serde(flatten)]
    pub person: Person,
    /// What the member may do in the room.
    pub role: RoomRole,
    /// Whether an import brought the user, and nobody can sign in as them yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// Whether the user is online: one of their streams is open, or was until recently.
    #[serde(default)]
    #[schema(required)]
    pub here: bool,
}
