drop policy messages_present on messages;
-- Without the column nothing tells them from messages that are still there.
delete from messages where deleted_at is not null;
alter table messages drop column deleted_at;
