//! How often people and networks may do what others notice.

pub mod limiter;
pub mod streams;

use crate::{
    auth::client::{Client, Network},
    config::rates::{Limited, Rates},
    error::Result,
    model::{ids::UserId, role::Role, user::User},
};
use limiter::Limiter;

/// The rate limits of the server. An operation checks them before it does any other work, and gets the id of the person
/// who acts.
#[derive(Debug)]
pub struct RateLimits {
    joins: Limiter<Network>,
    rooms: Limiter<UserId>,
    memberships: Limiter<UserId>,
    posts: Limiter<UserId>,
    bot_posts: Limiter<UserId>,
}

impl RateLimits {
    /// Creates the limits.
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        Self {
            joins: Limiter::new(rates.rate(Limited::Joins)),
            rooms: Limiter::new(rates.rate(Limited::Rooms)),
            memberships: Limiter::new(rates.rate(Limited::Memberships)),
            posts: Limiter::new(rates.rate(Limited::Posts)),
            bot_posts: Limiter::new(rates.rate(Limited::BotPosts)),
        }
    }

    /// Counts an attempt to create an account.
    pub fn check_join(&self, client: &Client) -> Result<()> {
        self.joins.check(&client.network())
    }

    /// Counts the creation of a room.
    pub fn check_room(&self, by: &User) -> Result<UserId> {
        self.rooms.check(&by.id)?;
        Ok(by.id)
    }

    /// Counts joining or leaving a room, or adding or removing somebody else.
    pub fn check_membership(&self, by: &User) -> Result<UserId> {
        self.memberships.check(&by.id)?;
        Ok(by.id)
    }

    /// Counts what the readers of a room, or of all rooms, are told: a post, edit, deletion, reaction or custom event, or
    /// a new name or topic.
    pub fn check_post(&self, by: &User) -> Result<UserId> {
        let limiter = if by.role == Role::Bot {
            &self.bot_posts
        } else {
            &self.posts
        };
        limiter.check(&by.id)?;
        Ok(by.id)
    }
}
