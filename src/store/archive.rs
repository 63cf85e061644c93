//! The statements of `export`, each for many messages.
//!
//! They write the lines of an archive as JSON. This is a format of its own, which `import` reads: unlike the API's JSON
//! of a message, a line has no null fields, and contains the names of people and the properties of rooms.

use super::{
    damage::{lossy, unknown_handle},
    db::Connection,
    files::has_contents,
    statements::statements,
};
use crate::{error::Result, model::ids::MessageId};

/// A time as it is exported, so that `import` accepts it: as [`Timestamp::parse_stored`] reads it, or
/// [`Timestamp::UNKNOWN`] in place of one that cannot be read.
///
/// [`Timestamp::parse_stored`]: crate::model::time::Timestamp::parse_stored
/// [`Timestamp::UNKNOWN`]: crate::model::time::Timestamp::UNKNOWN
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

/// The lines of an archive, where `$body` is the text of the message `m`.
///
/// `json_patch` removes null fields. `cast` converts blobs, which a damaged file may contain instead of texts and
/// which JSON cannot represent. A nonce or an emoji that `import` would refuse is left out (U+FFFD replaces what is
/// not UTF-8). The properties of a room are exported with its first message. A message whose room is missing is left
/// out, since its audience is unknown.
macro_rules! lines {
    ($body:literal) => {
        concat!(
        "with page as (
            select *, id = (select min(f.id) from messages f where f.room_id = messages.room_id and f.in_room) as is_first
            from messages where id > ?1 and id <= ?2 order by id limit 1000)
        select (select coalesce(max(id), 0) from page), coalesce(group_concat(j, char(10) order by id) || char(10), '') from (
            select m.id, json_patch('{}', json_object(
                'room', cast(r.slug as text), 'author', cast(coalesce(a.handle, ", unknown_handle!("m.author_id"), ") as text),
                'at', ", exported_time!("m.created_at"), ", 'body', cast(", $body, " as text), 'id', m.id,
                'author_name', iif(a.name <> a.handle, cast(a.name as text), null),
                'reply_to', m.reply_to, 'thread', m.thread,
                'also_in_room', iif(m.thread is not null and m.in_room, json('true'), null), 'nonce', iif(m.nonce not glob '*[^!-~]*', cast(m.nonce as text), null),
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
            from page m join rooms r on r.id = m.room_id and r.kind <> 'deleted' left join users a on a.id = m.author_id
            left join users b on b.id = r.made_by)"
    )
    };
}

statements! {
    // A message that has files and no text is exported with their names as its text.
    READ_LINES = lines!(
        "iif(m.body = '' and m.has_files, (
            select group_concat(f.name, char(10) order by f.place) from files f where f.message_id = m.id), m.body)"
    );
    READ_LINES_WITHOUT_FILES = lines!("m.body");
    LAST_MESSAGE = "select coalesce(max(id), 0) from messages";
    COUNT_STRAYS = "select count(*) from messages m where m.id <= ?
        and (not exists (select 1 from users u where u.id = m.author_id)
            or not exists (select 1 from rooms r where r.id = m.room_id))";
}

/// Returns the id of the newest message, or 0 if there is none.
pub async fn last_message(connection: &mut Connection) -> Result<MessageId> {
    Ok(sqlx::query_scalar(LAST_MESSAGE)
        .fetch_one(connection)
        .await?)
}

/// Returns the number of messages up to `up_to` whose author or room is missing.
pub async fn count_strays(connection: &mut Connection, up_to: MessageId) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_STRAYS)
        .bind(up_to)
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
    let statement = if has_contents(connection).await? {
        READ_LINES
    } else {
        READ_LINES_WITHOUT_FILES
    };
    let (last, lines): (MessageId, Vec<u8>) = sqlx::query_as(statement)
        .bind(after)
        .bind(up_to)
        .fetch_one(connection)
        .await?;
    Ok((last > after).then(|| (last, lossy(&lines))))
}
