//! Posted messages: what is needed to authorise them, and the rows that they add.
//!
//! This is the one place in which messages are added, whether people, bots or an import post them. A trip to
//! SQLite's thread is what a transaction costs, not a row, so all functions take many posts at once.

use super::{
    damage::parse_lossy, db::Connection, messages::broken_json, statements::statements,
    visibility::is_open,
};
use crate::{
    error::Result,
    model::{
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
                'member_since', s.event_id,
                'is_answer', json(iif(q.id is not null, 'true', 'false')),
                'known', iif(k.id is null, null, json_object('id', k.id, 'room_id', m.room_id,
                    'body', iif(m.edited_at is null and m.deleted_at is null, m.body, null)))) as fact
            from (select key, value ->> 'by' as by, value ->> 'room' as room, value ->> 'nonce' as nonce,
                         value ->> 'reply_to' as reply_to from jsonb_each(?)) p
            left join users u on u.id = p.by
            left join rooms r on r.slug = p.room
            left join memberships s on s.room_id = r.id and s.user_id = p.by
            left join messages q on q.id = p.reply_to and q.room_id = r.id
            left join nonces k on k.author_id = p.by and k.nonce = p.nonce
            left join messages m on m.id = k.id)) as facts"
    );
    // The triggers of 0009_added_messages.sql add the events, the nonces and the places in the calendar.
    ADD_MESSAGES = "insert into messages (id, room_id, author_id, created_at, body, reply_to, nonce)
        select value ->> 'id', value ->> 'room_id', value ->> 'author_id', value ->> 'at', value ->> 'body',
               value ->> 'reply_to', value ->> 'nonce'
        from jsonb_each(?1) where ?2 is null or ?2 = (select data_version from pragma_data_version)";
    ADD_MENTIONS = "insert or ignore into mentions (user_id, room_id, message_id)
        select u.id, m.room_id, m.id
        from jsonb_each(?) p
        join messages m on m.id = p.value ->> 'message'
        join users u on u.mention_key = p.value ->> 'key'
        where u.id <> m.author_id";
    LIST_TEXTS_WITH_MENTIONS = "select id, cast(body as blob) from messages
        where id > ? and instr(body, '@') > 0 order by id limit 2000";
    DELETE_MENTIONS = "delete from mentions where message_id = ?";
}

/// What a post asks for, as far as facts are needed to authorise it.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct Question<'a> {
    pub by: Option<UserId>,
    pub room: &'a str,
    pub nonce: Option<&'a str>,
    pub reply_to: Option<MessageId>,
}

/// Facts needed to authorise one post.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PostFacts {
    /// Its author; `None` if there is no such account.
    pub by: Option<Person>,
    /// The room that it names; `None` if there is none.
    pub room_id: Option<RoomId>,
    /// Whether that room is open.
    pub is_open: bool,
    /// The event that made the author a member of it.
    pub member_since: Option<EventId>,
    /// Whether the message that it answers is in that room.
    pub is_answer: bool,
    /// What the author posted before under the same nonce.
    pub known: Option<KnownPost>,
}

/// The facts of the post at one place among the questions.
#[derive(Debug, Deserialize)]
struct Found {
    key: usize,
    #[serde(flatten)]
    fact: PostFacts,
}

/// What was posted before under a nonce.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownPost {
    /// The id of its event.
    pub id: MessageId,
    /// Its room; `None` if it is no message, or one that is no longer kept.
    pub room_id: Option<RoomId>,
    /// Its text, as long as it is the one that was posted.
    pub body: Option<String>,
}

/// Looks up the last id that the log has used, and the facts of each post in the order of the questions.
pub async fn find_facts(
    connection: &mut Connection,
    questions: &[Question<'_>],
) -> Result<(EventId, Vec<PostFacts>)> {
    let (last_id, facts): (EventId, Vec<u8>) = sqlx::query_as(FIND_FACTS)
        .bind(serde_json::to_string(questions).map_err(broken_json)?)
        .fetch_one(connection)
        .await?;
    let found: Vec<Found> = parse_lossy(&facts)?;
    let mut facts = vec![PostFacts::default(); questions.len()];
    for Found { key, fact } in found {
        if let Some(place) = facts.get_mut(key) {
            *place = fact;
        }
    }
    Ok((last_id, facts))
}

/// A message to be added, and with it the event that posts it.
#[derive(Clone, Debug, Serialize)]
pub struct NewMessage<'a> {
    /// Its id, which is that of its event.
    pub id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// Its author.
    pub author_id: UserId,
    /// When it was posted.
    pub at: Timestamp,
    /// Its text, as written.
    pub body: &'a str,
    /// The keys of the handles that its text mentions.
    #[serde(skip)]
    pub mentions: &'a [String],
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// Its author's client's name for it.
    pub nonce: Option<&'a str>,
}

/// Adds messages in the order of their ids, each with its event, its nonce, its mentions and its place in the calendar.
pub async fn add_messages(connection: &mut Connection, messages: &[NewMessage<'_>]) -> Result<()> {
    insert_messages(connection, messages, None).await?;
    let messages = messages.iter();
    let mentions: Vec<_> = messages
        .flat_map(|message| mentions_of(message.id, message.mentions))
        .collect();
    insert_mentions(connection, &mentions).await
}

/// Adds messages that mention nobody, in a transaction of their own, unless another connection has changed the file
/// since its [`data_version`](super::db::data_version) was this. Returns whether they were added.
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

/// One person whom a message mentions.
#[derive(Clone, Copy, Debug, Serialize)]
struct Mention<'a> {
    message: MessageId,
    key: &'a str,
}

fn mentions_of(message: MessageId, keys: &[String]) -> impl Iterator<Item = Mention<'_>> {
    keys.iter().map(move |key| Mention { message, key })
}

/// Replaces what a message mentions, after its text was changed.
pub async fn replace_mentions(
    connection: &mut Connection,
    message: MessageId,
    keys: &[String],
) -> Result<()> {
    sqlx::query(DELETE_MENTIONS)
        .bind(message)
        .execute(&mut *connection)
        .await?;
    let mentions: Vec<_> = mentions_of(message, keys).collect();
    insert_mentions(connection, &mentions).await
}

/// Adds what messages mention.
pub async fn add_mentions(
    connection: &mut Connection,
    mentions: &[(MessageId, Vec<String>)],
) -> Result<()> {
    let mentions = mentions.iter();
    let mentions: Vec<_> = mentions
        .flat_map(|(message, keys)| mentions_of(*message, keys))
        .collect();
    insert_mentions(connection, &mentions).await
}

/// Returns the ids and texts of up to 2,000 messages after one that may mention somebody.
pub async fn list_texts_with_mentions(
    connection: &mut Connection,
    after: MessageId,
) -> Result<Vec<(MessageId, Vec<u8>)>> {
    Ok(sqlx::query_as(LIST_TEXTS_WITH_MENTIONS)
        .bind(after)
        .fetch_all(connection)
        .await?)
}

/// Notes the mentions of messages. Handles that nobody has, and authors who name themselves, are left out.
async fn insert_mentions(connection: &mut Connection, mentions: &[Mention<'_>]) -> Result<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    sqlx::query(ADD_MENTIONS)
        .bind(serde_json::to_string(mentions).map_err(broken_json)?)
        .execute(connection)
        .await?;
    Ok(())
}
