//! Edits, deletions, reactions and room changes, which an import appends after the messages.

use super::{
    super::{
        actor::Actor,
        archive::{Line, LineReaction, LineRoom},
        memberships::member_event,
    },
    Counts, Import,
};
use crate::{
    error::{Error, Result},
    model::{
        event::kind,
        ids::{MessageId, RoomId, UserId},
        time::Timestamp,
    },
    store::{
        archive::{self, MessageState, NewReaction},
        db::Connection,
        memberships::{insert_membership, is_member},
        rooms,
    },
};

/// A change that is appended after the messages.
#[derive(Debug)]
pub(super) enum Later {
    Message {
        at: Timestamp,
        kind: &'static str,
        by: UserId,
        room: RoomId,
        message: MessageId,
    },
    Reaction {
        at: Timestamp,
        reaction: LineReaction,
        room: RoomId,
        message: MessageId,
    },
    Room {
        at: Timestamp,
        room: RoomId,
        info: LineRoom,
    },
}

impl Import {
    /// Appends edits, deletions, reactions and members in the order of their times, and ends the import.
    pub async fn finish(mut self, tx: &mut Connection) -> Result<Counts> {
        let mut later = std::mem::take(&mut self.later);
        later.sort_by_key(|later| match later {
            Later::Message { at, .. } | Later::Reaction { at, .. } | Later::Room { at, .. } => *at,
        });
        for later in later {
            match later {
                Later::Message {
                    at,
                    kind,
                    by,
                    room,
                    message,
                } => {
                    self.log.append_about(kind, by, room, message, at);
                }
                Later::Reaction {
                    at,
                    reaction,
                    room,
                    message,
                } => {
                    let user_id = self.user(&reaction.by, at);
                    let event_id =
                        self.log
                            .append_about(kind::REACTION, user_id, room, message, at);
                    self.rows.reactions.push(NewReaction {
                        message_id: message,
                        emoji: reaction.emoji,
                        user_id,
                        event_id,
                    });
                }
                Later::Room { at, room, info } => self.settle_room(tx, at, room, info).await?,
            }
        }
        self.write(tx).await?;
        archive::insert_reactions(tx, &self.rows.reactions).await?;
        Ok(self.counts)
    }

    pub(super) fn note_later(&mut self, line: &Line, by: UserId, room: RoomId, message: MessageId) {
        if line.edited_at.is_some() || line.deleted_at.is_some() {
            let state = MessageState {
                id: message,
                edited_at: line.edited_at,
                deleted_at: line.deleted_at,
            };
            self.rows.states.push(state);
        }
        let edited = line.edited_at.map(|at| (at, kind::MESSAGE_EDITED));
        let deleted = line.deleted_at.map(|at| (at, kind::MESSAGE_DELETED));
        for (at, kind) in edited.into_iter().chain(deleted) {
            self.later.push(Later::Message {
                at,
                kind,
                by,
                room,
                message,
            });
        }
        for reaction in line.reactions.iter().cloned() {
            self.later.push(Later::Reaction {
                at: reaction.at.unwrap_or(line.at),
                reaction,
                room,
                message,
            });
        }
    }

    /// Sets the name, topic and members of a room as they are in the archive.
    async fn settle_room(
        &mut self,
        tx: &mut Connection,
        at: Timestamp,
        room: RoomId,
        info: LineRoom,
    ) -> Result<()> {
        // The row of the room must have been written.
        self.write(tx).await?;
        let known = rooms::find_info(tx, room).await?.ok_or(Error::NotFound)?;
        if let Some(name) = info
            .name
            .filter(|name| (name, &info.topic) != (&known.name, &known.topic))
        {
            rooms::update_room(tx, room, &name, &info.topic).await?;
            self.log.append_room_change(self.server, room, at);
        }
        for handle in &info.members {
            self.add_member(tx, at, handle, room).await?;
        }
        Ok(())
    }

    async fn add_member(
        &mut self,
        tx: &mut Connection,
        at: Timestamp,
        handle: &str,
        room: RoomId,
    ) -> Result<()> {
        let user = self.user(handle, at);
        if is_member(tx, room, user).await? {
            return Ok(());
        }
        let joining = Actor {
            at,
            user: Some(user),
        };
        let event = self.log.append(member_event(joining, room, user));
        self.write(tx).await?;
        // Imported messages count as read.
        insert_membership(tx, room, user, at, event).await
    }
}
