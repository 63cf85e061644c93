//! Steps about messages: adding, editing and deleting them, and reacting to them.

use super::{
    facts::{mark_of, mark_of_key, mark_of_original, mark_of_root},
    run::{ImportRun, event},
};
use crate::{
    error::{Error, Result},
    model::{
        account::NewAccount,
        event::kind,
        ids::{MessageId, RoomId},
        import::{ImportedMessage, MessageKey},
        time::Timestamp,
    },
    store::{
        events::NewEvent,
        imports::{Mark, Stored},
        posts::NewMessage,
        reactions::NewReaction,
    },
};

impl<'a> ImportRun<'a> {
    /// Adds a message, its author and its room, unless they exist.
    pub(super) fn add_message(
        &mut self,
        message: &'a ImportedMessage,
        at: Timestamp,
    ) -> Result<()> {
        self.check_room(&message.room)?;
        if self.find(&mark_of(message)).is_some() {
            return Ok(());
        }
        let room = self.room(message, at)?;
        let author = self.user(&message.author, at);
        let reply_to = mark_of_original(message)
            .and_then(|mark| self.find(&mark))
            .filter(|original| original.room == Some(room))
            .map(|original| original.id);
        let thread = mark_of_root(message)
            .and_then(|mark| self.find(&mark))
            .filter(|named| named.room == Some(room))
            .map(|named| named.thread.unwrap_or(named.id));
        self.imported.is_new = true;
        self.imported.is_orphan =
            message.is_reply && reply_to.is_none() || message.is_in_thread && thread.is_none();
        let id = MessageId(self.facts.ids.take_message_id(message.id));
        self.rows.add_message(
            &message.author.handle.text,
            NewMessage {
                mentions_room: false,
                id,
                room_id: room,
                author_id: author,
                at,
                body: &message.body,
                mentions: &[],
                reply_to,
                thread,
                in_room: thread.is_none() || message.also_in_room,
                nonce: Some(&message.nonce),
                has_files: false,
            },
        );
        self.rows.add_mentions(id, &message.mentions);
        Ok(())
    }

    /// Finds a message that is stored, or that this run adds.
    fn find(&self, mark: &Mark<'_>) -> Option<Stored> {
        let added = self.rows.find_by_nonce(mark.author, mark.nonce).map(stored);
        added.or_else(|| self.facts.messages.get(mark).copied())
    }

    fn find_stored(&self, key: &MessageKey) -> Result<(MessageId, RoomId)> {
        let stored = self.find(&mark_of_key(key, "")).ok_or(Error::NotFound)?;
        Ok((stored.id, stored.room.ok_or(Error::NotFound)?))
    }

    /// Adds mentions of users who were created after the message.
    pub(super) fn add_mentions(&mut self, message: &MessageKey, keys: &'a [String]) -> Result<()> {
        let (id, _) = self.find_stored(message)?;
        self.rows.add_mentions(id, keys);
        Ok(())
    }

    /// Marks a message as edited, and appends the event.
    pub(super) fn mark_as_edited(&mut self, message: &MessageKey, at: Timestamp) -> Result<()> {
        let id = self.append_about(kind::MESSAGE_EDITED, message, at)?;
        self.rows.times_of(id).edited_at = Some(at);
        Ok(())
    }

    /// Marks a message as deleted, and appends the event.
    pub(super) fn mark_as_deleted(&mut self, message: &MessageKey, at: Timestamp) -> Result<()> {
        let id = self.append_about(kind::MESSAGE_DELETED, message, at)?;
        self.rows.times_of(id).deleted_at = Some(at);
        Ok(())
    }

    /// Appends an event by the author of a message.
    fn append_about(
        &mut self,
        kind: &'static str,
        message: &MessageKey,
        at: Timestamp,
    ) -> Result<MessageId> {
        let (id, room) = self.find_stored(message)?;
        let author = self.facts.users.get(&message.author);
        let author = *author.ok_or(Error::NotFound)?;
        let event = NewEvent {
            message_id: Some(id),
            ..event(kind, author, Some(room), at)
        };
        self.append(event);
        Ok(id)
    }

    /// Adds a reaction; an existing one is left as it is.
    pub(super) fn add_reaction(
        &mut self,
        message: &MessageKey,
        emoji: &'a str,
        user: &'a NewAccount,
        at: Timestamp,
    ) -> Result<()> {
        let (message_id, room) = self.find_stored(message)?;
        let user_id = self.user(user, at);
        let event_id = self.append(NewEvent {
            message_id: Some(message_id),
            ..event(kind::REACTION, user_id, Some(room), at)
        });
        self.rows.reactions.push(NewReaction {
            message_id,
            emoji,
            user_id,
            event_id,
        });
        Ok(())
    }
}

fn stored(message: &NewMessage<'_>) -> Stored {
    Stored {
        id: message.id,
        room: Some(message.room_id),
        thread: message.thread,
    }
}
