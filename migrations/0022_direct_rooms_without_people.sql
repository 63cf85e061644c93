-- Used at each start to find the direct rooms that an import has left without their key.
create index direct_rooms_without_people on rooms (id) where kind = 'direct' and people is null;
