-- Set-up, invitations, and people whom an import has brought.

-- `meta` has, besides the name of the log and the door: `server_name`, the name of the server; while there is no admin,
-- `setup`, the SHA-256 in hexadecimal of the secret in the set-up link, and `setup_kept` if the command `setup-link` has
-- made that link, which a start of the server does not replace.

-- 1: an import brought this person, and nobody can sign in as them until they are invited as themselves.
alter table users add column imported integer not null default 0;

-- People of earlier imports are those who have never signed in. The server's own account is a bot.
update users set imported = 1
where role <> 'bot' and not exists (select 1 from sessions s where s.user_id = users.id);

-- Invitations. One holds while it is not revoked, not expired and not used up, and while its maker may still make it.
create table invites (
    id          integer primary key autoincrement,
    secret_hash blob    not null unique,                             -- SHA-256 of the secret in the link
    role        text    not null,                                    -- what the invited person may do on the server
    room_id     integer references rooms (id) on delete cascade,     -- the room that they become a member of; null: none
    user_id     integer references users (id),                       -- the imported person whom they are; null: somebody new
    uses        integer not null,                                    -- how many people it is good for
    used        integer not null default 0,                          -- how many have redeemed it
    made_by     integer references users (id),                       -- null: who runs the server, by a command
    created_at  text    not null,
    expires_at  text    not null,
    revoked_at  text                                                 -- null: not revoked
) strict;

-- The deletion of a room deletes its invitations.
create index invites_of_room on invites (room_id) where room_id is not null;
