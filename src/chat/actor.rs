//! The actor of a change: who requests it, and the time of the request.

use super::policy::{Identity, Object, Verb, can, can_administer};
use crate::{
    error::{Error, Result},
    model::{
        change::{Change, Principal},
        ids::{EventId, RoomId, UserId},
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

/// Who requests a change, and the time of the request.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// The time of the request.
    pub at: Timestamp,
    /// Who requests the change.
    pub by: Principal,
    /// What the account may do on the server; `None` without an account, and if it was not looked up.
    pub role: Option<Role>,
}

impl Actor {
    /// Returns an actor whose role was not looked up.
    #[must_use]
    pub fn new(at: Timestamp, by: impl Into<Principal>) -> Self {
        let (by, role) = (by.into(), None);
        Self { at, by, role }
    }

    /// Returns the actor of a change, whose role was not looked up.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        Self::new(change.at, change.by)
    }

    /// Returns the account; `None` if not signed in, and for the operator and the server itself.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        self.by.user()
    }

    /// Returns this account as the actor of a part of the change, such as one that the change has created.
    #[must_use]
    pub(super) fn as_user(self, user: UserId) -> Self {
        let by = Principal::User(user);
        Self { by, ..self }
    }

    /// Returns the account and its role, for the policy.
    #[must_use]
    pub fn identity(self) -> Option<Identity> {
        let (user, role) = (self.user()?, self.role?);
        Some(Identity { user, role })
    }

    /// Returns the account, or [`Error::SignInNeeded`].
    pub fn signed_in(self) -> Result<UserId> {
        self.user().ok_or(Error::SignInNeeded)
    }

    /// Checks that the change is requested by an admin, the operator or the server itself.
    pub(super) fn administers(self) -> Result<()> {
        match self.by {
            Principal::User(_) => can_administer(self.role),
            Principal::Operator | Principal::Server => Ok(()),
            Principal::Anonymous => Err(Error::SignInNeeded),
        }
    }

    /// Checks that the change is requested by the operator or the server itself.
    pub(super) fn operates(self) -> Result<()> {
        let refused = || Error::Refused("only the server itself does this".into());
        self.by.operates().then_some(()).ok_or_else(refused)
    }

    /// Returns the actor, or in place of the operator the server's own account with the rights of an admin.
    pub(super) async fn or_operator(self, tx: &mut Connection) -> Result<Self> {
        if !self.by.operates() {
            return Ok(self);
        }
        Ok(Self {
            role: Some(Role::Admin),
            ..self.or_server(tx).await?
        })
    }

    /// Returns a room that is to be changed, and who changes it. The operator may do in every room what an admin may do
    /// in one that the admin sees.
    pub(super) async fn enter(self, tx: &mut Connection, slug: &str) -> Result<(Self, RoomAccess)> {
        if !self.by.operates() {
            return Ok((self, self.find_visible_room(tx, slug).await?));
        }
        let actor = self.or_operator(tx).await?;
        let room = rooms::find_access(tx, actor.user(), slug).await?;
        let room = room.filter(|room| !room.is_deleted);
        let room = room.ok_or(Error::NotFound)?;
        let member_since = room.member_since.or(Some(EventId::EARLIEST));
        Ok((
            actor,
            RoomAccess {
                member_since,
                ..room
            },
        ))
    }

    /// Returns the actor, or the server's own account in place of the operator.
    pub(super) async fn or_server(self, tx: &mut Connection) -> Result<Self> {
        match self.by {
            Principal::User(_) => Ok(self),
            Principal::Operator | Principal::Server => {
                let server = standing::find_server(tx).await?;
                Ok(server.map_or(self, |server| self.as_user(server)))
            }
            Principal::Anonymous => Err(Error::SignInNeeded),
        }
    }

    /// Returns the room with this slug. The error is the same for a missing room and for one that is not visible.
    pub(super) async fn find_visible_room(
        self,
        tx: &mut Connection,
        slug: &str,
    ) -> Result<RoomAccess> {
        let room = rooms::find_access(tx, self.user(), slug)
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
            actor_id: self.user(),
            at: self.at,
            data: None,
        }
    }
}
