//! Adding posted messages: the facts needed to authorise them, and their rows.
//!
//! This is the only code that adds messages, of users, bots and imports. The cost of a transaction depends on the
//! number of round trips to SQLite's thread and not on the number of rows, so all functions take many posts at once.

use super::{
    damage::parse_lossy,
    db::Connection,
    json_rows::write_rows,
    message_row::file_json,
    messages::broken_json,
    statements::statements,
    visibility::{is_open, is_open_to, manages},
};
use crate::{
    error::Result,
    model::{
        file::{Attachment, FileId},
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
        user::Person,
    },
};
use serde::{Deserialize, Serialize};

statements! {
    FIND_FACTS = concat!(
        "select coalesce((select seq from sqlite_sequence where name = 'events'), 0) as last_id,
        (select '[' || coalesce(group_concat(fact, ',' order by key), '') || ']' from (
            select p.key as key, json_object(
                'key', p.key,
                'by', iif(u.id is null, null, json_object('handle', cast(u.handle as text), 'name', cast(u.name as text))),
                'room_id', r.id,
                'is_open', json(iif(", is_open!(), ", 'true', 'false')),
                'is_open_to_author', json(iif(", is_open_to!("p.by"), ", 'true', 'false')),
                'member_since', s.event_id,
                'is_archived', json(iif(r.archived_at is not null, 'true', 'false')),
                'is_announcements', json(iif(r.announcements, 'true', 'false')),
                'manages', json(iif(", manages!("u.role", "s"), ", 'true', 'false')),
                'is_room_mention_open', json(iif(r.room_mentions, 'true', 'false')),
                'files', json(iif(p.files is null, null, (select json_group_array(", file_json!(), ")
                    from json_each(p.files) w join files f on f.id = w.value and f.user_id = p.by and f.message_id is null
                    join contents c on c.hash = f.hash))),
                'is_answer', json(iif(q.id is not null, 'true', 'false')),
                'answered_author', cast((select w.handle from users w where w.id = q.author_id) as text),
                'root', coalesce(h.thread, h.id),
                'known', iif(k.id is null, null, json_object('id', k.id, 'room_id', m.room_id,
                    'body', iif(m.edited_at is null and m.deleted_at is null, m.body, null)))) as fact
            from (select key, value ->> 'by' as by, value ->> 'room' as room, value ->> 'nonce' as nonce,
                         value ->> 'reply_to' as reply_to, value ->> 'thread' as thread,
                         value -> 'files' as files from jsonb_each(?)) p
            left join users u on u.id = p.by and u.disabled_at is null
            left join rooms r on r.slug = p.room
            left join memberships s on s.room_id = r.id and s.user_id = p.by
            left join messages q on q.id = p.reply_to and q.room_id = r.id
            left join messages h on h.id = p.thread and h.room_id = r.id
            left join nonces k on k.author_id = p.by and k.nonce = p.nonce
            left join messages m on m.id = k.id)) as facts"
    );
    // The triggers of 0009_added_messages.sql add the events, the nonces and the rows of the calendar, and those of
    // 0023_threads.sql what is shown of threads.
    ADD_MESSAGES = "insert into messages (id, room_id, author_id, created_at, body, reply_to, nonce, mentions_room,
            thread, in_room, has_files)
        select value ->> 'id', value ->> 'room_id', value ->> 'author_id', value ->> 'at', value ->> 'body',
               value ->> 'reply_to', value ->> 'nonce', value ->> 'mentions_room', value ->> 'thread',
               value ->> 'in_room', value ->> 'has_files'
        from jsonb_each(?1) where ?2 is null or ?2 = (select data_version from pragma_data_version)";
    ADD_MENTIONS = "insert or ignore into mentions (user_id, room_id, message_id)
        select coalesce(u.merged_into, u.id), m.room_id, m.id
        from jsonb_each(?) p
        join messages m on m.id = p.value ->> 'message'
        join users u on u.mention_key = p.value ->> 'key'
        where coalesce(u.merged_into, u.id) <> m.author_id and m.deleted_at is null and u.id not in (select value from json_each(p.value ->> 'later'))";
    // A reply counts like a mention of the author of the message that it replies to.
    ADD_ANSWERED = "insert or ignore into mentions (user_id, room_id, message_id)
        select q.author_id, m.room_id, m.id
        from jsonb_each(?) p
        join messages m on m.id = p.value
        join messages q on q.id = m.reply_to
        where q.author_id <> m.author_id and m.deleted_at is null";
    LIST_TEXTS_WITH_MENTIONS = "select id, cast(body as blob) from messages
        where id > ? and instr(body, '@') > 0 order by id limit 2000";
    DELETE_MENTIONS = "delete from mentions where message_id = ?";
}

/// The values of a post for which facts are looked up to authorise it.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct Question<'a> {
    pub by: Option<UserId>,
    pub room: &'a str,
    pub nonce: Option<&'a str>,
    pub reply_to: Option<MessageId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: &'a [FileId],
    pub thread: Option<MessageId>,
}

/// Facts needed to authorise one post.
#[derive(Clone, Debug, Default, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as the policy asks for them"
)]
pub struct PostFacts {
    /// The author; `None` if there is no such account, or if it is disabled.
    pub by: Option<Person>,
    /// The room with the slug of the post; `None` if there is none.
    pub room_id: Option<RoomId>,
    /// Whether the room is open.
    pub is_open: bool,
    /// Whether the room is open, and the author sees open rooms.
    pub is_open_to_author: bool,
    /// The event by which the author joined the room; `None` if not a member.
    pub member_since: Option<EventId>,
    /// Whether the room is archived.
    pub is_archived: bool,
    /// Whether only managers post.
    pub is_announcements: bool,
    /// Whether the author manages the room, or is an admin.
    pub manages: bool,
    /// Whether all members may mention everybody in the room.
    pub is_room_mention_open: bool,
    /// Whether the message that the post replies to is in the room.
    pub is_answer: bool,
    /// The handle of the author of that message.
    pub answered_author: Option<String>,
    /// Those of the files that are complete uploads of the author; `None` if the post has none.
    pub files: Option<Vec<Attachment>>,
    /// The root of the thread that the post belongs to; `None` if the message that it names is not in the room.
    pub root: Option<MessageId>,
    /// The earlier post of the author under the same nonce.
    pub known: Option<EarlierPost>,
}

/// The facts of a post, with its index among the questions.
#[derive(Debug, Deserialize)]
struct IndexedFacts {
    key: usize,
    #[serde(flatten)]
    fact: PostFacts,
}

/// An earlier post under a nonce.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierPost {
    /// The id of the event.
    pub id: MessageId,
    /// The room; `None` if the event is not a message, or if the message is not stored any more.
    pub room_id: Option<RoomId>,
    /// The text; `None` after an edit or a deletion.
    pub body: Option<String>,
}

/// Looks up the last id that the log has used, and the facts of each post, in the order of the questions.
pub async fn find_facts(
    connection: &mut Connection,
    questions: &[Question<'_>],
) -> Result<(EventId, Vec<PostFacts>)> {
    let (last_id, facts): (EventId, Vec<u8>) = sqlx::query_as(FIND_FACTS)
        .bind(serde_json::to_string(questions).map_err(broken_json)?)
        .fetch_one(connection)
        .await?;
    let found: Vec<IndexedFacts> = parse_lossy(&facts)?;
    let mut facts = vec![PostFacts::default(); questions.len()];
    for IndexedFacts { key, fact } in found {
        if let Some(place) = facts.get_mut(key) {
            *place = fact;
        }
    }
    Ok((last_id, facts))
}

/// A message to be added together with its event.
#[derive(Clone, Debug, Serialize)]
pub struct NewMessage<'a> {
    /// The id of the message, which is also the id of its event.
    pub id: MessageId,
    /// The room.
    pub room_id: RoomId,
    /// The author.
    pub author_id: UserId,
    /// The time of posting.
    pub at: Timestamp,
    /// The text.
    pub body: &'a str,
    /// The mention keys of the handles in the text.
    #[serde(skip)]
    pub mentions: &'a [String],
    /// Whether it mentions everybody in the room.
    pub mentions_room: bool,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// The root of its thread, if it is a reply in one.
    pub thread: Option<MessageId>,
    /// Whether the history of the room shows it.
    pub in_room: bool,
    /// The nonce given by the author's client.
    pub nonce: Option<&'a str>,
    /// Whether it has files, which the caller adds.
    pub has_files: bool,
}

/// Adds messages in the order of their ids, each with its event, nonce, mentions and row of the calendar.
pub async fn add_messages(connection: &mut Connection, messages: &[NewMessage<'_>]) -> Result<()> {
    insert_messages(connection, messages, None).await?;
    let mentions: Vec<_> = messages
        .iter()
        .flat_map(|message| mentions_of(message.id, message.mentions, &[]))
        .collect();
    insert_mentions(connection, &mentions).await?;
    let replies = messages.iter().filter(|message| message.reply_to.is_some());
    let replies: Vec<_> = replies.map(|message| message.id).collect();
    insert_answered(connection, &replies).await
}

/// Adds messages without mentions or replies in a separate transaction, unless another connection has changed the file
/// since its [`data_version`](super::db::data_version) had this value. Returns whether they were added.
pub async fn add_messages_if_unchanged(
    connection: &mut Connection,
    messages: &[NewMessage<'_>],
    data_version: i64,
) -> Result<bool> {
    Ok(insert_messages(connection, messages, Some(data_version)).await? > 0)
}

async fn insert_messages(
    connection: &mut Connection,
    messages: &[NewMessage<'_>],
    data_version: Option<i64>,
) -> Result<u64> {
    if messages.is_empty() {
        return Ok(0);
    }
    let added = sqlx::query(ADD_MESSAGES)
        .bind(serde_json::to_string(messages).map_err(broken_json)?)
        .bind(data_version)
        .execute(connection)
        .await?;
    Ok(added.rows_affected())
}

/// A mention of a handle in a message.
#[derive(Clone, Copy, Debug, Serialize)]
struct Mention<'a> {
    message: MessageId,
    key: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    later: &'a [UserId],
}

fn mentions_of<'a>(
    message: MessageId,
    keys: &'a [String],
    later: &'a [UserId],
) -> impl Iterator<Item = Mention<'a>> {
    let mention = move |key: &'a String| Mention {
        message,
        key,
        later,
    };
    keys.iter().map(mention)
}

/// Replaces the mentions of a message after its text was changed. A reply mentions the author of the message that it
/// replies to, unless it was deleted.
pub async fn replace_mentions(
    connection: &mut Connection,
    message: MessageId,
    keys: &[String],
) -> Result<()> {
    sqlx::query(DELETE_MENTIONS)
        .bind(message)
        .execute(&mut *connection)
        .await?;
    let mentions: Vec<_> = mentions_of(message, keys, &[]).collect();
    insert_mentions(connection, &mentions).await?;
    insert_answered(connection, &[message]).await
}

/// The mentions in the text of a message.
#[derive(Clone, Debug)]
pub struct Mentions<'a> {
    /// The id of the message.
    pub message: MessageId,
    /// The mention keys of the handles in the text.
    pub keys: &'a [String],
    /// Users with such a handle who are not mentioned, since they are created later in the same batch.
    pub later: Vec<UserId>,
}

/// Adds the mentions of messages; existing ones are left as they are.
pub async fn add_mentions(connection: &mut Connection, mentions: &[Mentions<'_>]) -> Result<()> {
    let mentions = mentions.iter();
    let mentions: Vec<_> = mentions
        .flat_map(|mentions| mentions_of(mentions.message, mentions.keys, &mentions.later))
        .collect();
    insert_mentions(connection, &mentions).await
}

/// Returns the ids and texts of up to 2,000 messages after `after` whose texts may contain mentions.
pub async fn list_texts_with_mentions(
    connection: &mut Connection,
    after: MessageId,
) -> Result<Vec<(MessageId, Vec<u8>)>> {
    Ok(sqlx::query_as(LIST_TEXTS_WITH_MENTIONS)
        .bind(after)
        .fetch_all(connection)
        .await?)
}

/// Inserts the mentions of messages. Unknown handles and authors who mention themselves are left out.
async fn insert_mentions(connection: &mut Connection, mentions: &[Mention<'_>]) -> Result<()> {
    write_rows(connection, ADD_MENTIONS, mentions).await
}

/// Inserts what replies count as: mentions of those whose messages they reply to. Other messages are left out.
async fn insert_answered(connection: &mut Connection, messages: &[MessageId]) -> Result<()> {
    write_rows(connection, ADD_ANSWERED, messages).await
}
