-- The passwords of accounts. An account without a row has no password.
create table passwords (
    user_id    integer primary key references users (id),
    hash       text    not null,                       -- argon2id in PHC format: parameters, salt and hash
    changed_at text    not null
) strict;

-- The browser and system of a session, as in 'Firefox · Linux', or the program that got a token. Null: unknown.
alter table sessions add column label text;
-- The name of an API token. Null: a session or token that joining or signing in has made.
alter table sessions add column name text;
-- What a token may do: words of 'read post admin'. Null: everything.
alter table sessions add column scopes text;
-- The slugs of the rooms that a token is limited to, as a JSON array. Null: all rooms.
alter table sessions add column rooms text;
-- The time from which a token is not valid any more. Null: never.
alter table sessions add column expires_at text;
-- The last use, to the hour. A session that was not used for the time in `--session-idle` ends.
alter table sessions add column last_used_at text;
update sessions set last_used_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');

-- Used to find sessions and tokens that have expired.
create index sessions_by_expiry on sessions (expires_at) where expires_at is not null;
create index sessions_by_use on sessions (last_used_at) where kind = 'session';

-- Browsers from which somebody has signed in to an account, by the hash of a secret in a cookie. It does not sign in; it
-- only keeps the wrong passwords of others from slowing down such a browser. The last ones of each account.
create table devices (
    user_id     integer not null references users (id),
    secret_hash blob    not null,
    used_at     text    not null,
    primary key (user_id, secret_hash)
) strict, without rowid;

-- One-time links that sign in, by the hash of the secret in the link. At most one per account.
create table sign_in_links (
    user_id     integer primary key references users (id),
    secret_hash blob    not null unique,
    expires_at  text    not null
) strict;
