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
