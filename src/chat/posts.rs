//! Posting messages, in runs of one or more posts.
//!
//! This is the only code that posts messages. A run takes a constant number of round trips to SQLite's thread, which are
//! the main cost of a commit.

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
        files::{PostedFile, post_files},
        memberships::{NewMembership, insert_memberships},
        posts::{
            NewMessage, PostFacts, Question, add_messages, add_messages_if_unchanged, find_facts,
        },
        threads::follow_threads,
    },
};

/// A message to be posted, with its author.
#[derive(Clone, Copy, Debug)]
pub struct PostChange<'a> {
    /// The author.
    pub actor: Actor,
    /// The message.
    pub post: &'a Post,
}

/// The result of a run of posts.
#[derive(Debug)]
pub struct Posted<'a> {
    /// The verdict on each post, in the order of the posts.
    pub verdicts: Vec<Result<Applied>>,
    /// The events that are appended.
    ///
    /// They are made from the rows to be stored instead of being read back. In debug builds the applier compares them
    /// with the stored events.
    pub events: Vec<Event>,
    /// The rows that the caller must add.
    pub rows: PostRows<'a>,
}

/// The rows that a run of posts adds.
#[derive(Debug, Default)]
#[must_use = "posts are stored only with these rows"]
pub struct PostRows<'a> {
    joins: Vec<NumberedEvent<'a>>,
    members: Vec<NewMembership>,
    messages: Vec<NewMessage<'a>>,
    files: Vec<PostedFile<'a>>,
}

impl PostRows<'_> {
    /// Adds the rows, within the caller's transaction.
    pub async fn add(&self, tx: &mut Connection) -> Result<()> {
        append_events(tx, &self.joins).await?;
        insert_memberships(tx, &self.members).await?;
        add_messages(tx, &self.messages).await?;
        post_files(tx, &self.files).await?;
        let replies = self
            .messages
            .iter()
            .filter(|message| message.thread.is_some());
        let replies: Vec<_> = replies.map(|message| message.id).collect();
        follow_threads(tx, &replies).await
    }

    /// Adds the rows of [`authorise_posts_from_cache`] in a separate transaction, unless another connection has changed
    /// the file since its [`data_version`](crate::store::db::data_version) had this value. Returns whether they were
    /// added.
    pub async fn add_if_unchanged(
        &self,
        connection: &mut Connection,
        data_version: i64,
    ) -> Result<bool> {
        add_messages_if_unchanged(connection, &self.messages, data_version).await
    }
}

/// Authorises posts in order. For each post, the earlier ones of the run count as posted.
///
/// The facts that were looked up are added to `cache`.
pub async fn authorise_posts<'a>(
    tx: &mut Connection,
    cache: Option<&Cache>,
    posts: &[PostChange<'a>],
) -> Result<Posted<'a>> {
    let questions: Vec<Question<'_>> = posts.iter().map(question).collect();
    let (last_id, facts) = find_facts(tx, &questions).await?;
    if let Some(cache) = cache {
        for (post, facts) in posts.iter().zip(&facts) {
            cache_poster(cache, post, facts);
        }
    }
    Ok(Run::of(posts, last_id, facts))
}

/// Authorises posts with facts from the cache only. Returns `None` if facts are missing, or if a post mentions a user,
/// has files, is a reply or belongs to a thread. Does not check whether a nonce was used before.
pub fn authorise_posts_from_cache<'a>(
    cache: &Cache,
    posts: &[PostChange<'a>],
) -> Option<Posted<'a>> {
    let mut facts = Vec::with_capacity(posts.len());
    for PostChange { actor, post } in posts {
        let is_plain = post.mentions.is_empty() && post.attachments.is_empty();
        if post.reply_to.is_some() || post.thread.is_some() || !is_plain {
            return None;
        }
        let poster = PosterRef(actor.user()?, &post.room);
        facts.push(PostFacts::of_member(cache.posters.get(&poster).ok()?));
    }
    Some(Run::of(posts, cache.last_id()?, facts))
}

fn question<'a>(change: &PostChange<'a>) -> Question<'a> {
    Question {
        by: change.actor.user(),
        room: &change.post.room,
        nonce: change.post.nonce(),
        reply_to: change.post.reply_to,
        files: &change.post.attachments,
        thread: change.post.thread,
    }
}

fn cache_poster(cache: &Cache, change: &PostChange<'_>, facts: &PostFacts) {
    let (Some(id), Some(poster)) = (change.actor.user(), facts.as_member()) else {
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
            // A member sees the room anyway.
            is_open_to_author: false,
            member_since: Some(poster.member_since),
            ..Self::default()
        }
    }

    fn as_member(&self) -> Option<Poster> {
        if self.is_archived || self.is_announcements {
            return None;
        }
        Some(Poster {
            by: self.by.clone()?,
            room_id: self.room_id?,
            is_open: self.is_open,
            member_since: self.member_since?,
        })
    }
}
