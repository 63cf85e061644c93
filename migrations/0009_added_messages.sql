-- A message that is added brings its event, its nonce and its place in the calendar. A statement of the program that
-- adds many messages is therefore answered once by SQLite's thread, and each answer costs more than a row.
create trigger message_event before insert on messages begin
    insert into events (id, room_id, kind, message_id, actor_id, at)
    values (new.id, new.room_id, 'message', new.id, new.author_id, new.created_at);
end;

create trigger message_nonce after insert on messages when new.nonce is not null begin
    insert into nonces (author_id, nonce, id) values (new.author_id, new.nonce, new.id);
end;

create trigger message_month after insert on messages begin
    insert into room_months (room_id, month, messages, first_id)
    values (new.room_id, substr(new.created_at, 1, 7), 1, new.id)
    on conflict (room_id, month) do update set
        messages = messages + 1, first_id = min(first_id, excluded.first_id);
end;
