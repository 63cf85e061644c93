//! The actor of a change: the user who requests it, and the time of the request.

use super::policy::{Identity, Object, Verb, can, can_administer};
use crate::{
    error::{Error, Result},
    model::{
        change::Change,
        ids::{RoomId, UserId},
        role::Role,
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::NewEvent,
        rooms::{self, RoomAccess},
        standing,
    },
};

/// The user who requests a change, and the time of the request.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// The time of the request.
    pub at: Timestamp,
    /// The account; `None` if not signed in, and for changes by the server itself.
    pub user: Option<UserId>,
    /// What the account may do on the server; `None` without an account, and if it was not looked up.
    pub role: Option<Role>,
}

impl Actor {
    /// Returns an actor whose role was not looked up.
    #[must_use]
    pub fn new(at: Timestamp, user: Option<UserId>) -> Self {
        let role = None;
        Self { at, user, role }
    }

    /// Returns the actor of a change, whose role was not looked up.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        Self::new(change.at, change.by)
    }

    /// Returns the account and its role, for the policy.
    #[must_use]
    pub fn identity(self) -> Option<Identity> {
        let (user, role) = (self.user?, self.role?);
        Some(Identity { user, role })
    }

    /// Returns the account, or [`Error::SignInNeeded`].
    pub fn signed_in(self) -> Result<UserId> {
        self.user.ok_or(Error::SignInNeeded)
    }

    /// Checks that the change is requested by an admin, or by the server itself.
    pub(super) fn administers(self) -> Result<()> {
        match self.user {
            Some(_) => can_administer(self.role),
            None => Ok(()),
        }
    }

    /// Returns the actor, or the server's own account in place of the operator.
    pub(super) async fn or_server(self, tx: &mut Connection) -> Result<Self> {
        let user = match self.user {
            Some(user) => Some(user),
            None => standing::find_server(tx).await?,
        };
        Ok(Self { user, ..self })
    }

    /// Returns the room with this slug. The error is the same for a missing room and for one that is not visible.
    pub(super) async fn find_visible_room(
        self,
        tx: &mut Connection,
        slug: &str,
    ) -> Result<RoomAccess> {
        let room = rooms::find_access(tx, self.user, slug)
            .await?
            .ok_or(Error::NotFound)?;
        can(self.identity(), Verb::See, Object::Room(&room))?;
        Ok(room)
    }

    /// Returns an event of this actor, about a room or the server as a whole.
    pub(super) fn event(self, kind: &'static str, room: Option<RoomId>) -> NewEvent<'static> {
        NewEvent {
            room_id: room,
            kind,
            name: None,
            message_id: None,
            subject_id: None,
            actor_id: self.user,
            at: self.at,
            data: None,
        }
    }
}
