//! Steps about rooms: their properties and members.

use super::{
    super::{actor::Actor, memberships::member_event},
    run::{ImportRun, event},
};
use crate::{
    error::{Error, Result},
    model::{
        account::NewAccount,
        change::AccessChange,
        event::kind,
        ids::{EventId, RoomId},
        import::ImportedMessage,
        room::{RoomInfo, RoomKind, RoomRole},
        time::Timestamp,
    },
    store::{imports::KnownRoom, memberships::NewMembership, rooms::RoomRow},
};

impl<'a> ImportRun<'a> {
    /// Refuses a message if the kind of its room differs from the existing room, so that messages of a closed room do
    /// not become visible in an open one.
    pub(super) fn check_room(&self, room: &RoomInfo) -> Result<()> {
        match self.facts.rooms.get(&room.slug) {
            Some(known) if known.is_deleted => Err(Error::Refused(format!(
                "the room {} was deleted here",
                room.slug
            ))),
            Some(known) if known.kind != room.kind => Err(Error::Refused(format!(
                "the room {} is {} in the archive, but {} here",
                room.slug,
                word(room.kind),
                word(known.kind)
            ))),
            _ => Ok(()),
        }
    }

    /// Returns the room of a message, which is created if it does not exist.
    pub(super) fn room(&mut self, message: &'a ImportedMessage, at: Timestamp) -> Result<RoomId> {
        let slug = &message.room.slug;
        if !self.facts.rooms.contains_key(slug) {
            self.add_room(message, at)?;
        }
        let room = self.facts.rooms.get_mut(slug).ok_or(Error::NotFound)?;
        self.imported.is_first = std::mem::take(&mut room.is_empty);
        Ok(room.id)
    }

    fn add_room(&mut self, message: &'a ImportedMessage, at: Timestamp) -> Result<()> {
        let made_by = match &message.made_by {
            Some(maker) => self.user(maker, at),
            None => self.server()?,
        };
        let info = &message.room;
        let id = RoomId(self.facts.ids.take_lowest());
        self.rows
            .append(EventId(id.0), event(kind::ROOM, made_by, Some(id), at));
        self.rows.rooms.push(RoomRow {
            id,
            info,
            folded: None,
            people: None,
            made_by,
            at,
        });
        let known = KnownRoom {
            id,
            kind: info.kind,
            name: info.name.clone(),
            topic: info.topic.clone(),
            is_empty: true,
            is_deleted: false,
            made_by,
        };
        self.facts.rooms.insert(info.slug.clone(), known);
        self.imported.rooms += 1;
        Ok(())
    }

    /// Sets the name and topic of a room.
    pub(super) fn update_room(
        &mut self,
        slug: &str,
        name: &'a str,
        topic: &'a str,
        at: Timestamp,
    ) -> Result<()> {
        let server = self.server()?;
        let room = self.facts.rooms.get_mut(slug).ok_or(Error::NotFound)?;
        if (name, topic) != (&room.name, &room.topic) {
            (room.name, room.topic) = (name.to_owned(), topic.to_owned());
            let id = room.id;
            self.rows.set_room_texts(id, name, topic);
            self.append(event(kind::ROOM, server, Some(id), at));
        }
        Ok(())
    }

    /// Adds a member, unless the user is one.
    pub(super) fn add_member(
        &mut self,
        slug: &str,
        user: &'a NewAccount,
        at: Timestamp,
    ) -> Result<Option<AccessChange>> {
        let room = self.facts.rooms.get(slug).ok_or(Error::NotFound)?;
        let (room_id, made_by) = (room.id, room.made_by);
        let user_id = self.user(user, at);
        let role = if made_by == user_id {
            RoomRole::Manager
        } else {
            RoomRole::Member
        };
        if !self.facts.members.insert((room_id, user_id)) {
            return Ok(None);
        }
        let joining = Actor::new(at, user_id);
        let event_id = self.append(member_event(joining, room_id, user_id));
        self.rows.members.push(NewMembership {
            room_id,
            user_id,
            at,
            event_id,
            role,
            is_new: false,
        });
        Ok(Some(AccessChange::User(user_id)))
    }
}

fn word(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Open => "open",
        RoomKind::Closed => "closed",
        RoomKind::Direct => "between few",
    }
}
