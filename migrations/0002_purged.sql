-- Nothing in the program takes rows out of the log, but its owner may, with sqlite3. Who had read less than that
-- has missed what is gone, and must be told: `purged_up_to` in meta is the last id that was ever taken out.
create trigger events_purged after delete on events begin
    insert into meta (key, value) values ('purged_up_to', old.id)
    on conflict (key) do update set value = max(cast(value as integer), old.id);
end;
