//! Who asks for a change, and when.

use crate::{
    error::{Error, Result},
    model::{
        change::Change,
        ids::{RoomId, UserId},
        time::Timestamp,
    },
    store::events::NewEvent,
};

/// The one who asks for a change, and the time that the change carries.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// When it was asked for.
    pub at: Timestamp,
    /// The account; `None` is somebody who is not signed in, or the server itself.
    pub user: Option<UserId>,
}

impl Actor {
    /// The actor of a change.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        Self {
            at: change.at,
            user: change.by,
        }
    }

    /// The account, or an error that says to sign in.
    pub fn signed_in(self) -> Result<UserId> {
        self.user.ok_or(Error::SignInNeeded)
    }

    /// An event of this actor, about a room or the server as a whole.
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
