-- Serves one author's messages in a room, in the order of time, also between two times. Without the time, a search of
-- a span looked at all messages of the author.
drop index messages_by_author;
create index messages_by_author on messages (author_id, room_id, created_at);
