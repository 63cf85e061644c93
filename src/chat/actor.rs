//! Who asks for a change, and when.

use super::policy::{Object, Verb, can};
use crate::{
    error::{Error, Result},
    model::{
        change::Change,
        ids::{RoomId, UserId},
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::NewEvent,
        rooms::{self, RoomAccess},
    },
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

    /// A room that is visible to the actor. One that does not exist and one that is not visible look alike.
    pub(super) async fn find_visible_room(
        self,
        tx: &mut Connection,
        slug: &str,
    ) -> Result<RoomAccess> {
        let room = rooms::find_access(tx, self.user, slug)
            .await?
            .ok_or(Error::NotFound)?;
        can(self.user, Verb::See, Object::Room(&room))?;
        Ok(room)
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
