-- What a user may do on the server: 'admin', 'member', 'guest' or 'bot'. A guest sees the rooms that it was invited to,
-- and the people in them. A role that the program does not know counts as 'guest'.
alter table users add column role text not null default 'member';
-- When an admin disabled the account: nobody is signed in with it. Null: not disabled.
alter table users add column disabled_at text;

-- The server's own account, which made the first room.
update users set role = 'bot' where handle = 'backscroll' and id = (select min(id) from users);

-- The door of the server is in `meta` under the key 'door': 'open' (also if missing) or 'invite'.
