//! The table `rooms`, and what one person sees of them.

use super::{
    db::Connection, memberships::list_members_sql, messages::parse, statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, RoomId, UserId},
        room::{RoomInfo, RoomView},
        time::Timestamp,
        user::Person,
    },
};

/// What was said after the read mark: the newest 1,000 messages of it, so that nobody's page pays for the rest.
macro_rules! unread {
    () => {
        "select author_id, deleted_at, body from messages m
            where m.room_id = r.id and m.id > s.read_up_to order by m.id desc limit 1000"
    };
}

/// A room as the viewer `?1` sees it, as JSON in the form of [`RoomView`].
macro_rules! room_json {
    () => {
        concat!(
            "json_object('id', r.id, 'slug', r.slug, 'name', r.name, 'topic', r.topic, 'kind', r.kind,
            'joined', json(iif(s.user_id is not null, 'true', 'false')),
            'head', (select coalesce(max(e.id), 0) from events e where e.room_id = r.id),
            'read_up_to', coalesce(s.read_up_to, 0),
            'notify', coalesce(s.notify, 'mentions'),
            'unread', iif(s.user_id is null, 0, (
                select count(*) from (", unread!(), ") where author_id <> s.user_id and deleted_at is null)),
            'mentions', iif(s.user_id is null, 0, (
                select count(*) from (", unread!(), ") where author_id <> s.user_id and deleted_at is null
                and instr(body, '@') and ' ' || lower(body) || ' ' glob '*[^a-z0-9._@-]@'
                    || (select replace(lower(handle), '[', '[[]') from users where id = s.user_id) || '[^a-z0-9_-]*')))"
        )
    };
}

/// What a viewer may see: open rooms, and those that they are a member of.
macro_rules! visible {
    () => {
        " from rooms r left join memberships s on s.room_id = r.id and s.user_id = ?1
          where (r.kind = 'open' or s.user_id is not null) "
    };
}

macro_rules! list_rooms {
    () => {
        concat!(
            "select '[' || coalesce(group_concat(j), '') || ']' from (
            select ",
            room_json!(),
            " as j ",
            visible!(),
            " order by r.kind <> 'open', r.name, r.slug)"
        )
    };
}

statements! {
    FIND_ROOM = concat!("select ", room_json!(), visible!(), " and r.slug = ?2");
    LIST_ROOMS = list_rooms!();
    LIST_ROOMS_AND_MEMBERS = concat!("select (", list_rooms!(), ") as rooms, ", list_members_sql!("?2", "?3"));
    LIST_VISIBLE_IDS = concat!(
        "select r.id ", visible!(), " and r.slug in (select value from json_each(?2)) order by r.id"
    );
    FIND_ACCESS = "select r.id, r.kind = 'open' as is_open, r.made_by,
            (select event_id from memberships s where s.room_id = r.id and s.user_id = ?1) as member_since
        from rooms r where r.slug = ?2";
    FIND_INFO = "select slug, name, topic, kind from rooms where id = ?";
    IS_SLUG_TAKEN = "select exists (select 1 from rooms where slug = ?)";
    INSERT_ROOM = "insert into rooms (id, slug, name, topic, kind, made_by, created_at) values (?, ?, ?, ?, ?, ?, ?)";
    UPDATE_ROOM = "update rooms set name = ?, topic = ? where id = ?";
}

/// A room that the viewer may see.
pub async fn find_room(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<Option<RoomView>> {
    let json: Option<String> = sqlx::query_scalar(FIND_ROOM)
        .bind(viewer)
        .bind(slug)
        .fetch_optional(connection)
        .await?;
    json.as_deref().map(parse).transpose()
}

/// All rooms that the viewer may see, open ones first, by name.
pub async fn list_rooms(
    connection: &mut Connection,
    viewer: Option<UserId>,
) -> Result<Vec<RoomView>> {
    let json: String = sqlx::query_scalar(LIST_ROOMS)
        .bind(viewer)
        .fetch_one(connection)
        .await?;
    parse(&json)
}

/// The same with the first `limit` members of a room and how many it has, in one trip: what surrounds its history.
pub async fn list_rooms_and_members(
    connection: &mut Connection,
    viewer: Option<UserId>,
    room: RoomId,
    limit: i64,
) -> Result<(Vec<RoomView>, Vec<Person>, i64)> {
    let (rooms, count, members): (String, i64, String) = sqlx::query_as(LIST_ROOMS_AND_MEMBERS)
        .bind(viewer)
        .bind(room)
        .bind(limit)
        .fetch_one(connection)
        .await?;
    Ok((parse(&rooms)?, parse(&members)?, count))
}

/// Those of the named rooms that the viewer may see.
pub async fn list_visible_ids(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slugs: &[String],
) -> Result<Vec<RoomId>> {
    let slugs = serde_json::json!(slugs).to_string();
    Ok(sqlx::query_scalar(LIST_VISIBLE_IDS)
        .bind(viewer)
        .bind(slugs)
        .fetch_all(connection)
        .await?)
}

/// What decides what somebody may do in a room.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct RoomAccess {
    /// The room.
    pub id: RoomId,
    /// Whether everybody may see it.
    pub is_open: bool,
    /// Who made it.
    pub made_by: UserId,
    /// The event that made the one in question a member.
    pub member_since: Option<EventId>,
}

impl RoomAccess {
    /// Whether they are one.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.member_since.is_some()
    }
}

/// A room, whoever may see it, and how somebody stands to it.
pub async fn find_access(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<Option<RoomAccess>> {
    Ok(sqlx::query_as(FIND_ACCESS)
        .bind(viewer)
        .bind(slug)
        .fetch_optional(connection)
        .await?)
}

/// What everybody who may see a room sees of it.
pub async fn find_info(connection: &mut Connection, id: RoomId) -> Result<Option<RoomInfo>> {
    Ok(sqlx::query_as(FIND_INFO)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Whether a room has this address.
pub async fn is_slug_taken(connection: &mut Connection, slug: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_SLUG_TAKEN)
        .bind(slug)
        .fetch_one(connection)
        .await?)
}

/// Adds a room.
pub async fn insert_room(
    connection: &mut Connection,
    id: RoomId,
    room: &RoomInfo,
    made_by: UserId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_ROOM)
        .bind(id)
        .bind(&room.slug)
        .bind(&room.name)
        .bind(&room.topic)
        .bind(room.kind)
        .bind(made_by)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives a room another name and topic.
pub async fn update_room(
    connection: &mut Connection,
    id: RoomId,
    name: &str,
    topic: &str,
) -> Result<()> {
    sqlx::query(UPDATE_ROOM)
        .bind(name)
        .bind(topic)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
