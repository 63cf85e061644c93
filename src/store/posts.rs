//! What must be known to judge a run of posts: all of it in one statement, however many there are.

use super::{db::Connection, messages::parse, statements::statements};
use crate::{
    error::Result,
    model::{
        change::Post,
        ids::{EventId, MessageId, RoomId},
        time::Timestamp,
    },
};
use serde::Deserialize;

statements! {
    FIND_FACTS = "select coalesce((select seq from sqlite_sequence where name = 'events'), 0) as last_id,
        (select '[' || group_concat(j) || ']' from (
            select json_object(
                'room_id', r.id, 'is_open', json(iif(r.kind = 'open', 'true', 'false')),
                'is_member', json(iif(s.user_id is not null, 'true', 'false')),
                'answers', json(iif(q.id is not null, 'true', 'false')),
                'known', json(iif(k.id is null, 'null', json_object('id', k.id, 'room_id', k.room_id,
                    'body', iif(k.edited_at is null and k.deleted_at is null, k.body, null))))) as j
            from (select key, value ->> 'by' as by, value ->> 'room' as room, value ->> 'nonce' as nonce,
                         value ->> 'reply_to' as reply_to from json_each(?)) p
            left join rooms r on r.slug = p.room
            left join memberships s on s.room_id = r.id and s.user_id = p.by
            left join messages q on q.id = p.reply_to and q.room_id = r.id
            left join messages k on k.author_id = p.by and k.nonce = p.nonce and k.nonce is not null
            order by p.key)) as facts";
}

/// How one post stands to what is there.
#[derive(Clone, Debug, Deserialize)]
pub struct PostFacts {
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
    posts: &[(Timestamp, &Post)],
) -> Result<(EventId, Vec<PostFacts>)> {
    let (last_id, facts): (EventId, String) = sqlx::query_as(FIND_FACTS)
        .bind(questions(posts))
        .fetch_one(connection)
        .await?;
    Ok((last_id, parse(&facts)?))
}

fn questions(posts: &[(Timestamp, &Post)]) -> String {
    let question = |post: &Post| serde_json::json!({ "by": post.by, "room": post.room, "nonce": post.nonce, "reply_to": post.reply_to });
    posts
        .iter()
        .map(|(_, post)| question(post))
        .collect::<serde_json::Value>()
        .to_string()
}
