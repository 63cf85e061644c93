-- The passwords of accounts. An account without a row has no password.
create table passwords (
    user_id    integer primary key references users (id),
    hash       text    not null,                       -- argon2id in PHC format: parameters, salt and hash
    changed_at text    not null
) strict;
