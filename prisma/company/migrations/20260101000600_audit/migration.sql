-- What administrators did: append-only, each row hashed together with the one before it, so that a
-- row changed or removed by whoever gets past the triggers shows.
create table admin_audit_log (
  id uuid primary key default gen_random_uuid(),
  sequence bigint not null unique,
  org_id uuid,
  actor_id uuid,
  action text not null,
  target_type text,
  target_id text,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now(),
  previous_hash bytea,
  hash bytea not null
);
create index admin_audit_log_org_id_created_at_idx on admin_audit_log (org_id, created_at desc, id);

create function app.audit_hash(entry admin_audit_log) returns bytea
language sql stable set search_path = ''
as $$
  select sha256(convert_to(jsonb_build_array(
    encode(entry.previous_hash, 'hex'), entry.sequence, entry.id, entry.org_id, entry.actor_id, entry.action,
    entry.target_type, entry.target_id, entry.details, entry.request_id,
    extract(epoch from entry.created_at))::text, 'UTF8'))
$$;

create function app.chain_audit_entry() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  last record;
begin
  -- One writer at a time: two rows must not follow the same one.
  perform pg_advisory_xact_lock(hashtext('admin_audit_log'));
  select sequence, hash into last from public.admin_audit_log order by sequence desc limit 1;
  new.sequence := coalesce(last.sequence, 0) + 1;
  new.previous_hash := last.hash;
  new.hash := app.audit_hash(new);
  return new;
end
$$;
create trigger admin_audit_log_chain before insert on admin_audit_log
  for each row execute function app.chain_audit_entry();
create trigger admin_audit_log_append_only before update or delete on admin_audit_log
  for each row execute function app.refuse_change();
create trigger admin_audit_log_no_truncate before truncate on admin_audit_log
  for each statement execute function app.refuse_change();

-- The first entry that does not fit the one before it; no row when the chain is whole.
create function app.broken_audit_entry() returns setof bigint
language sql stable security definer set search_path = ''
as $$
  select sequence from (
    select a.sequence, a.hash, app.audit_hash(a) as expected, a.previous_hash,
      lag(a.hash) over (order by a.sequence) as before, row_number() over (order by a.sequence) as position
    from public.admin_audit_log a
  ) entries
  where hash <> expected or previous_hash is distinct from before or sequence <> position
  order by sequence limit 1
$$;
revoke execute on function app.audit_hash(admin_audit_log), app.chain_audit_entry(), app.broken_audit_entry() from public;
grant execute on function app.audit_hash(admin_audit_log), app.broken_audit_entry() to service_role;

call app.protect('admin_audit_log', app.service_rule(),
  format('org_id = any (%s) or %s', app.sql_administered(), app.sql_reaches_all()));
revoke update, delete on admin_audit_log from service_role;
