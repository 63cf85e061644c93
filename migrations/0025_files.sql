-- Contents of files, each different one once. The bytes lie in the folder of files, in a file that is named by the hash.
create table contents (
    hash         text    not null primary key,        -- SHA-256, in hexadecimal digits
    size         integer not null,                    -- in bytes
    media_type   text    not null,                    -- as its first bytes tell
    width        integer,                             -- of a picture that can be shown, as it is shown; else null
    height       integer,
    preview_hash text    references contents (hash),  -- a smaller picture of it; null: there is none
    uses         integer not null default 0           -- number of rows that refer to it, kept by triggers
) strict;

-- Used by the task that deletes contents to which nothing refers.
create index contents_unused on contents (hash) where uses = 0;
create index contents_by_preview on contents (preview_hash) where preview_hash is not null;

-- Uploads, and the files of messages, which uploads become when they are posted.
create table files (
    id         text    not null primary key,          -- random
    user_id    integer not null references users (id),
    name       text    not null,
    size       integer not null,                      -- in bytes, as announced until it is complete
    created_at text    not null,
    hash       text    references contents (hash),    -- null: not complete
    message_id integer references messages (id),      -- null: not posted
    room_id    integer references rooms (id),         -- of the message
    place      integer                                -- among the files of the message
) strict, without rowid;

create index files_of_message on files (message_id, place) where message_id is not null;
-- Used by the list of the files of a room.
create index files_of_room on files (room_id, message_id, place) where message_id is not null;
-- Used by the task that deletes uploads which nobody has posted.
create index files_unposted on files (created_at) where message_id is null;
create index files_of_content on files (hash) where hash is not null;
create index files_of_user on files (user_id);

-- Whether a message has files. Few have, and to look for them in another table would cost every message that is read.
alter table messages add column has_files integer not null default 0;

-- The picture of a person.
alter table users add column picture text references contents (hash);
create index users_by_picture on users (picture) where picture is not null;

-- The sum of the sizes of each person's files, and of all files in the row of user 0. Kept by triggers.
create table file_usage (
    user_id integer primary key,
    bytes   integer not null
) strict;

create trigger files_counted after insert on files begin
    insert into file_usage (user_id, bytes) values (new.user_id, new.size), (0, new.size)
    on conflict (user_id) do update set bytes = bytes + excluded.bytes;
    update contents set uses = uses + 1 where hash = new.hash;
end;

create trigger files_recounted after update of user_id, size, hash on files begin
    update file_usage set bytes = bytes - old.size where user_id in (old.user_id, 0);
    insert into file_usage (user_id, bytes) values (new.user_id, new.size), (0, new.size)
    on conflict (user_id) do update set bytes = bytes + excluded.bytes;
    update contents set uses = uses - 1 where hash = old.hash;
    update contents set uses = uses + 1 where hash = new.hash;
end;

create trigger files_uncounted after delete on files begin
    update file_usage set bytes = bytes - old.size where user_id in (old.user_id, 0);
    update contents set uses = uses - 1 where hash = old.hash;
end;

create trigger previews_counted after insert on contents when new.preview_hash is not null begin
    update contents set uses = uses + 1 where hash = new.preview_hash;
end;

create trigger previews_uncounted after delete on contents when old.preview_hash is not null begin
    update contents set uses = uses - 1 where hash = old.preview_hash;
end;

create trigger pictures_recounted after update of picture on users when new.picture is not old.picture begin
    update contents set uses = uses - 1 where hash = old.picture;
    update contents set uses = uses + 1 where hash = new.picture;
end;
