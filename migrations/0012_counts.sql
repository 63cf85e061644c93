-- The number of members of a room, which a room's page shows: counting 20,000 of them takes longer than all the rest of
-- the page.
alter table rooms add column members integer not null default 0;
update rooms set members = (select count(*) from memberships s where s.room_id = rooms.id);

create trigger member_added after insert on memberships begin
    update rooms set members = members + 1 where id = new.room_id;
end;

create trigger member_removed after delete on memberships begin
    update rooms set members = members - 1 where id = old.room_id;
end;

-- Used by the history, and by the count of unread messages, which needs no other columns.
drop index messages_of_room;
create index messages_of_room on messages (room_id, id, author_id, deleted_at);

-- Used by streams: the last event by which a user joined or left a room.
drop index events_by_subject;
create index events_by_subject on events (subject_id, room_id) where subject_id is not null;

drop view room_list;
create view room_list as
select r.id, r.slug, r.name, r.topic, r.kind, u.handle as made_by, r.created_at, r.members,
       (select coalesce(sum(c.messages), 0) from room_months c where c.room_id = r.id) as messages
from rooms r
left join users u on u.id = r.made_by;
