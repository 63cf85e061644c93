-- A message and its event in one statement. That is a transaction by itself: SQLite's thread is asked once and answers
-- once, where begin, two inserts and commit were four answers. Written to by the program alone.
create view posts as select id, room_id, author_id, created_at, body, nonce from messages;

create trigger posts_appended instead of insert on posts begin
    insert into events (id, room_id, kind, message_id, actor_id, at)
    values (new.id, new.room_id, 'message', new.id, new.author_id, new.created_at);
    insert into messages (id, room_id, author_id, created_at, body, nonce)
    values (new.id, new.room_id, new.author_id, new.created_at, new.body, new.nonce);
end;
