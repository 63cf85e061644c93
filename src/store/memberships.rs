//! The table `memberships`: the members of each room, with their read marks and notification levels.

use super::{
    damage::{parse_lossy, text_of},
    db::Connection,
    json_rows::write_rows,
    messages::broken_json,
    statements::statements,
    visibility::is_open,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, RoomId, UserId},
        member::RoomMember,
        room::{NotifyLevel, RoomRole},
        time::Timestamp,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

/// The number of members of the room `$room`, and the first `$limit` of those whose handles follow `$after`, as JSON.
macro_rules! list_members_sql {
    ($room:literal, $after:literal, $limit:literal) => {
        concat!(
            "coalesce((select members from rooms where id = ", $room, "), 0) as count,
            (select json_group_array(json_object('handle', handle, 'name', name, 'role', role, 'imported', json(imported))
                order by handle collate nocase, id) from (
                select cast(u.handle as text) as handle, cast(u.name as text) as name, u.id,
                    iif(s.role = 'manager', 'manager', 'member') as role, iif(u.imported, 'true', 'false') as imported
                from memberships s indexed by memberships_by_handle join users u on u.id = s.user_id
                where s.room_id = ", $room, "
                    and (s.handle collate nocase, s.user_id) >
                        (", $after, ", coalesce((select a.id from users a where a.handle = ", $after, "), 0))
                order by s.handle collate nocase, s.user_id limit ", $limit, " + 0)) as members"
        )
    };
}
pub(super) use list_members_sql;

statements! {
    // What somebody is added to by others counts as not read, and so is new to them.
    INSERT_MEMBERSHIPS = "insert into memberships (room_id, user_id, handle, role, joined_at, event_id, read_up_to)
        select value ->> 'room_id', value ->> 'user_id',
               coalesce((select handle from users where id = value ->> 'user_id'), ''), value ->> 'role',
               value ->> 'at', value ->> 'event_id', value ->> 'event_id' - (value ->> 'is_new')
        from jsonb_each(?)";
    SET_ROLE = "update memberships set role = ?3 where room_id = ?1 and user_id = ?2";
    FIND_MEMBER_ROLE = "select iif(role = 'manager', 'manager', 'member') from memberships where room_id = ? and user_id = ?";
    HIDE_ROOM = "update memberships set hidden_up_to = (select max(id) from events)
        where room_id = ?1 and user_id = ?2";
    SHOW_ROOM = "update memberships set hidden_up_to = null where room_id = ?1 and user_id = ?2";
    // How often others have added the user to rooms since ?2, among the last ?3 times.
    COUNT_ADDINGS = "select count(*) from (
            select e.at from events e indexed by events_of_adding
            where e.subject_id = ?1 and e.kind = 'member' and e.data is not null order by e.id desc limit ?3 + 0)
        where at > ?2";
    SHARES_ROOM = "select exists (select 1 from memberships a join memberships b on b.room_id = a.room_id
        where a.user_id = ?1 and b.user_id = ?2)";
    // Whether somebody else has ended the user's last membership of the room after ?3.
    WAS_REMOVED_SINCE = "select coalesce((
        select e.actor_id is not e.subject_id and e.at > ?3 from events e
        where e.subject_id = ?2 and e.subject_id is not null and e.room_id = ?1 and e.kind = 'member'
        order by e.id desc limit 1), false)";
    DELETE_MEMBERSHIP = "delete from memberships where room_id = ? and user_id = ?";
    UPDATE_NOTIFY = "update memberships set notify = ?3 where room_id = ?1 and user_id = ?2 and notify <> ?3";
    SET_FAVOURITE = "update memberships set favourite = ?3 where room_id = ?1 and user_id = ?2 and favourite <> ?3";
    LIST_MEMBERS = concat!("select ", list_members_sql!("?1", "?2", "?3"));
    // A user without rooms has one row without a room.
    LIST_ROOMS_OF_PEOPLE = concat!(
        "select u.id as user_id, u.handle, u.hides_presence or u.disabled_at is not null as is_hidden, r.id as room_id, r.slug,
            coalesce(", is_open!(), ", false) as is_open
        from json_each(?) wanted join users u on u.id = wanted.value
        left join memberships s on s.user_id = u.id left join rooms r on r.id = s.room_id
        order by lower(u.handle), u.handle"
    );
    LIST_SLUGS_OF = "select r.slug from memberships s join rooms r on r.id = s.room_id where s.user_id = ?
        order by r.name, r.slug";
    LIST_ROOMS_OF = "select room_id, event_id from memberships where user_id = ?1
        union all select room_id, event_id from former_memberships where user_id = ?1";
}

/// A membership to be inserted. Its read mark is the event of joining, or before it for a user whom somebody else has
/// added.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NewMembership {
    /// The room.
    pub room_id: RoomId,
    /// The user.
    pub user_id: UserId,
    /// The time of joining.
    pub at: Timestamp,
    /// The event of joining.
    pub event_id: EventId,
    /// What the member may do in the room.
    pub role: RoomRole,
    /// Whether the room is new to the user, whom somebody else has added.
    pub is_new: bool,
}

/// Inserts any number of memberships with one statement.
pub async fn insert_memberships(
    connection: &mut Connection,
    members: &[NewMembership],
) -> Result<()> {
    write_rows(connection, INSERT_MEMBERSHIPS, members).await
}

/// Deletes a membership.
pub async fn delete_membership(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
) -> Result<()> {
    sqlx::query(DELETE_MEMBERSHIP)
        .bind(room)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether a user who is no member of a room was removed from it by somebody else after a time.
pub async fn was_removed_since(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
    since: Timestamp,
) -> Result<bool> {
    Ok(sqlx::query_scalar(WAS_REMOVED_SINCE)
        .bind(room)
        .bind(user)
        .bind(since.to_string())
        .fetch_one(connection)
        .await?)
}

/// Returns the role of a member; `None` if the user is not one.
pub async fn find_role(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
) -> Result<Option<RoomRole>> {
    Ok(sqlx::query_scalar(FIND_MEMBER_ROLE)
        .bind(room)
        .bind(user)
        .fetch_optional(connection)
        .await?)
}

/// Sets the role of a member.
pub async fn set_role(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
    role: RoomRole,
) -> Result<()> {
    sqlx::query(SET_ROLE)
        .bind(room)
        .bind(user)
        .bind(role)
        .execute(connection)
        .await?;
    Ok(())
}

/// Hides a direct room from one of its people, until the next message.
pub async fn hide_room(connection: &mut Connection, room: RoomId, user: UserId) -> Result<()> {
    sqlx::query(HIDE_ROOM)
        .bind(room)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Shows a direct room that was hidden from one of its people.
pub async fn show_room(connection: &mut Connection, room: RoomId, user: UserId) -> Result<()> {
    sqlx::query(SHOW_ROOM)
        .bind(room)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns how often others have added a user to rooms since a time, counted up to `limit`.
pub async fn count_addings(
    connection: &mut Connection,
    user: UserId,
    since: Timestamp,
    limit: i64,
) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_ADDINGS)
        .bind(user)
        .bind(since.to_string())
        .bind(limit)
        .fetch_one(connection)
        .await?)
}

/// Returns whether two users are members of the same room.
pub async fn shares_room(connection: &mut Connection, one: UserId, other: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(SHARES_ROOM)
        .bind(one)
        .bind(other)
        .fetch_one(connection)
        .await?)
}

/// Sets the notification level of a member. Returns whether it was another one.
pub async fn update_notify(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
    level: NotifyLevel,
) -> Result<bool> {
    let updated = sqlx::query(UPDATE_NOTIFY)
        .bind(room)
        .bind(user)
        .bind(level)
        .execute(connection)
        .await?;
    Ok(updated.rows_affected() > 0)
}

/// Makes a room one of a member's favourites, or ends that. Returns whether it was otherwise.
pub async fn set_favourite(
    connection: &mut Connection,
    room: RoomId,
    user: UserId,
    is_favourite: bool,
) -> Result<bool> {
    let updated = sqlx::query(SET_FAVOURITE)
        .bind(room)
        .bind(user)
        .bind(is_favourite)
        .execute(connection)
        .await?;
    Ok(updated.rows_affected() > 0)
}

/// Returns the first `limit` members by handle whose handles follow `after`, and the number of all members.
pub async fn list_members(
    connection: &mut Connection,
    room: RoomId,
    after: &str,
    limit: i64,
) -> Result<(Vec<RoomMember>, i64)> {
    let (count, members): (i64, Vec<u8>) = sqlx::query_as(LIST_MEMBERS)
        .bind(room)
        .bind(after)
        .bind(limit)
        .fetch_one(connection)
        .await?;
    Ok((parse_lossy(&members)?, count))
}

/// Returns the slugs of the rooms that a user is a member of, by the rooms' names.
pub async fn list_slugs_of(connection: &mut Connection, user: UserId) -> Result<Vec<String>> {
    let slugs: Vec<Vec<u8>> = sqlx::query_scalar(LIST_SLUGS_OF)
        .bind(user)
        .fetch_all(connection)
        .await?;
    let slugs = slugs.iter().map(|slug| String::from_utf8_lossy(slug));
    Ok(slugs.map(std::borrow::Cow::into_owned).collect())
}

/// Returns the rooms of a user, each with the event of joining; and those that were deleted when the user was a member,
/// each with the event of the deletion.
pub async fn list_rooms_of(
    connection: &mut Connection,
    user: UserId,
) -> Result<Vec<(RoomId, EventId)>> {
    Ok(sqlx::query_as(LIST_ROOMS_OF)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// One room of a user; `room_id` is `None` for a user without rooms.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct RoomOfPerson {
    pub user_id: UserId,
    pub handle: String,
    pub is_hidden: bool,
    pub room_id: Option<RoomId>,
    pub slug: Option<String>,
    pub is_open: bool,
}

impl FromRow<'_, SqliteRow> for RoomOfPerson {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let room_id: Option<RoomId> = row.try_get("room_id")?;
        Ok(Self {
            user_id: row.try_get("user_id")?,
            handle: text_of(row, "handle")?,
            is_hidden: row.try_get("is_hidden")?,
            room_id,
            slug: room_id.map(|_| text_of(row, "slug")).transpose()?,
            is_open: row.try_get("is_open")?,
        })
    }
}

/// Returns the rooms of these users, in the order of handles.
pub async fn list_rooms_of_people(
    connection: &mut Connection,
    users: &[UserId],
) -> Result<Vec<RoomOfPerson>> {
    Ok(sqlx::query_as(LIST_ROOMS_OF_PEOPLE)
        .bind(serde_json::to_string(users).map_err(broken_json)?)
        .fetch_all(connection)
        .await?)
}
