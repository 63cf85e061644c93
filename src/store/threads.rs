//! The tables of threads: who follows one, and how far they have read it. What is shown of a thread is kept by the triggers
//! of `0023_threads.sql`, and is read with its messages.

use super::{
    damage::parse_lossy, db::Connection, json_rows::write_rows, statements::statements,
    visibility::blocked_by,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        thread::{FOLLOWED_MAX, FollowedThread},
    },
};

/// The thread of the mark `t` as its user sees it, as JSON in the form of [`FollowedThread`]. The index holds all columns
/// that are counted.
macro_rules! thread_json {
    () => {
        concat!(
            "json_object('root', t.root_id, 'follows', json(iif(t.follows, 'true', 'false')), 'read_up_to', t.read_up_to,
                'unread', iif(not t.follows, 0, (
                    select count(*) from (
                        select author_id, deleted_at from messages m indexed by messages_of_thread
                        where m.thread = t.root_id and m.id > t.read_up_to order by m.id desc limit 1000)
                    where author_id <> t.user_id and deleted_at is null
                        and author_id not in ", blocked_by!("?1"), ")))"
        )
    };
}

statements! {
    // In the order of the replies. The author of a reply has read what came before. The author of the root, and whoever is
    // mentioned, has the reply still to read, unless they have blocked its author. A mark that exists is not moved, but for
    // one of somebody who did not follow the thread any more; the author of the root, who had stopped, is left alone.
    FOLLOW_THREADS = "insert into thread_marks (user_id, room_id, root_id, follows, read_up_to)
        select user_id, room_id, root_id, 1, read_up_to from (
            select m.author_id as user_id, m.room_id, m.thread as root_id, m.id as read_up_to, m.id as place
            from json_each(?) p join messages m on m.id = p.value where m.thread is not null
            union all
            select n.user_id, m.room_id, m.thread, m.id - 1, m.id
            from json_each(?1) p join messages m on m.id = p.value join mentions n on n.message_id = m.id
            where m.thread is not null
                and not exists (select 1 from blocks b where b.user_id = n.user_id and b.blocked_id = m.author_id)
            union all
            select q.author_id, m.room_id, m.thread, m.id - 1, m.id
            from json_each(?1) p join messages m on m.id = p.value join messages q on q.id = m.thread
            where q.author_id <> m.author_id
                and not exists (select 1 from blocks b where b.user_id = q.author_id and b.blocked_id = m.author_id)
                and not exists (
                    select 1 from thread_marks t
                    where t.user_id = q.author_id and t.room_id = m.room_id and t.root_id = m.thread))
        where true order by place, read_up_to
        on conflict do update set
            read_up_to = iif(follows, read_up_to, max(read_up_to, excluded.read_up_to)), follows = 1";
    SET_FOLLOWS = "insert into thread_marks (user_id, room_id, root_id, follows, read_up_to)
        values (?1, ?2, ?3, ?4, coalesce((select last_id from threads where root_id = ?3), ?3))
        on conflict do update set
            read_up_to = iif(follows or not excluded.follows, read_up_to, max(read_up_to, excluded.read_up_to)),
            follows = excluded.follows";
    // A mark moves forward only, and not beyond the last event.
    MOVE_THREAD_MARK = "insert into thread_marks (user_id, room_id, root_id, follows, read_up_to)
        values (?1, ?2, ?3, 0, min(?4, (select max(id) from events)))
        on conflict do update set read_up_to = max(read_up_to, excluded.read_up_to)";
    READ_MENTIONS = "update mentions indexed by mentions_in_threads set thread_read = 1
        where user_id = ?1 and room_id = ?2 and thread = ?3 and thread is not null and message_id <= ?4 and not thread_read";
    FIND_THREAD = concat!(
        "select ", thread_json!(), " from thread_marks t where t.user_id = ?1 and t.room_id = ?2 and t.root_id = ?3"
    );
    LIST_FOLLOWED = concat!(
        "select '[' || coalesce(group_concat(j, ','), '') || ']' from (
            select ", thread_json!(), " as j from thread_marks t
            where t.user_id = ?1 and t.room_id = ?2 and t.follows order by t.root_id desc limit ?3 + 0)"
    );
    DELETE_MARKS = "delete from thread_marks where user_id = ?";
}

/// Makes the authors of replies, those whom the replies mention, and the authors of the roots follow the threads.
pub async fn follow_threads(connection: &mut Connection, replies: &[MessageId]) -> Result<()> {
    write_rows(connection, FOLLOW_THREADS, replies).await
}

/// Follows a thread, or ends that. Replies that are there count as read for somebody who begins to follow it.
pub async fn set_follows(
    connection: &mut Connection,
    user: UserId,
    (room, root): (RoomId, MessageId),
    follows: bool,
) -> Result<()> {
    sqlx::query(SET_FOLLOWS)
        .bind(user)
        .bind(room)
        .bind(root)
        .bind(follows)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves the read mark in a thread forward, never backward. Mentions up to there are read.
pub async fn move_mark(
    connection: &mut Connection,
    user: UserId,
    (room, root): (RoomId, MessageId),
    up_to: EventId,
) -> Result<()> {
    for sql in [MOVE_THREAD_MARK, READ_MENTIONS] {
        sqlx::query(sql)
            .bind(user)
            .bind(room)
            .bind(root)
            .bind(up_to)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Returns the thread as a user sees it.
pub async fn find_thread(
    connection: &mut Connection,
    user: UserId,
    (room, root): (RoomId, MessageId),
) -> Result<FollowedThread> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(FIND_THREAD)
        .bind(user)
        .bind(room)
        .bind(root)
        .fetch_optional(connection)
        .await?;
    let found = json.as_deref().map(parse_lossy).transpose()?;
    Ok(found.unwrap_or(FollowedThread {
        root,
        follows: false,
        read_up_to: EventId::EARLIEST,
        unread: 0,
    }))
}

/// Returns the threads of a room that a user follows, those with the newest roots first, at most [`FOLLOWED_MAX`].
pub async fn list_followed(
    connection: &mut Connection,
    user: UserId,
    room: RoomId,
) -> Result<Vec<FollowedThread>> {
    let json: Vec<u8> = sqlx::query_scalar(LIST_FOLLOWED)
        .bind(user)
        .bind(room)
        .bind(i64::try_from(FOLLOWED_MAX).unwrap_or(i64::MAX))
        .fetch_one(connection)
        .await?;
    parse_lossy(&json)
}

/// Deletes all marks of a user, whose account is deleted.
pub async fn delete_marks(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_MARKS)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}
