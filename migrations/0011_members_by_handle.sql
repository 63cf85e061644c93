-- The handle of the member, which never changes. Used by the list of members, which is read page by page in the order
-- of handles: in a room of 20,000 members the first 100 would otherwise be found by sorting all of them.
alter table memberships add column handle text not null default '';
update memberships set handle = coalesce((select handle from users u where u.id = user_id), '');
create index memberships_by_handle on memberships (room_id, handle collate nocase, user_id);
