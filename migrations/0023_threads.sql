-- Threads. The root is the message that a thread belongs to. Replies name it, and are never roots themselves.
alter table messages add column thread integer references messages (id);   -- the root, in the same room; null: no reply
-- Whether the history of the room shows the message: false for replies that were not posted to the room, too.
alter table messages add column in_room integer not null default 1;
-- Whether anybody ever replied in the thread of the message. Few messages have one, and to look for it in another table
-- costs a tenth of what it costs to read a message.
alter table messages add column has_thread integer not null default 0;

-- Used by the history of a room, and by the count of unread messages, which needs no other columns.
drop index messages_of_room;
create index messages_of_room on messages (room_id, id, author_id, deleted_at, in_room) where in_room;
-- Used to read or to erase all messages of a room together with `messages_of_room`: each message is in one of the two.
create index replies_of_room on messages (room_id, id) where not in_room;
-- Used by the history of a thread, and by the count of its unread replies.
create index messages_of_thread on messages (thread, id, author_id, deleted_at) where thread is not null;

-- What is shown of a thread below its root. Kept by the triggers below, since counting the replies takes as long as there
-- are many.
create table threads (
    root_id integer primary key references messages (id),
    replies integer not null,                 -- those that were not deleted
    last_id integer                           -- the last of them; null: none is left
) strict;

-- The authors of the replies that were not deleted.
create table thread_authors (
    root_id  integer not null references messages (id),
    user_id  integer not null references users (id),
    replies  integer not null,                -- those of the author
    first_id integer not null,                -- the first of them
    primary key (root_id, user_id)
) strict, without rowid;

-- Used to name the first authors.
create index thread_authors_by_first on thread_authors (root_id, first_id);

-- Who follows a thread, and how far they have read it. Only members of its room are told of unread replies.
create table thread_marks (
    user_id    integer not null references users (id),
    room_id    integer not null references rooms (id),
    root_id    integer not null references messages (id),
    follows    integer not null,
    read_up_to integer not null,              -- a cursor: everything in the thread up to and including this was read
    primary key (user_id, room_id, root_id)
) strict, without rowid;

-- Used when messages are erased.
create index thread_marks_of_root on thread_marks (root_id);

create trigger thread_reply_added after insert on messages when new.thread is not null begin
    update messages set has_thread = 1 where id = new.thread and not has_thread;
    insert into threads (root_id, replies, last_id) values (new.thread, 1, new.id)
    on conflict do update set replies = replies + 1, last_id = max(coalesce(last_id, 0), excluded.last_id);
    insert into thread_authors (root_id, user_id, replies, first_id) values (new.thread, new.author_id, 1, new.id)
    on conflict do update set replies = replies + 1, first_id = min(first_id, excluded.first_id);
end;

create trigger thread_reply_deleted after update of deleted_at on messages
when new.thread is not null and old.deleted_at is null and new.deleted_at is not null begin
    update threads set replies = replies - 1, last_id = (
        select max(id) from messages m where m.thread = new.thread and m.deleted_at is null)
    where root_id = new.thread;
    update thread_authors set replies = replies - 1 where root_id = new.thread and user_id = new.author_id;
    delete from thread_authors where root_id = new.thread and user_id = new.author_id and replies = 0;
    update thread_authors set first_id = (
        select min(id) from messages m
        where m.thread = new.thread and m.author_id = new.author_id and m.deleted_at is null)
    where root_id = new.thread and user_id = new.author_id and first_id = new.id;
end;

-- An imported person was merged into an account.
create trigger thread_reply_moved after update of author_id on messages
when new.thread is not null and new.deleted_at is null and old.author_id <> new.author_id begin
    update thread_authors set replies = replies - 1 where root_id = new.thread and user_id = old.author_id;
    delete from thread_authors where root_id = new.thread and user_id = old.author_id and replies = 0;
    update thread_authors set first_id = (
        select min(id) from messages m
        where m.thread = new.thread and m.author_id = old.author_id and m.deleted_at is null)
    where root_id = new.thread and user_id = old.author_id and first_id = new.id;
    insert into thread_authors (root_id, user_id, replies, first_id) values (new.thread, new.author_id, 1, new.id)
    on conflict do update set replies = replies + 1, first_id = min(first_id, excluded.first_id);
end;

-- A mention in a reply that the room does not show is read when its thread is read: the root, and whether that was done.
alter table mentions add column thread integer;
alter table mentions add column thread_read integer not null default 0;
create trigger mention_in_thread after insert on mentions
when exists (select 1 from messages m where m.id = new.message_id and not m.in_room) begin
    update mentions set thread = (select m.thread from messages m where m.id = new.message_id)
    where user_id = new.user_id and room_id = new.room_id and message_id = new.message_id;
end;
-- Used to count unread mentions in threads.
create index mentions_in_threads on mentions (user_id, room_id, thread, message_id) where thread is not null and not thread_read;
