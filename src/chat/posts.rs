//! Posting messages: a run of them at once, one post being a run of one.
//!
//! This is the only path on which messages are posted. A run takes one trip to SQLite's thread for every 16 posts, and a
//! constant number besides; these trips are what a commit costs.

mod run;

use self::run::Run;
use super::{actor::Actor, applied::Applied};
use crate::{
    cache::{Cache, Poster, PosterRef},
    error::Result,
    model::{change::Post, event::Event},
    store::{
        db::Connection,
        events::{NumberedEvent, append_events},
        memberships::{NewMembership, insert_memberships},
        posts::{
            NewMessage, PostFacts, Question, add_messages, add_messages_if_unchanged, find_facts,
        },
    },
};

/// One post.
#[derive(Clone, Copy, Debug)]
pub struct PostChange<'a> {
    /// Its author.
    pub actor: Actor,
    /// The message.
    pub post: &'a Post,
}

/// The result of a run of posts.
#[derive(Debug)]
pub struct Posted<'a> {
    /// The verdict on each post, in their order.
    pub verdicts: Vec<Result<Applied>>,
    /// The events that are appended.
    ///
    /// They are made from what is stored instead of being read back. In debug builds the applier compares them with
    /// what a reader finds.
    pub events: Vec<Event>,
    /// The rows that are still to be added.
    pub rows: PostRows<'a>,
}

/// The rows that a run of posts adds.
#[derive(Debug, Default)]
#[must_use = "posts are stored only with these rows"]
pub struct PostRows<'a> {
    joins: Vec<NumberedEvent<'a>>,
    members: Vec<NewMembership>,
    messages: Vec<NewMessage<'a>>,
}

impl PostRows<'_> {
    /// Adds the rows, within the caller's transaction.
    pub async fn add(&self, tx: &mut Connection) -> Result<()> {
        append_events(tx, &self.joins).await?;
        insert_memberships(tx, &self.members).await?;
        add_messages(tx, &self.messages).await
    }

    /// Adds the rows of [`recall_posts`], in a transaction of their own, unless another connection has changed the file
    /// since its [`data_version`](crate::store::db::data_version) was this. Returns whether they were added.
    pub async fn add_if_unchanged(
        &self,
        connection: &mut Connection,
        data_version: i64,
    ) -> Result<bool> {
        add_messages_if_unchanged(connection, &self.messages, data_version).await
    }
}

/// Judges posts in order; the earlier ones of the run count as posted for the later ones.
///
/// What was looked up is kept in the cache, if there is one.
pub async fn judge_posts<'a>(
    tx: &mut Connection,
    cache: Option<&Cache>,
    posts: &[PostChange<'a>],
) -> Result<Posted<'a>> {
    let questions: Vec<Question<'_>> = posts.iter().map(question).collect();
    let (last_id, facts) = find_facts(tx, &questions).await?;
    if let Some(cache) = cache {
        for (post, facts) in posts.iter().zip(&facts) {
            remember(cache, post, facts);
        }
    }
    Ok(Run::of(posts, last_id, facts))
}

/// Judges posts from the cache alone: all of them by members, mentioning and answering nobody. Whether a nonce was used
/// before is not known.
pub fn recall_posts<'a>(cache: &Cache, posts: &[PostChange<'a>]) -> Option<Posted<'a>> {
    let mut facts = Vec::with_capacity(posts.len());
    for PostChange { actor, post } in posts {
        if post.reply_to.is_some() || !post.mentions.is_empty() {
            return None;
        }
        let poster = PosterRef(actor.user?, &post.room);
        facts.push(PostFacts::of_member(cache.posters.get(&poster).ok()?));
    }
    Some(Run::of(posts, cache.last_id()?, facts))
}

fn question<'a>(change: &PostChange<'a>) -> Question<'a> {
    Question {
        by: change.actor.user,
        room: &change.post.room,
        nonce: change.post.nonce.as_deref(),
        reply_to: change.post.reply_to,
    }
}

fn remember(cache: &Cache, change: &PostChange<'_>, facts: &PostFacts) {
    let (Some(id), Some(poster)) = (change.actor.user, facts.as_member()) else {
        return;
    };
    if let Err(generation) = cache.posters.get(&PosterRef(id, &change.post.room)) {
        let key = (id, change.post.room.clone());
        cache.posters.keep(generation, key, poster);
    }
}

impl PostFacts {
    fn of_member(poster: Poster) -> Self {
        Self {
            by: Some(poster.by),
            room_id: Some(poster.room_id),
            is_open: poster.is_open,
            member_since: Some(poster.member_since),
            ..Self::default()
        }
    }

    fn as_member(&self) -> Option<Poster> {
        Some(Poster {
            by: self.by.clone()?,
            room_id: self.room_id?,
            is_open: self.is_open,
            member_since: self.member_since?,
        })
    }
}
