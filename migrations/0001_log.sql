-- The log, and the tables that are its current state.
--
-- All ids are ids of events. All times are UTC text with milliseconds (2026-11-22T05:41:03.123Z), because
-- people read this file with sqlite3, and because it sorts.
--
-- An event comes first, and everything else refers to it: a message, a room, a person to the event that made
-- it. The events themselves refer to nothing that SQLite checks, although they name rooms, people and messages:
-- they would have to name them before they exist, and a reference that is checked later (deferred) makes
-- SQLite search all events for each message that is inserted. `backscroll check` holds both sides together.

-- What this file is, as key and value. `log`: the random name of this log, by which a client notices that
-- the database was replaced by another one.
create table meta (
    key   text primary key,
    value text not null
) strict, without rowid;

-- Holes in the sequence of ids. Restoring a backup starts a new era: ids go on at `next_id`, so that no id
-- is used a second time, and a cursor in between belongs to a future that was lost.
create table eras (
    next_id   integer primary key,     -- the first id that this era may use
    after_id  integer not null,        -- the last id of the log that goes on: the hole lies between the two
    at        text    not null,        -- when the era began
    check (after_id < next_id)
) strict;

-- The spine: one row for each change that anybody may be told of, in commit order.
-- autoincrement: an id is never used again, also not after the newest row was deleted.
create table events (
    id         integer primary key autoincrement,
    room_id    integer,                -- null: of the server, not of a room
    kind       text    not null,       -- message, message-edited, …, or the name of a bot's own event
    message_id integer,                -- what it happened to
    actor_id   integer not null,       -- who did it
    at         text    not null,
    data       text                    -- JSON: of a member event the `user`, of a bot's own event `payload` and `nonce`
) strict;

-- Serves a room's stream: events of a room after a cursor (the id is part of every index).
create index events_of_room on events (room_id);
-- A bot's own event posted again is recognised by its nonce.
create unique index events_by_nonce on events (actor_id, data ->> '$.nonce') where data ->> '$.nonce' is not null;

create table users (
    id         integer primary key references events (id),
    handle     text not null unique,   -- what @ mentions
    folded     text not null,          -- the handle in lower case: two people shall not look alike
    name       text not null,          -- for display
    created_at text not null
) strict;

-- Joining the server asks whether a name that looks the same is taken. Not unique: a history that is
-- imported brings people as they were.
create index users_by_folded on users (folded);

create table rooms (
    id         integer primary key references events (id),
    slug       text not null unique,   -- its address
    name       text not null,
    topic      text not null default '',
    kind       text not null check (kind in ('open', 'closed', 'direct')),   -- never changes: its people agreed to it
    made_by    integer not null references users (id),
    created_at text not null
) strict;

create table memberships (
    room_id    integer not null references rooms (id),
    user_id    integer not null references users (id),
    joined_at  text    not null,
    event_id   integer not null references events (id),   -- the event that made them a member
    read_up_to integer not null,       -- a cursor: everything up to and including this was read
    primary key (room_id, user_id)
) strict, without rowid;

-- Serves the list of one's rooms, and the check of what one may see.
create index memberships_of_user on memberships (user_id);

-- The current state of each message.
create table messages (
    id         integer primary key references events (id),   -- the event that posted it
    room_id    integer not null references rooms (id),
    author_id  integer not null references users (id),
    body       text    not null,       -- as written; empty once deleted
    reply_to   integer references messages (id),
    nonce      text,                   -- the author's client's name for it
    created_at text    not null,
    edited_at  text,
    deleted_at text,
    check (deleted_at is null or body = '')
) strict;

-- Serves history: a page of a room before or after an id.
create index messages_of_room on messages (room_id);
-- Serves "at this time" and "since … until": where in the room's history a moment lies.
create index messages_by_time on messages (room_id, created_at);
-- Serves one author's messages in a room.
create index messages_by_author on messages (author_id, room_id);
-- A message posted again is recognised by its nonce.
create unique index messages_by_nonce on messages (author_id, nonce) where nonce is not null;
-- Deleting a message's row looks for replies to it; replies are few.
create index messages_by_reply on messages (reply_to) where reply_to is not null;

create table reactions (
    message_id integer not null references messages (id),
    emoji      text    not null,
    user_id    integer not null references users (id),
    event_id   integer not null references events (id),   -- the event that put it there: their order
    primary key (message_id, emoji, user_id)
) strict, without rowid;

-- Who is signed in: browsers by a cookie, everything else by a token. Only the SHA-256 of the 256-bit random
-- secret is kept.
create table sessions (
    secret_hash blob primary key,
    user_id     integer not null references users (id),
    kind        text    not null check (kind in ('session', 'token')),
    created_at  text    not null
) strict, without rowid;

-- Serves the list of where one is signed in.
create index sessions_of_user on sessions (user_id);

-- For people with sqlite3; kept stable.

-- What was said: select * from history where room = 'general' order by id desc limit 20;
create view history as
select m.id, m.created_at as at, r.slug as room, u.handle as author, m.body, m.edited_at, m.deleted_at
from messages m
join rooms r on r.id = m.room_id
join users u on u.id = m.author_id;

-- What happened: select * from log where id > 57;
create view log as
select e.id, e.at, r.slug as room, e.kind, u.handle as actor, e.message_id, e.data
from events e
left join rooms r on r.id = e.room_id
left join users u on u.id = e.actor_id;

-- Who is here: select * from people order by messages desc;
create view people as
select u.id, u.handle, u.name, u.created_at as joined_at,
       (select count(*) from messages m where m.author_id = u.id) as messages,
       (select group_concat(r.slug, ' ') from memberships s join rooms r on r.id = s.room_id where s.user_id = u.id) as rooms
from users u;
