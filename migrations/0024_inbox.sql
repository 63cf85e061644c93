-- A reply to somebody's message counts like a mention of its author: `mentions` has a row for either.
insert or ignore into mentions (user_id, room_id, message_id)
select q.author_id, m.room_id, m.id from messages m join messages q on q.id = m.reply_to
where m.reply_to is not null and m.deleted_at is null and q.author_id <> m.author_id;

-- Up to this event the items of the inbox in the room were marked as read in the inbox. An item is read if its message is
-- not after this mark, or not after `read_up_to`.
alter table memberships add column inbox_read_up_to integer not null default 0;
-- The last event when one of the two marks was moved. A stream that opens after an earlier event tells its reader of the
-- mark.
alter table memberships add column marked_after integer not null default 0;
-- 1: the room is among the first of the member's list.
alter table memberships add column favourite integer not null default 0;

-- Used by the list of those who have read a message.
create index memberships_by_read_mark on memberships (room_id, read_up_to);

-- 1: others are not told which messages the person has read, nor the person what others have read.
alter table users add column hides_reading integer not null default 0;

-- The last event when a person changed one of their own settings: 'notify', 'favourites', 'inbox', 'saved', 'blocks'. A
-- stream that opens after an earlier event tells its reader of the change.
create table changed_settings (
    user_id    integer not null references users (id),
    setting    text    not null,
    after_id   integer not null,
    primary key (user_id, setting)
) strict, without rowid;

-- The pinned messages of a room.
create table pins (
    room_id    integer not null references rooms (id),
    message_id integer not null references messages (id),
    user_id    integer not null references users (id),     -- who has pinned it
    event_id   integer not null references events (id),    -- the event of the room by which it was pinned: their order
    primary key (room_id, message_id)
) strict, without rowid;

-- Used by the deletion of a message.
create index pins_of_message on pins (message_id);
-- Used when an account is deleted or merged into another one.
create index pins_by_user on pins (user_id);

-- The messages that a person has saved, which nobody else sees.
create table saved (
    user_id    integer not null references users (id),
    message_id integer not null references messages (id),
    at         text    not null,
    primary key (user_id, message_id)
) strict, without rowid;

-- Used by the deletion of a message.
create index saved_of_message on saved (message_id);
