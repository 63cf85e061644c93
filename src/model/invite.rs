//! Invitations: links by which people come in.

use super::{
    ids::{RoomId, UserId},
    role::Role,
    sign_in::SecretHash,
    time::Timestamp,
    user::Person,
};
use crate::fault::Fault;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Greatest number of people that an invitation can be good for.
pub const USES_MAX: u32 = 10_000;
/// Maximum number of invitations of one person that can be redeemed at a time.
pub const OPEN_INVITES_MAX: u32 = 100;
/// Longest time in seconds until an invitation expires: a year.
const EXPIRY_MAX: i64 = 366 * 86_400;

/// Identifies an invitation. Ids are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct InviteId(pub i64);

impl InviteId {
    /// Returns the id of the invitation with this secret: the first 48 bits of the hash, which tell nothing of the secret,
    /// nor of how many invitations others have made.
    #[must_use]
    pub fn of(secret_hash: &SecretHash) -> Self {
        let mut bytes = [0; 8];
        let (_, last) = bytes.split_at_mut(2);
        last.copy_from_slice(secret_hash.first_chunk::<6>().unwrap_or(&[0; 6]));
        Self(i64::from_be_bytes(bytes))
    }
}

/// An invitation to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewInvite {
    /// The hash of the secret in the link.
    pub secret_hash: SecretHash,
    /// What the invited people may do on the server.
    pub role: Role,
    /// Slug of the room that they become members of.
    pub room: Option<String>,
    /// Handle of the imported person whom the invited one is.
    pub person: Option<String>,
    /// How many people it is good for.
    pub uses: u32,
    /// The time from which it does not hold any more.
    pub expires_at: Timestamp,
}

/// An invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invite {
    /// Its id; not a secret.
    #[schema(value_type = i64, minimum = 1)]
    pub id: InviteId,
    /// What the invited people may do on the server.
    pub role: Role,
    /// The room that they become members of.
    pub room: Option<InvitedRoom>,
    /// The imported person whom the invited one is.
    #[serde(rename = "as")]
    pub person: Option<InvitedPerson>,
    /// How many people it is good for.
    #[schema(minimum = 1)]
    pub uses: i64,
    /// How many have redeemed it.
    #[schema(minimum = 0)]
    pub used: i64,
    /// Who made it; null: who runs the server, by a command.
    pub made_by: Option<Person>,
    /// The time at which it was made.
    pub created_at: Timestamp,
    /// The time from which it does not hold any more.
    pub expires_at: Timestamp,
}

impl Invite {
    /// Returns the path of the page that whoever redeems it is redirected to.
    #[must_use]
    pub fn first_path(&self) -> String {
        let room = self.room.as_ref();
        room.map_or_else(|| "/".into(), |room| format!("/rooms/{}", room.slug))
    }

    /// Returns whether it is one that managers of its room can make, too.
    #[must_use]
    pub fn is_for_guests(&self) -> bool {
        self.role == Role::Guest && self.room.is_some() && self.person.is_none()
    }
}

/// The room of an invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitedRoom {
    /// Its id.
    #[serde(skip)]
    pub id: RoomId,
    /// Its slug.
    pub slug: String,
    /// Its display name.
    pub name: String,
}

/// The imported person of an invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitedPerson {
    /// Their id.
    #[serde(skip)]
    pub id: UserId,
    /// Their handle and name.
    #[serde(flatten)]
    pub person: Person,
}

/// Returns the time at which something that begins at `from` expires: `30m`, `12h`, `7d` or `2w` later, at most a year.
pub fn parse_expiry(text: &str, from: Timestamp) -> Result<Timestamp, Fault> {
    let split = text.split_at_checked(text.len().saturating_sub(1));
    let (digits, unit) = match split {
        Some((digits, "m")) => (digits, 60),
        Some((digits, "h")) => (digits, 3_600),
        Some((digits, "d")) => (digits, 86_400),
        Some((digits, "w")) => (digits, 7 * 86_400),
        _ => return Err(Fault::NotADuration),
    };
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let count: Option<i64> = digits.parse().ok().filter(|_| is_number);
    let seconds = count.and_then(|count| count.checked_mul(unit));
    let seconds = seconds.filter(|seconds| (1..=EXPIRY_MAX).contains(seconds));
    let seconds = seconds.ok_or(Fault::NotADuration)?;
    Ok((from.to_utc() + TimeDelta::seconds(seconds)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_number_with_a_unit() {
        let from = Timestamp::parse("2026-11-22T05:41:03.123Z").unwrap();
        for (text, expected) in [
            ("30m", "2026-11-22T06:11:03.123Z"),
            ("12h", "2026-11-22T17:41:03.123Z"),
            ("7d", "2026-11-29T05:41:03.123Z"),
            ("2w", "2026-12-06T05:41:03.123Z"),
        ] {
            assert_eq!(parse_expiry(text, from).unwrap().to_string(), expected);
        }
        for text in [
            "",
            "7",
            "d",
            "0d",
            "-1d",
            "+1d",
            "1.5h",
            "400d",
            "9999999999999999999d",
            "7 d",
            "日",
        ] {
            assert_eq!(parse_expiry(text, from), Err(Fault::NotADuration), "{text}");
        }
    }
}
