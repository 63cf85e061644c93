//! The inbox: the messages that mean a person, of all rooms that the person is a member of.
//!
//! The items of each room are read off an index, no more of them than a page can have, however many there are.

use super::{
    connection::Connection,
    damage::Damages,
    message_row::{message_row, read_inbox_items},
    rows::join_rows,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, UserId},
        inbox::InboxItem,
        page::{Page, one_more},
    },
};

/// The ids of the newest `?3` messages of each room of the user `?1`, before the message `?2`, that `$tables` and `$on`
/// select: an index of the messages `m` of the room of the membership `s`.
macro_rules! newest_of_each_room {
    ($id:literal, $tables:literal, $on:literal) => {
        concat!(
            "select ",
            $id,
            " as id from memberships s indexed by memberships_of_user cross join ",
            $tables,
            "
            where s.user_id = ?1 and ",
            $on,
            " and ",
            $id,
            " < ?2
                and m.author_id not in ",
            crate::store::visibility::blocked_by!("?1"),
            "
                and ",
            $id,
            " >= coalesce((
                    select ",
            $id,
            " from ",
            $tables,
            "
                    where ",
            $on,
            " and ",
            $id,
            " < ?2
                        and m.author_id not in ",
            crate::store::visibility::blocked_by!("?1"),
            "
                    order by ",
            $id,
            " desc limit 1 offset ?3 - 1), 0)"
        )
    };
}

/// Whether the membership `s` has an item of the inbox up to the event `?2` that was not read.
macro_rules! has_unread {
    () => {
        "(exists (select 1 from mentions n where n.user_id = s.user_id and n.room_id = s.room_id
                and n.message_id > max(s.read_up_to, s.inbox_read_up_to) and n.message_id <= ?2)
            or exists (select 1 from messages m indexed by messages_mentioning_room
                where m.room_id = s.room_id and m.mentions_room
                and m.id > max(s.read_up_to, s.inbox_read_up_to) and m.id <= ?2))"
    };
}

statements! {
    LIST_INBOX = concat!(
        "select ", join_rows!("id desc"), " from (
            select m.id, concat_ws(char(31),
                iif((select q.author_id from messages q where q.id = m.reply_to) is ?1, 'reply', 'mention'),
                m.id <= max(s.read_up_to, s.inbox_read_up_to), r.slug, ", message_row!(), ") as row
            from (
                select id from (",
                    newest_of_each_room!(
                        "n.message_id",
                        "mentions n cross join messages m",
                        "n.user_id = s.user_id and n.room_id = s.room_id and m.id = n.message_id"
                    ), "
                    union ",
                    newest_of_each_room!(
                        "m.id",
                        "messages m indexed by messages_mentioning_room",
                        "m.room_id = s.room_id and m.mentions_room and m.author_id <> s.user_id"
                    ), ")
                order by id desc limit ?3 + 0) i
            join messages m on m.id = i.id
            join rooms r on r.id = m.room_id
            join memberships s on s.room_id = m.room_id and s.user_id = ?1
            left join users a on a.id = m.author_id)"
    );
    MARK_INBOX = concat!(
        "update memberships as s set inbox_read_up_to = min(?2, (select max(id) from events)),
            marked_after = (select max(id) from events)
        where s.user_id = ?1 and s.inbox_read_up_to < ?2 and ", has_unread!()
    );
}

/// Returns the newest items of a user's inbox before a message, newest first.
pub async fn list_inbox(
    connection: &mut Connection,
    user: UserId,
    before: MessageId,
    limit: usize,
) -> Result<Page<InboxItem>> {
    let rows: Vec<u8> = sqlx::query_scalar(LIST_INBOX)
        .bind(user)
        .bind(before)
        .bind(one_more(limit))
        .fetch_one(connection)
        .await?;
    let mut damages = Damages::default();
    let items = read_inbox_items(&rows, &mut damages)?;
    damages.log();
    Ok(Page::of(items, limit))
}

/// Marks the items of a user's inbox as read up to an event. Returns whether any of them was not.
pub async fn mark_inbox(connection: &mut Connection, user: UserId, up_to: EventId) -> Result<bool> {
    let marked = sqlx::query(MARK_INBOX)
        .bind(user)
        .bind(up_to)
        .execute(connection)
        .await?;
    Ok(marked.rows_affected() > 0)
}
