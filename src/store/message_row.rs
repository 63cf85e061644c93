//! Rows of messages: the columns that every statement selects to read messages, and their decoding.

use super::{
    damage::{Damages, Values, lossy},
    rows::{Row, Rows},
};
use crate::{
    error::Result,
    model::{
        file::Attachment,
        ids::MessageId,
        inbox::{InboxItem, InboxKind},
        message::{Message, Reaction},
        thread::ThreadSummary,
    },
};
use std::sync::Arc;

/// The reactions to the message `m`, as JSON. Each emoji has the handles of the first 20 users, limited to 16,384 bytes
/// of JSON for all emoji together: with the longest body, a message stays below the 64 KiB of a block of the stream.
macro_rules! reactions_json {
    () => {
        concat!(
            "(select json_group_array(json_object('emoji', emoji, 'count', count, 'by', json(by)) order by first)
                from (select emoji, count(*) as count, min(event_id) as first,
                             json_group_array(handle order by event_id)
                                 filter (where place <= 20 and bytes <= 16384) as by
                      from (select emoji, event_id, handle, place,
                                   sum(octet_length(json_quote(handle)) + 1) over (order by place, event_id) as bytes
                            from (select cast(x.emoji as text) as emoji, x.event_id,
                                         cast(coalesce(u.handle, ",
            crate::store::damage::unknown_handle!("x.user_id"),
            ") as text) as handle,
                                         row_number() over (partition by x.emoji order by x.event_id) as place
                                  from reactions x left join users u on u.id = x.user_id where x.message_id = m.id))
                      group by emoji))"
        )
    };
}
pub(super) use reactions_json;

/// The files of the message `m`, as JSON.
macro_rules! files_json {
    () => {
        concat!(
            "(select json_group_array(",
            crate::store::message_row::file_json!(),
            " order by f.place) from files f join contents c on c.hash = f.hash where f.message_id = m.id)"
        )
    };
}
pub(super) use files_json;

/// The file `f` with the content `c`, as JSON.
macro_rules! file_json {
    () => {
        "json_object('id', f.id, 'name', cast(f.name as text), 'type', c.media_type, 'size', f.size, 'width', c.width,
            'height', c.height, 'has_preview', json(iif(c.preview_hash is null, 'false', 'true')))"
    };
}
pub(super) use file_json;
/// The thread that the message `m` belongs to or is the root of, as JSON in the form of [`ThreadSummary`].
macro_rules! thread_json {
    () => {
        concat!(
            "(select json_object('root', t.root_id, 'count', t.replies,
                    'last_at', (select l.created_at from messages l where l.id = t.last_id),
                    'by', (select json_group_array(cast(coalesce(handle, ",
            crate::store::damage::unknown_handle!("user_id"),
            ") as text) order by first_id) from (
                        select p.user_id, p.first_id, u.handle from thread_authors p left join users u on u.id = p.user_id
                        where p.root_id = t.root_id order by p.first_id limit 20)))
                from threads t where t.root_id = coalesce(m.thread, m.id))"
        )
    };
}
pub(super) use thread_json;

/// The message `m` and its author `a` as one row, as [`read_message`] decodes it.
///
/// The name and the body may contain any character. They are therefore the last fields, and the length of the body
/// precedes them. If the author is missing, the name is the author's id (see [`Values::person`]).
macro_rules! message_row {
    () => {
        concat!(
            "concat_ws(char(31), m.id, coalesce(m.reply_to, ''), iif(m.reply_to is null, '', coalesce((
                    select replace(w.handle, char(31), ' ') from messages q join users w on w.id = q.author_id where q.id = m.reply_to), '')),
                m.created_at, coalesce(m.edited_at, ''),
                coalesce(m.deleted_at, ''), coalesce(m.nonce, ''), m.mentions_room || coalesce(a.imported, 0) || m.in_room,
                coalesce(m.thread, ''), iif(m.has_thread or m.thread is not null, ",
            crate::store::message_row::thread_json!(),
            ", ''), iif(m.is_reacted, ",
            crate::store::message_row::reactions_json!(),
            ", ''), iif(m.has_files, ",
            crate::store::message_row::files_json!(),
            ", ''), octet_length(m.body), coalesce(a.handle, ''), coalesce(a.name, m.author_id), m.body)"
        )
    };
}
pub(super) use message_row;

/// Decodes a message of the room with the slug `room`. Values that cannot be decoded are replaced and recorded as
/// damage. Returns `None` only if the row has no id, which SQLite prevents.
pub(super) fn read_message(mut row: Row<'_>, room: &str, damages: &mut Damages) -> Option<Message> {
    let id = MessageId(row.number()?);
    let mut values = Values {
        damages,
        table: "messages",
        row: id,
    };
    let reply_to = values.optional("reply_to", row.field(), |id| id.parse().ok().map(MessageId));
    let reply_to_author = row.field();
    let reply_to_author =
        (!reply_to_author.is_empty()).then(|| values.text("its reply_to", reply_to_author));
    let at = values.time("created_at", row.field());
    let edited_at = row.field();
    let edited_at = (!edited_at.is_empty()).then(|| values.time("edited_at", edited_at));
    let deleted_at = row.field();
    let deleted_at = (!deleted_at.is_empty()).then(|| values.time("deleted_at", deleted_at));
    let nonce = row.field();
    let nonce = (!nonce.is_empty()).then(|| values.text("nonce", nonce));
    let (mentions_room, is_author_imported, is_in_room) = match row.field() {
        [room, imported, shown] => (*room == b'1', *imported == b'1', *shown == b'1'),
        _ => (false, false, true),
    };
    let thread = values.optional("thread", row.field(), |id| id.parse().ok().map(MessageId));
    let summary = row.field();
    let summary: Option<ThreadSummary> = (!summary.is_empty())
        .then(|| values.json("its thread", summary))
        .flatten();
    let reactions = row.field();
    let reactions: Option<Vec<Reaction>> = (!reactions.is_empty())
        .then(|| values.json("its reactions", reactions))
        .flatten();
    let attachments = row.field();
    let attachments: Option<Vec<Attachment>> = (!attachments.is_empty())
        .then(|| values.json("its files", attachments))
        .flatten();
    let length = row.number().unwrap_or_default();
    let handle = row.field();
    let (name, body) = row.last_two(length).unwrap_or_else(|| {
        values.note("body");
        Default::default()
    });
    let author = values.person(handle, name);
    let body = deleted_at.is_none().then(|| values.text("body", body));
    Some(Message {
        id,
        room: room.to_owned(),
        author,
        body,
        at,
        edited_at,
        deleted_at,
        reply_to,
        reply_to_author,
        nonce,
        mentions_room,
        is_author_imported,
        thread,
        also_in_room: thread.is_some() && is_in_room,
        thread_summary: summary.map(Arc::new),
        reactions: reactions.unwrap_or_default(),
        attachments: attachments.unwrap_or_default(),
    })
}

/// Decodes messages of one room.
pub(super) fn read_messages(
    joined: &[u8],
    room: &str,
    damages: &mut Damages,
) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for row in Rows::new(joined) {
        messages.extend(read_message(row?, room, damages));
    }
    Ok(messages)
}

/// Decodes messages of any rooms. The slug of its room precedes each message.
pub(super) fn read_messages_of_rooms(joined: &[u8], damages: &mut Damages) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for row in Rows::new(joined) {
        let mut row = row?;
        let room = lossy(row.field());
        messages.extend(read_message(row, &room, damages));
    }
    Ok(messages)
}

/// Decodes items of an inbox. The kind, whether the item was read, and the slug of the room precede each message.
pub(super) fn read_inbox_items(joined: &[u8], damages: &mut Damages) -> Result<Vec<InboxItem>> {
    let mut items = Vec::new();
    for row in Rows::new(joined) {
        let mut row = row?;
        let kind = InboxKind::of_stored(row.field());
        let read = row.field() == b"1";
        let room = lossy(row.field());
        let message = read_message(row, &room, damages);
        items.extend(message.map(|message| InboxItem {
            kind,
            read,
            message,
        }));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ids::UserId, time::Timestamp, user::Person};

    const ROW: [&[u8]; 16] = [
        b"5",
        b"4",
        b"bob",
        b"2026-11-22T05:41:03.123Z",
        b"",
        b"",
        b"n",
        b"001",
        b"",
        b"",
        b"",
        b"",
        b"5",
        b"ann",
        b"Ann",
        b"hello",
    ];

    fn read(fields: &[&[u8]]) -> (Message, Vec<String>) {
        let row = fields.join(&b"\x1f"[..]);
        let row = [format!("{}\x1f", row.len()).as_bytes(), &row].concat();
        let mut damages = Damages::default();
        let mut messages = read_messages(&row, "general", &mut damages).unwrap();
        assert_eq!(messages.len(), 1);
        let damages = damages.into_vec();
        let damages = damages.iter().map(ToString::to_string).collect();
        (messages.remove(0), damages)
    }

    #[test]
    fn a_damaged_value_costs_nothing_else_of_its_row() {
        let (sound, damages) = read(&ROW);
        assert!(damages.is_empty(), "{damages:?}");
        for (place, value, expected) in [
            (
                1,
                &b"x"[..],
                Message {
                    reply_to: None,
                    ..sound.clone()
                },
            ),
            (
                3,
                b"soon",
                Message {
                    at: Timestamp::UNKNOWN,
                    ..sound.clone()
                },
            ),
            (
                4,
                b"soon",
                Message {
                    edited_at: Some(Timestamp::UNKNOWN),
                    ..sound.clone()
                },
            ),
            (
                5,
                b"soon",
                Message {
                    deleted_at: Some(Timestamp::UNKNOWN),
                    body: None,
                    ..sound.clone()
                },
            ),
            (
                6,
                b"n\xff",
                Message {
                    nonce: Some("n\u{fffd}".into()),
                    ..sound.clone()
                },
            ),
            (8, b"x", sound.clone()),
            (9, b"[{", sound.clone()),
            (10, b"[{", sound.clone()),
            (11, b"[{", sound.clone()),
            (
                15,
                b"hell\xff",
                Message {
                    body: Some("hell\u{fffd}".into()),
                    ..sound.clone()
                },
            ),
        ] {
            let mut row = ROW;
            row[place] = value;
            let (message, damages) = read(&row);
            assert_eq!(message, expected, "{place}");
            assert_eq!(damages.len(), 1, "{damages:?}");
        }
    }

    #[test]
    fn a_time_that_can_be_read_is_no_damage() {
        let mut row = ROW;
        row[3] = b"2026-11-22 05:41:03.123";
        assert_eq!(read(&row), read(&ROW));
    }

    #[test]
    fn names_and_texts_may_hold_separators() {
        let mut row = ROW;
        row[12] = b"7";
        row[14] = b"An\x1fn\x1e";
        row[15] = b"he\x1fl\x1elo";
        let (message, damages) = read(&row);
        assert_eq!(message.author.name, "An\u{1f}n\u{1e}");
        assert_eq!(message.body.as_deref(), Some("he\u{1f}l\u{1e}lo"));
        assert!(damages.is_empty(), "{damages:?}");
    }

    #[test]
    fn a_missing_author_has_a_name_to_be_shown() {
        let mut row = ROW;
        (row[13], row[14]) = (b"", b"3");
        let (message, damages) = read(&row);
        assert_eq!(message.author, Person::unknown(UserId(3)));
        assert_eq!(message.author.handle, "unknown-3");
        assert_eq!(damages.len(), 1);
    }

    #[test]
    fn a_row_that_ends_early_is_still_a_message() {
        for length in 1..ROW.len() {
            assert_eq!(read(&ROW[..length]).0.id, MessageId(5));
        }
    }
}
