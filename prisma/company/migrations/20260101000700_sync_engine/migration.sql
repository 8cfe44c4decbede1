-- The engine's three tables: previews, progress, activity. A migration of its own: rolling it back
-- removes them, their five trigger functions and their policies, and touches nothing else.
create type sync_action as enum ('started', 'progress', 'created', 'updated', 'deleted', 'skipped', 'failed',
  'retried', 'paused', 'resumed', 'cancelled', 'completed', 'held', 'waiting', 'audited');

create table sync_preview_cache (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  sync_type sync_type not null,
  entity_type sync_entity_type not null,
  preview_data jsonb not null default '{}',
  created_by uuid references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '1 hour'
);
create index sync_preview_cache_org_id_created_at_idx on sync_preview_cache (org_id, created_at desc);
create index sync_preview_cache_created_by_idx on sync_preview_cache (created_by);
create index sync_preview_cache_expires_at_idx on sync_preview_cache (expires_at);

-- sync_id and source_system are free texts: an operator's import reports progress like any run of ours.
create table sync_progress (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  sync_id text not null,
  entity_type sync_entity_type not null,
  source_system text not null,
  status sync_status_type not null default 'running',
  total_items integer,
  processed_count integer not null default 0,
  failed_count integer not null default 0,
  -- A position, from 1 to total_items.
  current_item integer,
  elapsed_seconds double precision not null default 0,
  speed_items_per_min double precision not null default 0,
  eta_seconds double precision,
  started_at timestamptz,
  completed_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (org_id, sync_id, entity_type)
);
create index sync_progress_org_id_updated_at_idx on sync_progress (org_id, updated_at desc, id);
create index sync_progress_sync_id_idx on sync_progress (sync_id);

create table sync_activity_log (
  id uuid not null default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  sync_id text not null,
  entity_type sync_entity_type,
  action sync_action not null,
  status sync_status_type,
  message text not null default '',
  details jsonb not null default '{}',
  user_id uuid,
  created_at timestamptz not null default now(),
  primary key (id, created_at)
) partition by range (created_at);
create index sync_activity_log_org_id_created_at_idx on sync_activity_log (org_id, created_at desc, id);
create index sync_activity_log_org_id_sync_id_created_at_idx on sync_activity_log (org_id, sync_id, created_at, id);

-- 1. Expired previews go whenever a new one is made.
create function cleanup_expired_previews() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.sync_preview_cache where expires_at <= now();
  return null;
end
$$;
create trigger sync_preview_cache_cleanup after insert on sync_preview_cache
  for each statement execute function cleanup_expired_previews();

-- 2. Totals that cannot be.
create function validate_sync_totals() returns trigger
language plpgsql set search_path = ''
as $$
declare
  fault text := case
    when new.processed_count < 0 then format('processed_count must not be negative, found %s', new.processed_count)
    when new.failed_count < 0 then format('failed_count must not be negative, found %s', new.failed_count)
    when new.total_items < 0 then format('total_items must not be negative, found %s', new.total_items)
    when new.processed_count > new.total_items then
      format('processed_count (%s) must not exceed total_items (%s)', new.processed_count, new.total_items)
    when new.failed_count > new.total_items then
      format('failed_count (%s) must not exceed total_items (%s)', new.failed_count, new.total_items)
  end;
begin
  if fault is not null then
    raise exception 'sync_progress of %: %', new.sync_id, fault
      using errcode = 'check_violation', hint = 'Raise total_items first, or correct the count.';
  end if;
  return new;
end
$$;
create trigger sync_progress_1_validate before insert or update on sync_progress
  for each row execute function validate_sync_totals();

-- 3. Elapsed, speed, ETA. Only time in status running counts: when a run goes on after a pause, a hold,
-- a wait in the queue or an end, started_at is moved forward by as much as it stood still, so that
-- elapsed_seconds = now - started_at holds at any time (the real start is in sync_job_queue).
create function calculate_sync_progress() returns trigger
language plpgsql set search_path = ''
as $$
declare
  at timestamptz := statement_timestamp();
  was_running boolean := tg_op = 'INSERT';
  remaining integer;
begin
  if tg_op = 'UPDATE' then
    was_running := old.status = 'running';
  end if;
  if new.status = 'running' then
    if tg_op = 'UPDATE' and not was_running then
      new.completed_at := null;
      if new.started_at is not distinct from old.started_at then
        new.started_at := at - make_interval(secs => old.elapsed_seconds);
      end if;
    end if;
    new.started_at := coalesce(new.started_at, at);
  end if;
  if new.status in ('completed', 'failed', 'cancelled') then
    new.completed_at := coalesce(new.completed_at, at);
  else
    new.completed_at := null;
  end if;

  if new.started_at is null then
    new.elapsed_seconds := 0;
  elsif was_running or new.status = 'running' or new.started_at is distinct from old.started_at then
    new.elapsed_seconds :=
      greatest(0, extract(epoch from coalesce(new.completed_at, at) - new.started_at));
  else
    new.elapsed_seconds := old.elapsed_seconds;
  end if;

  new.speed_items_per_min := case
    when new.processed_count > 0 and new.elapsed_seconds > 0 then new.processed_count / new.elapsed_seconds * 60
    else 0 end;
  remaining := new.total_items - new.processed_count;
  new.eta_seconds := case
    when new.status in ('failed', 'cancelled') then null
    when remaining = 0 and new.processed_count > 0 then 0
    when new.speed_items_per_min > 0 then remaining / new.speed_items_per_min * 60
  end;
  return new;
end
$$;
create trigger sync_progress_2_calculate before insert or update on sync_progress
  for each row execute function calculate_sync_progress();

-- 4. The time of the last change.
create function touch_sync_timestamp() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;
create trigger sync_progress_3_touch before insert or update on sync_progress
  for each row execute function touch_sync_timestamp();

-- 5. Status changes go to the activity log. Whatever is wrong with the log, the write goes through.
create function log_sync_activity() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  before public.sync_status_type := case when tg_op = 'UPDATE' then old.status end;
  event public.sync_action := case new.status
    when 'queued' then 'waiting'
    when 'running' then case
      when before in ('paused', 'held') then 'resumed'
      when before in ('completed', 'failed', 'cancelled') then 'retried'
      else 'started' end
    when 'paused' then 'paused'
    when 'held' then 'held'
    when 'completed' then 'completed'
    when 'failed' then 'failed'
    when 'cancelled' then 'cancelled' end;
begin
  if new.status is distinct from before then
    insert into public.sync_activity_log (org_id, sync_id, entity_type, action, status, message, details, user_id)
    values (new.org_id, new.sync_id, new.entity_type, event, new.status,
      case when before is null then format('%s: %s', new.source_system, new.status)
           else format('%s: %s, was %s', new.source_system, new.status, before) end,
      jsonb_build_object('processed', new.processed_count, 'failed', new.failed_count, 'total', new.total_items),
      app.user_id());
  end if;
  return null;
exception when others then
  raise warning 'activity of sync % was not logged: %', new.sync_id, sqlerrm;
  return null;
end
$$;
create trigger sync_progress_4_log after insert or update on sync_progress
  for each row execute function log_sync_activity();

-- A run that is deleted, with its person for instance, takes its progress and activity along: without
-- the run they would pass for the organisation's own and be shown to everybody in it.
create function app.forget_run_progress() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.sync_progress p using gone where p.org_id = gone.org_id and p.sync_id = gone.id::text;
  delete from public.sync_activity_log a using gone where a.org_id = gone.org_id and a.sync_id = gone.id::text;
  return null;
end
$$;
revoke execute on function app.forget_run_progress() from public;
create trigger sync_job_queue_forget_progress after delete on sync_job_queue
  referencing old table as gone for each statement execute function app.forget_run_progress();

-- Months of the activity log. Rows that arrived while a month was missing move from the default
-- partition to their own.
create function app.ensure_activity_partitions(months_ahead integer default 3, from_day date default current_date)
returns setof text
language plpgsql security definer set search_path = ''
as $$
declare
  month date;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('sync_activity_log'));
  for month in
    select generate_series(date_trunc('month', from_day), date_trunc('month', from_day) + make_interval(months => months_ahead), '1 month')
  loop
    part := 'sync_activity_log_' || to_char(month, 'YYYY_MM');
    continue when to_regclass('public.' || part) is not null;
    execute format('create table public.%I (like public.sync_activity_log including defaults including constraints)', part);
    execute format(
      'with moved as (delete from public.sync_activity_log_default where created_at >= %L and created_at < %L returning *) '
      'insert into public.%I select * from moved', month::timestamp at time zone 'UTC',
      (month + interval '1 month')::timestamp at time zone 'UTC', part);
    execute format('alter table public.sync_activity_log attach partition public.%I for values from (%L) to (%L)',
      part, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
    call app.protect_partition(('public.' || part)::regclass);
    return next part;
  end loop;
end
$$;

-- A partition is read and written through its parent; by its own name only the owner reaches it.
create procedure app.protect_partition(target regclass)
language plpgsql set search_path = ''
as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, authenticated, service_role', target);
  execute format('create policy %I on %s for all to current_role using (true) with check (true)',
    (select relname from pg_catalog.pg_class where oid = target) || '_owner', target);
end
$$;

-- Retention: whole months older than this many are dropped, strays in the default partition deleted.
create function app.drop_activity_partitions(months_kept integer) returns setof text
language plpgsql security definer set search_path = ''
as $$
declare
  oldest date := date_trunc('month', now() at time zone 'UTC') - make_interval(months => months_kept);
  part text;
begin
  if months_kept < 1 then
    raise exception 'months_kept must be 1 or more, found %', months_kept using errcode = 'invalid_parameter_value';
  end if;
  for part in
    select c.relname from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.sync_activity_log'::regclass
      and c.relname ~ '^sync_activity_log_\d{4}_\d{2}$'
      and to_date(right(c.relname, 7), 'YYYY_MM') < oldest
  loop
    execute format('drop table public.%I', part);
    return next part;
  end loop;
  delete from public.sync_activity_log_default where created_at < oldest::timestamp at time zone 'UTC';
end
$$;

revoke execute on function cleanup_expired_previews(), validate_sync_totals(), calculate_sync_progress(),
  touch_sync_timestamp(), log_sync_activity() from public;
revoke execute on function app.ensure_activity_partitions(integer, date), app.drop_activity_partitions(integer) from public;
revoke execute on procedure app.protect_partition(regclass) from public;
grant execute on function app.ensure_activity_partitions(integer, date), app.drop_activity_partitions(integer) to service_role;

create table sync_activity_log_default partition of sync_activity_log default;
call app.protect_partition('sync_activity_log_default');
select app.ensure_activity_partitions();

-- Four policies a table, one per command, each for all three roles: an operator's plain SQL as the
-- owner, a service for its organisation, a member's reading.
do $$
declare
  item record;
  writers constant text := format(
    '((select current_user = ''service_role'') and (%s)) or '
    '(select case when current_user in (''authenticated'', ''service_role'') then false else app.acts_as_owner() end)',
    app.service_rule());
begin
  for item in select name, format(own_or_shared, app.sql_asker()) as own_or_shared from (values
    ('sync_preview_cache', 'created_by = %1$s or created_by is null'),
    ('sync_progress', 'coalesce(app.run_owner(sync_id) = %1$s, true)'),
    ('sync_activity_log', 'user_id = %1$s or coalesce(app.run_owner(sync_id) = %1$s, user_id is null)')
  ) as tables (name, own_or_shared)
  loop
    execute format('alter table %I enable row level security', item.name);
    execute format('alter table %I force row level security', item.name);
    execute format('revoke all on %I from public, authenticated, service_role', item.name);
    execute format('grant select on %I to authenticated', item.name);
    execute format('grant select, insert, update, delete on %I to service_role', item.name);
    execute format(
      'create policy %I on %I for select to current_role, service_role, authenticated using ('
      '((select current_user = ''authenticated'') and %s and (%s or org_id = any (%s))) or %s)',
      item.name || '_select', item.name, app.organization_rule(), item.own_or_shared, app.sql_administered(), writers);
    execute format('create policy %I on %I for insert to current_role, service_role with check (%s)',
      item.name || '_insert', item.name, writers);
    execute format('create policy %I on %I for update to current_role, service_role using (%s) with check (%s)',
      item.name || '_update', item.name, writers, writers);
    execute format('create policy %I on %I for delete to current_role, service_role using (%s)',
      item.name || '_delete', item.name, writers);
  end loop;
end
$$;
