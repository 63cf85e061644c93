//! The table `invites`.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    statements::statements,
    visibility::room_is_visible,
};
use crate::{
    error::Result,
    model::{
        change::SecretHash,
        ids::{RoomId, UserId},
        invite::{Invite, InviteId, InvitedPerson, InvitedRoom, NewInvite},
        role::Role,
        time::Timestamp,
        user::Person,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

/// Invitations with what they refer to. `s` is the membership of the user `$viewer` in the room, `k` that of the maker.
macro_rules! invites {
    ($viewer:literal) => {
        concat!(
            "select i.id, i.role, i.uses, i.used, i.created_at, i.expires_at,
                r.id as room_id, r.slug, r.name as room_name,
                p.id as person_id, p.handle, p.name, m.id as maker_id, m.handle as maker_handle, m.name as maker_name
             from invites i
             left join rooms r on r.id = i.room_id
             left join users p on p.id = i.user_id
             left join users m on m.id = i.made_by
             left join memberships k on k.room_id = i.room_id and k.user_id = i.made_by
             left join memberships s on s.room_id = i.room_id and s.user_id = ",
            $viewer
        )
    };
}

/// Whether the invitation `i` can be redeemed at the time `$at`, apart from its room.
macro_rules! holds {
    ($at:literal) => {
        concat!(
            "i.revoked_at is null and i.used < i.uses and i.expires_at > ",
            $at,
            "
             and (i.made_by is null or m.disabled_at is null and (
                m.role = 'admin' or i.role = 'guest' and i.user_id is null and m.role <> 'guest' and ", crate::store::visibility::manages!("m.role", "k"), "))
             and (i.user_id is null or p.imported = 1 and p.disabled_at is null)
             and (i.room_id is null or r.archived_at is null and r.kind <> 'deleted')"
        )
    };
}

statements! {
    INSERT_INVITE = "insert into invites (id, secret_hash, role, room_id, user_id, uses, made_by, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    // The maker of an invitation into a room must still see the room.
    FIND_HOLDING = concat!(
        invites!("i.made_by"), " where i.secret_hash = ?1 and ", holds!("?2"),
        " and (i.room_id is null or i.made_by is null or ", room_is_visible!("i.made_by"), ")"
    );
    // An admin is not told of closed rooms without being a member of them.
    LIST_HOLDING = concat!(
        invites!("?1"), " where ", holds!("?2"),
        " and (i.room_id is null or ?1 is null or ", room_is_visible!("?1"), ") and (?4 is null or r.slug = ?4)
        order by i.created_at desc, i.id desc limit ?3 + 0"
    );
    FIND_HOLDING_BY_ID = concat!(
        invites!("?1"), " where i.id = ?3 and ", holds!("?2"),
        " and (i.room_id is null or ?1 is null or ", room_is_visible!("?1"), ")"
    );
    COUNT_OPEN = "select count(*) from invites
        where made_by is ? and revoked_at is null and used < uses and expires_at > ?";
    COUNT_USE = "update invites set used = used + 1 where id = ?";
    REVOKE_INVITE = "update invites set revoked_at = ?2 where id = ?1";
}

impl FromRow<'_, SqliteRow> for Invite {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let room: Option<RoomId> = row.try_get("room_id")?;
        let room = room.map(|id| {
            Ok::<_, sqlx::Error>(InvitedRoom {
                id,
                slug: text_of(row, "slug")?,
                name: text_of(row, "room_name")?,
            })
        });
        let person = person_of(row, ["person_id", "handle", "name"])?;
        let maker = person_of(row, ["maker_id", "maker_handle", "maker_name"])?;
        Ok(Self {
            id: row.try_get("id")?,
            role: Role::of_stored(&text_of(row, "role")?),
            room: room.transpose()?,
            person,
            uses: row.try_get("uses")?,
            used: row.try_get("used")?,
            made_by: maker.map(|maker| maker.person),
            created_at: time_of(row, "created_at")?,
            expires_at: time_of(row, "expires_at")?,
        })
    }
}

fn person_of(
    row: &SqliteRow,
    [id, handle, name]: [&'static str; 3],
) -> sqlx::Result<Option<InvitedPerson>> {
    let id: Option<UserId> = row.try_get(id)?;
    id.map(|id| {
        let (handle, name) = (text_of(row, handle)?, text_of(row, name)?);
        let person = Person { handle, name };
        Ok(InvitedPerson { id, person })
    })
    .transpose()
}

/// Inserts an invitation of a user, or of the operator.
pub async fn insert_invite(
    connection: &mut Connection,
    invite: &NewInvite,
    (room, person): (Option<RoomId>, Option<UserId>),
    made_by: Option<UserId>,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_INVITE)
        .bind(InviteId::of(&invite.secret_hash))
        .bind(&invite.secret_hash)
        .bind(invite.role.as_str())
        .bind(room)
        .bind(person)
        .bind(invite.uses)
        .bind(made_by)
        .bind(at.to_string())
        .bind(invite.expires_at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the invitation with this secret, if it can be redeemed at this time.
pub async fn find_holding(
    connection: &mut Connection,
    secret_hash: &SecretHash,
    at: Timestamp,
) -> Result<Option<Invite>> {
    Ok(sqlx::query_as(FIND_HOLDING)
        .bind(secret_hash)
        .bind(at.to_string())
        .fetch_optional(connection)
        .await?)
}

/// Returns the invitations that can be redeemed at this time, the latest first, except those into rooms that the viewer
/// may not see; with `room`, only those into this room. The operator, who has no account, may see all.
pub async fn list_holding(
    connection: &mut Connection,
    viewer: Option<UserId>,
    room: Option<&str>,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<Invite>> {
    Ok(sqlx::query_as(LIST_HOLDING)
        .bind(viewer)
        .bind(at.to_string())
        .bind(limit)
        .bind(room)
        .fetch_all(connection)
        .await?)
}

/// Returns one of the invitations that [`list_holding`] returns. The operator, who has no account, may see all.
pub async fn find_holding_by_id(
    connection: &mut Connection,
    viewer: Option<UserId>,
    id: InviteId,
    at: Timestamp,
) -> Result<Option<Invite>> {
    Ok(sqlx::query_as(FIND_HOLDING_BY_ID)
        .bind(viewer)
        .bind(at.to_string())
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Returns the number of invitations of a user, or of the operator, that are not used up, revoked or expired.
pub async fn count_open(
    connection: &mut Connection,
    made_by: Option<UserId>,
    at: Timestamp,
) -> Result<u32> {
    Ok(sqlx::query_scalar(COUNT_OPEN)
        .bind(made_by)
        .bind(at.to_string())
        .fetch_one(connection)
        .await?)
}

/// Counts a use of an invitation.
pub async fn count_use(connection: &mut Connection, id: InviteId) -> Result<()> {
    sqlx::query(COUNT_USE).bind(id).execute(connection).await?;
    Ok(())
}

/// Revokes an invitation.
pub async fn revoke_invite(connection: &mut Connection, id: InviteId, at: Timestamp) -> Result<()> {
    sqlx::query(REVOKE_INVITE)
        .bind(id)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
