-- What a member wants to be told of in a room. Everything else about a room stays the same for them.
alter table memberships add column notify text not null default 'mentions' check (notify in ('everything', 'mentions', 'nothing'));
