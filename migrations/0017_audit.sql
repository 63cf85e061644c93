-- The last event that changed whether an account sees open rooms without being a member: the event of a change of its
-- role. A cursor before it was given when the account saw other rooms, and is answered with `reset`.
alter table users add column view_event_id integer not null default 0;
-- One line by which a person introduces themselves, and the name of their time zone (IANA).
alter table users add column about text not null default '';
alter table users add column time_zone text;

-- When the account was deleted: its row names nobody any more. Null: it was not.
alter table users add column deleted_at text;

-- Used by the list of people, which is ordered by handle without regard to ASCII case.
create index users_by_handle on users (handle collate nocase, id);
-- Used by the rule that an enabled admin remains.
create index admins on users (id) where role = 'admin' and disabled_at is null;

-- Decisions of admins, managers and the operator, written in the transaction of the change. Rows contain neither secrets
-- nor texts.
create table audit (
    id         integer primary key autoincrement,
    at         text not null,
    actor_id   integer references users (id),    -- null: the operator, by a command
    address    text,                             -- of the actor's client; null for commands
    action     text not null,                    -- such as 'user.role'
    subject_id integer references users (id),    -- the person that it was done to
    room_id    integer references rooms (id),
    message_id integer,
    details    text                              -- JSON: what was set
) strict;

create trigger audit_is_not_changed before update on audit begin
    select raise(abort, 'rows of the audit log are never changed');
end;

create trigger audit_is_not_deleted before delete on audit begin
    select raise(abort, 'rows of the audit log are never deleted');
end;
