//! The statements of `export` and `import`, each for many messages.

use super::{
    damage::{lossy, unknown_handle},
    db::Connection,
    messages::{broken_json, parse},
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        room::RoomKind,
        time::Timestamp,
    },
};
use serde::Serialize;
use std::collections::HashMap;

/// A time as it is exported, so that `import` accepts it: as [`Timestamp::parse_stored`] reads it, or
/// [`Timestamp::UNKNOWN`] in place of one that cannot be read.
macro_rules! exported_time {
    ($time:literal) => {
        concat!(
            "iif(",
            $time,
            " glob '[0-9][0-9][0-9][0-9]-*',
                 coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', ",
            $time,
            "), '0000-01-01T00:00:00.000Z'),
                 '0000-01-01T00:00:00.000Z')"
        )
    };
}

statements! {
    // `json_patch` removes null fields. `cast` converts blobs, which a damaged file may contain instead of texts and
    // which JSON cannot represent. A nonce or an emoji that `import` would refuse is left out (U+FFFD replaces what is
    // not UTF-8). The properties of a room are exported with its first message. A message whose room is missing is left
    // out, since its audience is unknown.
    READ_LINES = concat!(
        "with page as (
            select *, id = (select min(f.id) from messages f where f.room_id = messages.room_id) as is_first
            from messages where id > ?1 and id <= ?2 order by id limit 1000)
        select (select coalesce(max(id), 0) from page), coalesce(group_concat(j, char(10) order by id) || char(10), '') from (
            select m.id, json_patch('{}', json_object(
                'room', cast(r.slug as text), 'author', cast(coalesce(a.handle, ", unknown_handle!("m.author_id"), ") as text),
                'at', ", exported_time!("m.created_at"), ", 'body', cast(m.body as text), 'id', m.id,
                'author_name', iif(a.name <> a.handle, cast(a.name as text), null),
                'reply_to', m.reply_to, 'nonce', iif(m.nonce not glob '*[^!-~]*', cast(m.nonce as text), null),
                'edited_at', case when m.edited_at is not null then ", exported_time!("m.edited_at"), " end,
                'deleted_at', case when m.deleted_at is not null then ", exported_time!("m.deleted_at"), " end,
                'reactions', case when exists (select 1 from reactions x where x.message_id = m.id) then (
                    select json_group_array(json_object('emoji', cast(x.emoji as text),
                        'by', cast(coalesce(u.handle, ", unknown_handle!("x.user_id"), ") as text),
                        'at', ", exported_time!("coalesce(e.at, m.created_at)"), ") order by x.event_id)
                    from reactions x left join users u on u.id = x.user_id left join events e on e.id = x.event_id
                    where x.message_id = m.id and x.emoji not glob '*' || char(65533) || '*') end,
                'names', case when m.is_first or exists (select 1 from reactions x where x.message_id = m.id) then json((
                    select nullif(json_group_object(cast(u.handle as text), cast(u.name as text) order by u.handle), '{}')
                    from users u
                    where u.name <> u.handle and u.id <> m.author_id and u.id in (
                        select x.user_id from reactions x where x.message_id = m.id
                        union select r.made_by where m.is_first
                        union select s.user_id from memberships s where m.is_first and s.room_id = r.id))) end,
                'room_kind', case r.kind when 'open' then null when 'direct' then 'direct' else 'closed' end,
                'room_info', case when m.is_first then
                    json_object('name', cast(r.name as text), 'topic', cast(r.topic as text),
                        'made_by', cast(b.handle as text), 'members', (
                        select json_group_array(cast(u.handle as text) order by u.handle)
                        from memberships s join users u on u.id = s.user_id where s.room_id = r.id)) end)) as j
            from page m join rooms r on r.id = m.room_id left join users a on a.id = m.author_id
            left join users b on b.id = r.made_by)"
    );
    LAST_MESSAGE = "select coalesce(max(id), 0) from messages";
    COUNT_MESSAGES = "select count(*) from messages";
    LIST_USERS = "select handle, id from users";
    LIST_ROOMS = "select slug, id, kind, not exists (select 1 from messages m where m.room_id = r.id) from rooms r";
    // A message is identified by its nonce, or without one by its id if author, room and time are equal.
    FIND_KNOWN = "select '[' || coalesce(group_concat(coalesce(known, 'null') order by key), '') || ']' from (
        select p.key, coalesce(n.id, i.id) as known
        from (select key, value ->> 'author' as author, value ->> 'room' as room, value ->> 'at' as at,
                     value ->> 'nonce' as nonce, value ->> 'id' as id from json_each(?)) p
        left join users u on u.handle = p.author
        left join nonces n on n.author_id = u.id and n.nonce = p.nonce
        left join messages i on i.id = p.id and i.author_id = u.id and i.created_at = p.at
            and i.room_id = (select id from rooms where slug = p.room))";
    INSERT_USERS = "insert into users (id, handle, folded, mention_key, name, name_folded, created_at)
        select value ->> 'id', value ->> 'handle', value ->> 'folded', value ->> 'mention_key', value ->> 'name', value ->> 'name_folded', value ->> 'at'
        from json_each(?)";
    SET_STATES = "update messages set edited_at = value ->> 'edited_at', deleted_at = value ->> 'deleted_at'
        from json_each(?) where messages.id = value ->> 'id'";
    INSERT_REACTIONS = "insert into reactions (message_id, emoji, user_id, event_id)
        select value ->> 'message_id', value ->> 'emoji', value ->> 'user_id', value ->> 'event_id' from json_each(?)
        where true on conflict do nothing";
}

/// Returns the id of the newest message, or 0 if there is none.
pub async fn last_message(connection: &mut Connection) -> Result<MessageId> {
    Ok(sqlx::query_scalar(LAST_MESSAGE)
        .fetch_one(connection)
        .await?)
}

/// Returns the number of messages.
pub async fn count_messages(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_MESSAGES)
        .fetch_one(connection)
        .await?)
}

/// Returns the lines of up to 1,000 messages after `after` and up to `up_to`, and the id of the last of these messages.
/// Returns `None` if there are none.
pub async fn read_lines(
    connection: &mut Connection,
    after: MessageId,
    up_to: MessageId,
) -> Result<Option<(MessageId, String)>> {
    let (last, lines): (MessageId, Vec<u8>) = sqlx::query_as(READ_LINES)
        .bind(after)
        .bind(up_to)
        .fetch_one(connection)
        .await?;
    Ok((last > after).then(|| (last, lossy(&lines))))
}

/// Returns the ids of all users by their handles.
pub async fn list_users(connection: &mut Connection) -> Result<HashMap<String, UserId>> {
    let rows: Vec<(Vec<u8>, UserId)> = sqlx::query_as(LIST_USERS).fetch_all(connection).await?;
    let rows = rows.into_iter().map(|(handle, id)| (lossy(&handle), id));
    Ok(rows.collect())
}

/// An existing room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRoom {
    /// The id of the room.
    pub id: RoomId,
    /// The kind of the room.
    pub kind: RoomKind,
    /// Whether the room has no messages.
    pub is_empty: bool,
}

/// Returns all rooms by their slugs.
pub async fn list_rooms(connection: &mut Connection) -> Result<HashMap<String, KnownRoom>> {
    let rows: Vec<(Vec<u8>, RoomId, Vec<u8>, bool)> =
        sqlx::query_as(LIST_ROOMS).fetch_all(connection).await?;
    let rooms = rows.into_iter().map(|(slug, id, kind, is_empty)| {
        let kind = RoomKind::of_stored(&kind);
        (lossy(&slug), KnownRoom { id, kind, is_empty })
    });
    Ok(rooms.collect())
}

/// The values by which a message of an archive is found among the stored ones.
#[derive(Clone, Debug, Serialize)]
pub struct Mark<'a> {
    /// Handle of its author.
    pub author: &'a str,
    /// Slug of its room.
    pub room: &'a str,
    /// The time of posting.
    pub at: Timestamp,
    /// The nonce of the message, or the one made from its line.
    pub nonce: &'a str,
    /// Its id in the log that it was exported from, if it has no nonce of its own.
    pub id: Option<i64>,
}

/// Returns for each mark the id of the existing message, if there is one.
pub async fn find_known(
    connection: &mut Connection,
    marks: &[Mark<'_>],
) -> Result<Vec<Option<MessageId>>> {
    let marks = serde_json::to_string(marks).map_err(broken_json)?;
    let known: String = sqlx::query_scalar(FIND_KNOWN)
        .bind(marks)
        .fetch_one(connection)
        .await?;
    parse(&known)
}

/// A user to be inserted.
#[derive(Clone, Debug, Serialize)]
pub struct NewUser {
    /// The id of the event of joining the server.
    pub id: UserId,
    /// The handle.
    pub handle: String,
    /// The handle as [`fold_handle`](crate::model::look_alike::fold_handle) folds it.
    pub folded: String,
    /// The handle as [`mention_key`](crate::model::user::mention_key) makes it.
    pub mention_key: String,
    /// The display name.
    pub name: String,
    /// The display name as [`fold_name`](crate::model::look_alike::fold_name) folds it.
    pub name_folded: String,
    /// The time of joining the server.
    pub at: Timestamp,
}

/// Inserts any number of users with one statement.
pub async fn insert_users(connection: &mut Connection, users: &[NewUser]) -> Result<()> {
    insert(connection, INSERT_USERS, users).await
}

/// Edit and deletion times of a message.
#[derive(Clone, Debug, Serialize)]
pub struct MessageState {
    /// The id of the message.
    pub id: MessageId,
    /// The time of the last edit.
    pub edited_at: Option<Timestamp>,
    /// The time of the deletion, after which the text is empty.
    pub deleted_at: Option<Timestamp>,
}

/// Sets edit and deletion times of any number of messages with one statement.
pub async fn set_states(connection: &mut Connection, states: &[MessageState]) -> Result<()> {
    insert(connection, SET_STATES, states).await
}

/// A reaction to be inserted.
#[derive(Clone, Debug, Serialize)]
pub struct NewReaction {
    /// The message reacted to.
    pub message_id: MessageId,
    /// The emoji.
    pub emoji: String,
    /// The user who reacted.
    pub user_id: UserId,
    /// The event of the reaction, by which reactions are ordered.
    pub event_id: EventId,
}

/// Inserts any number of reactions with one statement; existing ones are left as they are.
pub async fn insert_reactions(
    connection: &mut Connection,
    reactions: &[NewReaction],
) -> Result<()> {
    insert(connection, INSERT_REACTIONS, reactions).await
}

async fn insert<T: Serialize>(
    connection: &mut Connection,
    sql: &'static str,
    rows: &[T],
) -> Result<()> {
    if !rows.is_empty() {
        let rows = serde_json::to_string(rows).map_err(broken_json)?;
        sqlx::query(sql).bind(rows).execute(connection).await?;
    }
    Ok(())
}
