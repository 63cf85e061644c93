-- Whom a person has blocked. Nobody else is told: their messages are folded for that person, and neither counted nor
-- signalled to them.
create table blocks (
    user_id    integer not null references users (id),    -- who has blocked
    blocked_id integer not null references users (id),    -- whom
    at         text    not null,
    primary key (user_id, blocked_id)
) strict, without rowid;

-- Used when an account is deleted or merged into another one.
create index blocks_of_blocked on blocks (blocked_id);

-- Messages that somebody has reported, with their texts as they were: the author may change or delete them meanwhile. A
-- decision clears the text. The messages need not be stored any more.
create table reports (
    id         integer primary key autoincrement,
    at         text    not null,
    user_id    integer not null references users (id),    -- who has reported it
    message_id integer not null,
    room_id    integer not null references rooms (id),
    author_id  integer not null references users (id),
    body       text    not null,
    reason     text    not null,
    decided_at text,                                      -- null: not decided yet
    decided_by integer references users (id),
    decision   text                                       -- 'dismiss', 'delete' or 'ban'
) strict;

create unique index reports_of_message on reports (message_id, user_id) where decided_at is null;
create index reports_to_decide on reports (id) where decided_at is null;
create index reports_of_room on reports (room_id);

-- Whether all members of a room may mention everybody in it by @room, and not only its managers.
alter table rooms add column room_mentions integer not null default 0;
update rooms set room_mentions = 1 where kind = 'direct';

-- Whether the message mentions everybody in its room.
alter table messages add column mentions_room integer not null default 0;
create index messages_mentioning_room on messages (room_id, id) where mentions_room;

-- The account that an imported person was merged into. Later imports of the same history find it by the handle.
alter table users add column merged_into integer references users (id);
