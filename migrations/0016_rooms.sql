-- What a member may do in a room: 'manager' (changes the room and its members) or 'member'. Whoever made a room manages it.
alter table memberships add column role text not null default 'member';
update memberships set role = 'manager'
where user_id = (select made_by from rooms r where r.id = room_id);

-- Of a direct room that the member has hidden: the last event before that. A later message shows the room again. Null: not hidden.
alter table memberships add column hidden_up_to integer;

-- The name in lower case and NFC. No two open rooms that are made or renamed have the same. Null: not filled yet, as in
-- files of earlier versions and after an import; the program fills it when it opens the file. Rooms that came before, or
-- by an import, may have equal names.
alter table rooms add column name_folded text;
create index rooms_by_folded_name on rooms (name_folded);

alter table rooms add column archived_at text;                          -- when it was archived; null: it is not
alter table rooms add column announcements integer not null default 0;  -- whether only managers post
alter table rooms add column auto_join integer not null default 0;      -- whether new members of the server are added
-- The event by which the room ceased to be open: it was closed, or deleted while it was open. Whoever is not a member of
-- the room sees it as the end of the room.
alter table rooms add column closed_id integer;
-- The event by which the room was deleted. The kind of a deleted room is 'deleted'; it has no members, and its slug is
-- not used again.
alter table rooms add column deleted_id integer;
-- Of a direct room: the ids of its people in ascending order, separated by commas. There is one room for each set.
alter table rooms add column people text;
create unique index direct_rooms_by_people on rooms (people) where people is not null;

-- The first room of a log.
update rooms set auto_join = 1 where id = (select min(id) from rooms) and kind = 'open';
-- Used when an account is made.
create index auto_join_rooms on rooms (id) where auto_join;

-- The members that a room had when it was deleted. They see that event, and nothing else of the room.
create table former_memberships (
    user_id  integer not null references users (id),
    room_id  integer not null references rooms (id),
    event_id integer not null,           -- the event by which the room was deleted
    primary key (user_id, room_id)
) strict, without rowid;

-- Used to count how often a user was added to rooms by others: such an event has the data {"added":true}.
create index events_of_adding on events (subject_id, id) where kind = 'member' and data is not null;

-- Used to erase the custom events of a deleted room.
create index custom_events_of_room on events (room_id) where kind = 'custom' and data is not null;

drop view room_list;
create view room_list as
select r.id, r.slug, r.name, r.topic, r.kind, u.handle as made_by, r.created_at, r.members,
       (select coalesce(sum(c.messages), 0) from room_months c where c.room_id = r.id) as messages, r.archived_at
from rooms r
left join users u on u.id = r.made_by
where r.kind <> 'deleted';
