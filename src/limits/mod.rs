//! How often people and networks may do what others notice.

pub mod limiter;
pub mod streams;

use crate::{
    auth::client::{Client, Network},
    config::rates::{Limited, Rates},
    error::Result,
    model::{change::SecretHash, ids::UserId, role::Role, user::User},
};
use limiter::Limiter;

/// The SHA-256 of the name that somebody signs in with, which need not be that of an account.
pub type AccountKey = [u8; 32];

/// The rate limits of the server. An operation checks them before it does any other work, and gets the id of the person
/// who acts.
#[derive(Debug)]
pub struct RateLimits {
    joins: Limiter<Network>,
    sign_ins: Limiter<(AccountKey, Network)>,
    network_sign_ins: Limiter<Network>,
    account_sign_ins: Limiter<AccountKey>,
    device_sign_ins: Limiter<(AccountKey, SecretHash)>,
    rooms: Limiter<UserId>,
    memberships: Limiter<UserId>,
    reports: Limiter<UserId>,
    uploads: Limiter<UserId>,
    posts: Limiter<UserId>,
    bot_posts: Limiter<UserId>,
}

impl RateLimits {
    /// Creates the limits.
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        Self {
            joins: Limiter::new(rates.rate(Limited::Joins)),
            sign_ins: Limiter::new(rates.rate(Limited::SignIns)),
            network_sign_ins: Limiter::new(rates.rate(Limited::SignInsPerNetwork)),
            account_sign_ins: Limiter::new(rates.rate(Limited::SignInsPerAccount)),
            device_sign_ins: Limiter::new(rates.rate(Limited::SignIns)),
            rooms: Limiter::new(rates.rate(Limited::Rooms)),
            memberships: Limiter::new(rates.rate(Limited::Memberships)),
            reports: Limiter::new(rates.rate(Limited::Reports)),
            uploads: Limiter::new(rates.rate(Limited::Uploads)),
            posts: Limiter::new(rates.rate(Limited::Posts)),
            bot_posts: Limiter::new(rates.rate(Limited::BotPosts)),
        }
    }

    /// Counts an attempt to create an account.
    pub fn check_join(&self, client: &Client) -> Result<()> {
        self.joins.check(&client.network())
    }

    /// Counts an attempt to sign in, or to give the password of an account. `device` is the browser, if somebody has
    /// signed in to the account from it before.
    ///
    /// Nobody is locked out by the attempts of others: each network has its own count for each account. If guesses come
    /// from so many networks that those for one account are limited as a whole, a known browser still has its own count.
    pub fn check_sign_in(
        &self,
        account: AccountKey,
        client: &Client,
        device: Option<&SecretHash>,
    ) -> Result<()> {
        if let Some(device) = device {
            return self.device_sign_ins.check(&(account, device.clone()));
        }
        let network = client.network();
        // In this order: what is refused by the first limit does not use up those that others share.
        self.sign_ins.check(&(account, network))?;
        self.network_sign_ins.check(&network)?;
        self.account_sign_ins.check(&account)
    }

    /// Counts an attempt to sign in elsewhere, whatever the account.
    pub fn check_sign_in_elsewhere(&self, client: &Client) -> Result<()> {
        self.network_sign_ins.check(&client.network())
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

    /// Counts a report of a message.
    pub fn check_report(&self, by: &User) -> Result<UserId> {
        self.reports.check(&by.id)?;
        Ok(by.id)
    }

    /// Counts the begin of an upload.
    pub fn check_upload(&self, by: &User) -> Result<UserId> {
        self.uploads.check(&by.id)?;
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
