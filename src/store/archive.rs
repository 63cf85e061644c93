//! What `export` reads and `import` writes: many messages a trip.

use super::{
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

statements! {
    // json_patch leaves out what is null. What is said of a room as a whole stands with its first message.
    READ_LINES = "with page as (
            select *, id = (select min(f.id) from messages f where f.room_id = messages.room_id) as is_first
            from messages where id > ?1 and id <= ?2 order by id limit 1000)
        select coalesce(max(id), 0), coalesce(group_concat(j, char(10) order by id) || char(10), '') from (
            select m.id, json_patch('{}', json_object(
                'room', r.slug, 'author', a.handle, 'at', m.created_at, 'body', m.body, 'id', m.id,
                'author_name', iif(a.name <> a.handle, a.name, null),
                'reply_to', m.reply_to, 'nonce', m.nonce, 'edited_at', m.edited_at, 'deleted_at', m.deleted_at,
                'reactions', case when exists (select 1 from reactions x where x.message_id = m.id) then (
                    select json_group_array(json_object('emoji', x.emoji, 'by', u.handle, 'at', e.at) order by x.event_id)
                    from reactions x join users u on u.id = x.user_id join events e on e.id = x.event_id
                    where x.message_id = m.id) end,
                'names', case when m.is_first or exists (select 1 from reactions x where x.message_id = m.id) then json((
                    select nullif(json_group_object(u.handle, u.name order by u.handle), '{}') from users u
                    where u.name <> u.handle and u.id <> m.author_id and u.id in (
                        select x.user_id from reactions x where x.message_id = m.id
                        union select r.made_by where m.is_first
                        union select s.user_id from memberships s where m.is_first and s.room_id = r.id))) end,
                'room_kind', iif(r.kind <> 'open', r.kind, null),
                'room_info', case when m.is_first then
                    json_object('name', r.name, 'topic', r.topic, 'made_by', b.handle, 'members', (
                        select json_group_array(u.handle order by u.handle)
                        from memberships s join users u on u.id = s.user_id where s.room_id = r.id)) end)) as j
            from page m join rooms r on r.id = m.room_id join users a on a.id = m.author_id
            join users b on b.id = r.made_by)";
    LAST_MESSAGE = "select coalesce(max(id), 0) from messages";
    COUNT_MESSAGES = "select count(*) from messages";
    LIST_USERS = "select handle, id from users";
    LIST_ROOMS = "select slug, id, kind, not exists (select 1 from messages m where m.room_id = r.id) from rooms r";
    // A message is known by its nonce; one that has none, by its id, if author, room and time are the same.
    FIND_KNOWN = "select '[' || coalesce(group_concat(coalesce(known, 'null') order by key), '') || ']' from (
        select p.key, coalesce(n.id, i.id) as known
        from (select key, value ->> 'author' as author, value ->> 'room' as room, value ->> 'at' as at,
                     value ->> 'nonce' as nonce, value ->> 'id' as id from json_each(?)) p
        left join users u on u.handle = p.author
        left join messages n on n.author_id = u.id and n.nonce = p.nonce and n.nonce is not null
        left join messages i on i.id = p.id and i.author_id = u.id and i.created_at = p.at
            and i.room_id = (select id from rooms where slug = p.room))";
    INSERT_USERS = "insert into users (id, handle, folded, name, name_folded, created_at)
        select value ->> 'id', value ->> 'handle', value ->> 'folded', value ->> 'name', value ->> 'name_folded', value ->> 'at'
        from json_each(?)";
    SET_STATES = "update messages set edited_at = value ->> 'edited_at', deleted_at = value ->> 'deleted_at'
        from json_each(?) where messages.id = value ->> 'id'";
    INSERT_REACTIONS = "insert into reactions (message_id, emoji, user_id, event_id)
        select value ->> 'message_id', value ->> 'emoji', value ->> 'user_id', value ->> 'event_id' from json_each(?)
        where true on conflict do nothing";
}

/// The last message that there is.
pub async fn last_message(connection: &mut Connection) -> Result<MessageId> {
    Ok(sqlx::query_scalar(LAST_MESSAGE)
        .fetch_one(connection)
        .await?)
}

/// How many messages there are.
pub async fn count_messages(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_MESSAGES)
        .fetch_one(connection)
        .await?)
}

/// The lines of up to 1,000 messages that follow one, up to another one, and the last of them; `None`: there is
/// nothing left.
pub async fn read_lines(
    connection: &mut Connection,
    after: MessageId,
    up_to: MessageId,
) -> Result<Option<(MessageId, String)>> {
    let (last, lines): (MessageId, String) = sqlx::query_as(READ_LINES)
        .bind(after)
        .bind(up_to)
        .fetch_one(connection)
        .await?;
    Ok((!lines.is_empty()).then_some((last, lines)))
}

/// Everybody, by handle.
pub async fn list_users(connection: &mut Connection) -> Result<HashMap<String, UserId>> {
    let rows: Vec<(String, UserId)> = sqlx::query_as(LIST_USERS).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// A room that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRoom {
    /// Its id.
    pub id: RoomId,
    /// Who may see it.
    pub kind: RoomKind,
    /// Nobody has posted there yet.
    pub is_empty: bool,
}

/// All rooms, by slug.
pub async fn list_rooms(connection: &mut Connection) -> Result<HashMap<String, KnownRoom>> {
    let rows: Vec<(String, RoomId, RoomKind, bool)> =
        sqlx::query_as(LIST_ROOMS).fetch_all(connection).await?;
    let rooms = rows
        .into_iter()
        .map(|(slug, id, kind, is_empty)| (slug, KnownRoom { id, kind, is_empty }));
    Ok(rooms.collect())
}

/// By what a message is recognised.
#[derive(Clone, Debug, Serialize)]
pub struct Mark<'a> {
    /// Handle of its author.
    pub author: &'a str,
    /// Slug of its room.
    pub room: &'a str,
    /// When it was posted.
    pub at: Timestamp,
    /// Its nonce, its own or the one made for it.
    pub nonce: &'a str,
    /// Its id in the log that it comes from, if it has no nonce of its own.
    pub id: Option<i64>,
}

/// The messages that are there already, one for each mark.
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

/// An account to be added.
#[derive(Clone, Debug, Serialize)]
pub struct NewUser {
    /// That of the event by which they came.
    pub id: UserId,
    /// Unique.
    pub handle: String,
    /// What it shares with handles that look like it.
    pub folded: String,
    /// For display.
    pub name: String,
    /// What `name` shares with names that look like it.
    pub name_folded: String,
    /// When they came.
    pub at: Timestamp,
}

/// Adds accounts, however many, in one trip.
pub async fn insert_users(connection: &mut Connection, users: &[NewUser]) -> Result<()> {
    insert(connection, INSERT_USERS, users).await
}

/// What became of a message after it was posted.
#[derive(Clone, Debug, Serialize)]
pub struct MessageState {
    /// Which one.
    pub id: MessageId,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted; its text is empty then.
    pub deleted_at: Option<Timestamp>,
}

/// Notes what became of messages, however many, in one trip.
pub async fn set_states(connection: &mut Connection, states: &[MessageState]) -> Result<()> {
    insert(connection, SET_STATES, states).await
}

/// A reaction to be added.
#[derive(Clone, Debug, Serialize)]
pub struct NewReaction {
    /// Under which message.
    pub message_id: MessageId,
    /// What.
    pub emoji: String,
    /// By whom.
    pub user_id: UserId,
    /// The event that says so.
    pub event_id: EventId,
}

/// Adds reactions, however many, in one trip.
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
