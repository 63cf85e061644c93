-- A report keeps no text of a message that was deleted.
update reports set body = '' where decided_at is null
    and message_id in (select m.id from messages m where m.deleted_at is not null);

-- Ids of reports are random. Their order is that of their times.
drop index reports_to_decide;
create index reports_to_decide on reports (at, id) where decided_at is null;
