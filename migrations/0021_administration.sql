-- When the account was banned; it is disabled, too. Null: it is not banned.
alter table users add column banned_at text;
-- 1: others are not told whether the person is online, nor when they were.
alter table users add column hides_presence integer not null default 0;

-- 1: an admin or the operator has made the link, in place of a forgotten password. Whoever opens it sets a new one.
alter table sign_in_links add column sets_password integer not null default 0;

-- Used to remove the reactions of an account that a flood has made.
create index reactions_by_user on reactions (user_id);
-- Used to find the rooms that a flood has made.
create index rooms_by_maker on rooms (made_by);
