-- A message that left the mailbox, or the folders that take part, stays for the record: services see
-- it, requests do not, whatever they read. It comes back when it does.
alter table messages add column deleted_at timestamptz;
create policy messages_present on messages as restrictive for select to authenticated
  using (deleted_at is null);
