//! The events of an import, and the allocation of their ids.

use crate::{
    error::Result,
    model::{
        event::kind,
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::{NewEvent, NumberedEvent, append_events},
    },
};
use std::{collections::VecDeque, mem::take, ops::Range};

/// Events to be written, all in one transaction. No id is visible before its commit, so skipped ids can still be
/// allocated.
#[derive(Debug)]
pub(super) struct ImportLog {
    next: i64,
    /// Unused ids below `next`, in ascending order.
    free: VecDeque<Range<i64>>,
    events: Vec<NumberedEvent<'static>>,
}

impl ImportLog {
    /// Creates an empty log whose ids begin after `last_used`.
    pub(super) fn after(last_used: i64) -> Self {
        Self {
            next: last_used + 1,
            free: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// Appends the event that creates a user, with the lowest unused id.
    pub(super) fn append_user(&mut self, at: Timestamp) -> UserId {
        let id = self.lowest_free();
        let event = NewEvent {
            subject_id: Some(UserId(id)),
            ..event(kind::USER, UserId(id), at)
        };
        self.push(id, event);
        UserId(id)
    }

    /// Appends the event that creates a room, with the lowest unused id.
    pub(super) fn append_room(&mut self, by: UserId, at: Timestamp) -> RoomId {
        let id = self.lowest_free();
        self.push(
            id,
            NewEvent {
                room_id: Some(RoomId(id)),
                ..event(kind::ROOM, by, at)
            },
        );
        RoomId(id)
    }

    /// Allocates the id of a message, which is `old` if that is not less than the next id. The caller adds the message
    /// and its event.
    pub(super) fn take_message_id(&mut self, old: Option<i64>) -> MessageId {
        let id = old.unwrap_or(0).max(self.next);
        if id > self.next {
            self.free.push_back(self.next..id);
        }
        self.next = id + 1;
        MessageId(id)
    }

    /// Appends an event about a message.
    pub(super) fn append_about(
        &mut self,
        kind: &'static str,
        by: UserId,
        room: RoomId,
        message: MessageId,
        at: Timestamp,
    ) -> EventId {
        self.append(NewEvent {
            room_id: Some(room),
            message_id: Some(message),
            ..event(kind, by, at)
        })
    }

    /// Appends a change of a room's name or topic.
    pub(super) fn append_room_change(
        &mut self,
        by: UserId,
        room: RoomId,
        at: Timestamp,
    ) -> EventId {
        self.append(NewEvent {
            room_id: Some(room),
            ..event(kind::ROOM, by, at)
        })
    }

    /// Appends an event with the next id.
    pub(super) fn append(&mut self, event: NewEvent<'static>) -> EventId {
        let id = self.next;
        self.next += 1;
        self.push(id, event);
        EventId(id)
    }

    /// Writes the events by one statement.
    pub(super) async fn write(&mut self, tx: &mut Connection) -> Result<()> {
        append_events(tx, &take(&mut self.events)).await
    }

    fn push(&mut self, id: i64, event: NewEvent<'static>) {
        self.events.push(NumberedEvent {
            id: EventId(id),
            event,
        });
    }

    fn lowest_free(&mut self) -> i64 {
        while let Some(range) = self.free.front_mut() {
            if let Some(id) = range.next() {
                return id;
            }
            self.free.pop_front();
        }
        self.next += 1;
        self.next - 1
    }
}

fn event(kind: &'static str, by: UserId, at: Timestamp) -> NewEvent<'static> {
    NewEvent {
        room_id: None,
        kind,
        name: None,
        message_id: None,
        subject_id: None,
        actor_id: Some(by),
        at,
        data: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_rooms_get_the_ids_that_messages_leave_unused() {
        let (mut log, at) = (
            ImportLog::after(3),
            Timestamp::parse("2004-12-25T09:14:00Z").unwrap(),
        );
        let ann = log.append_user(at);
        let room = log.append_room(ann, at);
        let mut post = |old| log.take_message_id(old).0;
        assert_eq!((ann.0, room.0), (4, 5));
        assert_eq!(
            [
                post(Some(8)),
                post(Some(9)),
                post(Some(2)),
                post(None),
                post(Some(14))
            ],
            [8, 9, 10, 11, 14]
        );
        let later: Vec<_> = (0..6).map(|_| log.append_user(at).0).collect();
        assert_eq!(later, [6, 7, 12, 13, 15, 16]);
        assert_eq!(log.append_room_change(ann, room, at), EventId(17));
    }
}
