-- The event log gets `subject_id`, the user that an event is about, and `name`. Custom events of bots have the kind
-- 'custom' and a `name`, so that future kinds cannot collide with names that bots have chosen.
alter table events add column name text;               -- the name of a custom event
alter table events add column subject_id integer;      -- the user whom a `user` or `member` event is about

update events set subject_id = id where kind = 'user';
update events set subject_id = data ->> '$.user', data = null where kind = 'member';
update events set name = kind, kind = 'custom'
where kind not in ('user', 'message', 'message-edited', 'message-deleted', 'reaction', 'room', 'room-deleted', 'member');

-- Used by streams: changes of users, which readers of several rooms may see.
create index events_about_people on events (id) where kind = 'user' and subject_id <> id;

-- Used by streams: the last event by which a user joined or left a room.
create index events_by_subject on events (subject_id) where subject_id is not null;

-- All nonces that were ever used, including those of deleted and purged messages. `id` is the event that was appended
-- with the nonce.
create table nonces (
    author_id integer not null references users (id),
    nonce     text    not null,
    id        integer not null,
    primary key (author_id, nonce)
) strict, without rowid;

insert into nonces (author_id, nonce, id) select author_id, nonce, id from messages where nonce is not null;
insert or ignore into nonces (author_id, nonce, id)
select actor_id, data ->> '$.nonce', id from events where kind = 'custom' and data ->> '$.nonce' is not null;
drop index messages_by_nonce;
drop index events_by_nonce;

-- The key by which mentions are compared: the handle in lower case and NFC. Filled by the program.
alter table users add column mention_key text;
-- Used to find the users whom a text mentions.
create index users_by_mention_key on users (mention_key);

-- The users mentioned in messages, from the parsed text when a message is stored. Authors do not mention themselves.
-- Used to count the unread mentions of a member in a room.
create table mentions (
    user_id    integer not null references users (id),
    room_id    integer not null references rooms (id),
    message_id integer not null references messages (id),
    primary key (user_id, room_id, message_id)
) strict, without rowid;

-- Used by edits and deletions, which replace the mentions of a message.
create index mentions_of_message on mentions (message_id);

-- The calendar of a room: the number of messages in each month, and the first of them.
create table room_months (
    room_id  integer not null references rooms (id),
    month    text    not null,                         -- 2026-11
    messages integer not null,
    first_id integer not null,
    primary key (room_id, month)
) strict, without rowid;

insert into room_months (room_id, month, messages, first_id)
select room_id, substr(created_at, 1, 7), count(*), min(id) from messages group by room_id, substr(created_at, 1, 7);

-- Messages are now added by statements of the program only.
drop trigger posts_appended;
drop view posts;

-- Removes checks of sets of values that will grow, which the program checks instead: SQLite would have to rebuild the
-- table to change such a check. Removing one changes no row, see https://sqlite.org/lang_altertable.html, section 8.
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, ' check (kind in (''open'', ''closed'', ''direct''))', '')
where type = 'table' and name = 'rooms';
update sqlite_schema set sql = replace(sql, ' check (kind in (''session'', ''token''))', '')
where type = 'table' and name = 'sessions';
update sqlite_schema set sql = replace(sql, ' check (notify in (''everything'', ''mentions'', ''nothing''))', '')
where type = 'table' and name = 'memberships';
pragma writable_schema = reset;

-- Views for users of sqlite3. Their columns are stable.
drop view log;
create view log as
select e.id, e.at, r.slug as room, coalesce(e.name, e.kind) as kind, u.handle as actor, s.handle as subject,
       e.message_id, e.data
from events e
left join rooms r on r.id = e.room_id
left join users u on u.id = e.actor_id
left join users s on s.id = e.subject_id;

drop view people;
create view people as
select u.id, u.handle, u.name, u.created_at as joined_at,
       (select count(*) from messages m where m.author_id = u.id) as messages,
       (select group_concat(slug, ' ') from (
            select r.slug from memberships s join rooms r on r.id = s.room_id where s.user_id = u.id order by r.slug
        )) as rooms
from users u;

-- Used by the list of rooms.
create view room_list as
select r.id, r.slug, r.name, r.topic, r.kind, u.handle as made_by, r.created_at,
       (select count(*) from memberships s where s.room_id = r.id) as members,
       (select coalesce(sum(c.messages), 0) from room_months c where c.room_id = r.id) as messages
from rooms r
left join users u on u.id = r.made_by;
