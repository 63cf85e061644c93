//! The rows that a run of import steps adds.

use crate::{
    error::Result,
    model::ids::{EventId, MessageId, RoomId, UserId},
    store::{
        db::Connection,
        events::{NewEvent, NumberedEvent, append_events},
        imports::{MessageTimes, set_message_times},
        memberships::{NewMembership, insert_memberships},
        posts::{Mentions, NewMessage, add_mentions, add_messages},
        reactions::{NewReaction, insert_reactions},
        rooms::{RoomRow, RoomTexts, insert_rooms, update_rooms},
        users::{NewUser, insert_users},
    },
};
use std::collections::{BTreeMap, HashMap};

/// Rows to be written, each table by one statement.
#[derive(Debug, Default)]
pub(super) struct Rows<'a> {
    events: Vec<NumberedEvent<'static>>,
    users: Vec<NewUser<'a>>,
    pub(super) rooms: Vec<RoomRow<'a>>,
    room_texts: BTreeMap<RoomId, RoomTexts<'a>>,
    pub(super) members: Vec<NewMembership>,
    /// In the order of their ids.
    messages: Vec<NewMessage<'a>>,
    mentions: Vec<Mentions<'a>>,
    message_times: BTreeMap<MessageId, MessageTimes>,
    pub(super) reactions: Vec<NewReaction<'a>>,
    /// Indexes of `messages` by author and nonce.
    by_nonce: HashMap<(&'a str, &'a str), usize>,
    /// Indexes of `mentions` by mention key.
    by_mention: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Rows<'a> {
    pub(super) fn append(&mut self, id: EventId, event: NewEvent<'static>) {
        self.events.push(NumberedEvent { id, event });
    }

    /// Adds a user, whom the earlier steps do not mention: the rows must not depend on the division into runs.
    pub(super) fn add_user(&mut self, id: UserId, mention_key: &str, user: NewUser<'a>) {
        self.users.push(user);
        for index in self.by_mention.get(mention_key).into_iter().flatten() {
            self.mentions[*index].later.push(id);
        }
    }

    pub(super) fn add_message(&mut self, author: &'a str, message: NewMessage<'a>) {
        let index = self.messages.len();
        if let Some(nonce) = message.nonce {
            self.by_nonce.insert((author, nonce), index);
        }
        self.messages.push(message);
    }

    pub(super) fn add_mentions(&mut self, message: MessageId, keys: &'a [String]) {
        for key in keys {
            let indexes = self.by_mention.entry(key).or_default();
            indexes.push(self.mentions.len());
        }
        self.mentions.push(Mentions {
            message,
            keys,
            later: Vec::new(),
        });
    }

    /// Finds a message by its author and nonce.
    pub(super) fn find_by_nonce(&self, author: &str, nonce: &str) -> Option<&NewMessage<'a>> {
        self.messages.get(*self.by_nonce.get(&(author, nonce))?)
    }

    /// Returns the state of a message, to be changed.
    pub(super) fn times_of(&mut self, id: MessageId) -> &mut MessageTimes {
        self.message_times.entry(id).or_insert(MessageTimes {
            id,
            edited_at: None,
            deleted_at: None,
        })
    }

    pub(super) fn set_room_texts(&mut self, id: RoomId, name: &'a str, topic: &'a str) {
        self.room_texts.insert(id, RoomTexts { id, name, topic });
    }

    /// Writes the rows; those that others refer to come first.
    pub(super) async fn write(self, tx: &mut Connection) -> Result<()> {
        append_events(tx, &self.events).await?;
        insert_users(tx, &self.users).await?;
        insert_rooms(tx, &self.rooms).await?;
        let room_texts: Vec<_> = self.room_texts.into_values().collect();
        update_rooms(tx, &room_texts).await?;
        insert_memberships(tx, &self.members).await?;
        add_messages(tx, &self.messages).await?;
        add_mentions(tx, &self.mentions).await?;
        let message_times: Vec<_> = self.message_times.into_values().collect();
        set_message_times(tx, &message_times).await?;
        insert_reactions(tx, &self.reactions).await
    }
}
