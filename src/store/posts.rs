//! Posting many messages at once: what must be known to judge them, and what is written of them.
//!
//! A trip to SQLite's thread is what a transaction costs, not a row: it takes two, however many posts it holds.

use super::{
    db::Connection,
    events::{NumberedEvent, append_all_sql},
    memberships::{NewMembership, insert_memberships},
    messages::{NewMessage, broken_json, insert_messages_sql, parse},
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        change::Post,
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
        user::Person,
    },
};
use serde::{Deserialize, Serialize};

macro_rules! find_facts {
    () => {
        "select coalesce((select seq from sqlite_sequence where name = 'events'), 0) as last_id,
        (select '[' || group_concat(j) || ']' from (
            select json_object(
                'by', json_object('handle', u.handle, 'name', u.name),
                'room_id', r.id, 'is_open', json(iif(r.kind = 'open', 'true', 'false')),
                'is_member', json(iif(s.user_id is not null, 'true', 'false')),
                'answers', json(iif(q.id is not null, 'true', 'false')),
                'known', json(iif(k.id is null, 'null', json_object('id', k.id, 'room_id', k.room_id,
                    'body', iif(k.edited_at is null and k.deleted_at is null, k.body, null))))) as j
            from (select key, value ->> 'by' as by, value ->> 'room' as room, value ->> 'nonce' as nonce,
                         value ->> 'reply_to' as reply_to from jsonb_each(?)) p
            join users u on u.id = p.by
            left join rooms r on r.slug = p.room
            left join memberships s on s.room_id = r.id and s.user_id = p.by
            left join messages q on q.id = p.reply_to and q.room_id = r.id
            left join messages k on k.author_id = p.by and k.nonce = p.nonce and k.nonce is not null
            order by p.key)) as facts"
    };
}

statements! {
    FIND_FACTS = find_facts!();
    BEGIN_AND_FIND_FACTS = concat!("begin immediate; ", find_facts!());
    INSERT_POSTS = concat!(append_all_sql!(), "; ", insert_messages_sql!());
    INSERT_POSTS_AND_COMMIT = concat!(append_all_sql!(), "; ", insert_messages_sql!(), "; commit");
    COMMIT = "commit";
}

/// Whether a run of posts is a transaction of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// It is: begun with the first statement, committed with the last.
    Own,
    /// It is a part of the caller's.
    Callers,
}

/// How one post stands to what is there.
#[derive(Clone, Debug, Deserialize)]
pub struct PostFacts {
    /// Its author.
    pub by: Person,
    /// The room that it names.
    pub room_id: Option<RoomId>,
    /// Whether everybody may post there.
    pub is_open: bool,
    /// Whether its author is a member.
    pub is_member: bool,
    /// Whether the message that it answers is in that room.
    pub answers: bool,
    /// The message that its author posted under the same nonce.
    pub known: Option<KnownPost>,
}

/// A message that is there already.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownPost {
    /// It.
    pub id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// Its text, as long as it is the one that was posted.
    pub body: Option<String>,
}

/// The facts of each post, and the last id that the log used.
pub async fn find_facts(
    connection: &mut Connection,
    transaction: Transaction,
    posts: &[(Timestamp, &Post)],
) -> Result<(EventId, Vec<PostFacts>)> {
    let statement = match transaction {
        Transaction::Own => BEGIN_AND_FIND_FACTS,
        Transaction::Callers => FIND_FACTS,
    };
    let (last_id, facts): (EventId, String) = sqlx::query_as(statement)
        .bind(questions(posts)?)
        .fetch_one(connection)
        .await?;
    Ok((last_id, parse(&facts)?))
}

fn questions(posts: &[(Timestamp, &Post)]) -> Result<String> {
    #[derive(Serialize)]
    struct Question<'a> {
        by: UserId,
        room: &'a str,
        nonce: Option<&'a str>,
        reply_to: Option<MessageId>,
    }
    let mut questions = Vec::with_capacity(posts.len());
    for (_, post) in posts {
        questions.push(Question {
            by: post.by,
            room: &post.room,
            nonce: post.nonce.as_deref(),
            reply_to: post.reply_to,
        });
    }
    serde_json::to_string(&questions).map_err(broken_json)
}

/// What a run of posts adds.
#[derive(Clone, Debug, Default)]
pub struct NewRows<'a> {
    /// To the log.
    pub events: Vec<NumberedEvent<'a>>,
    /// Members by their first post in an open room.
    pub members: Vec<NewMembership>,
    /// The messages.
    pub messages: Vec<NewMessage<'a>>,
}

/// Adds all of it: in one trip, unless somebody joins a room by it.
pub async fn insert_posts(
    connection: &mut Connection,
    transaction: Transaction,
    rows: &NewRows<'_>,
) -> Result<()> {
    let commits = transaction == Transaction::Own;
    let statement = if commits && rows.members.is_empty() {
        INSERT_POSTS_AND_COMMIT
    } else {
        INSERT_POSTS
    };
    sqlx::query(statement)
        .bind(serde_json::to_string(&rows.events).map_err(broken_json)?)
        .bind(serde_json::to_string(&rows.messages).map_err(broken_json)?)
        .execute(&mut *connection)
        .await?;
    if !rows.members.is_empty() {
        insert_memberships(connection, &rows.members).await?;
        if commits {
            sqlx::query(COMMIT).execute(connection).await?;
        }
    }
    Ok(())
}
