-- Used by the list of rooms, which is read page by page in the order of names.
create index rooms_by_name on rooms (name, slug);
