-- Runs as a tenant sees them (pg-boss only executes), their failures, retry policy and schedules.
create type sync_type as enum ('initial_mail', 'mail_follow_up', 'calendar', 'onedrive', 'users', 'external');
create type sync_entity_type as enum ('message', 'appointment', 'file', 'user', 'customer', 'contact', 'product', 'order');
create type sync_status_type as enum ('queued', 'running', 'paused', 'held', 'completed', 'failed', 'cancelled');

create table sync_job_queue (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  -- Whose data the run works on; null: the organisation's.
  user_id uuid references auth.users (id) on delete cascade,
  kind sync_type not null,
  target_id uuid not null,
  status sync_status_type not null default 'queued',
  phase text,
  entity_type sync_entity_type not null,
  source_system text not null,
  priority integer not null default 0,
  idempotency_key text,
  input jsonb not null default '{}',
  checkpoint jsonb,
  result jsonb,
  attempt integer not null default 0,
  lost_leases integer not null default 0,
  lease_owner text,
  -- The fencing number: every page commit names the one it was given.
  lease_number bigint not null default 0,
  lease_expires_at timestamptz,
  heartbeat_at timestamptz,
  next_attempt_at timestamptz,
  requested_action text check (requested_action in ('pause', 'cancel')),
  waiting_until timestamptz,
  waiting_reason text,
  paused_seconds double precision not null default 0,
  paused_at timestamptz,
  error_code text,
  error_message text,
  uses_override boolean not null default false,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, id)
);
create unique index sync_job_queue_idempotency_key
  on sync_job_queue (org_id, kind, idempotency_key) where idempotency_key is not null;
-- Two starts of the same thing at once: exactly one wins.
create unique index sync_job_queue_one_live_run
  on sync_job_queue (org_id, kind, target_id) where status in ('queued', 'running', 'paused', 'held');
create index sync_job_queue_org_id_created_at_idx on sync_job_queue (org_id, created_at desc, id);
create index sync_job_queue_org_id_user_id_created_at_idx on sync_job_queue (org_id, user_id, created_at desc, id);
create index sync_job_queue_user_id_idx on sync_job_queue (user_id);
create index sync_job_queue_lease_expires_at_idx on sync_job_queue (lease_expires_at) where status = 'running';
create index sync_job_queue_next_attempt_at_idx on sync_job_queue (next_attempt_at) where status = 'queued';
-- A worker's claim: the next runs of each organisation, and how many it has running.
create index sync_job_queue_org_id_queued_idx on sync_job_queue (org_id, priority desc, queued_at) where status = 'queued';
create index sync_job_queue_org_id_running_idx on sync_job_queue (org_id) where status = 'running';
create trigger sync_job_queue_touch before update on sync_job_queue
  for each row execute function app.touch_updated_at();
call app.protect('sync_job_queue', app.service_rule(), app.member_rule('user_id', true));

-- Whose run a progress or activity row speaks of; null for the organisation's runs and for texts
-- that are no run of ours. It must see every run: judged by what the asker sees, another member's
-- run would look like a free text and be shown.
create function app.run_owner(sync_id text) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  if sync_id !~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return null;
  end if;
  return (select q.user_id from public.sync_job_queue q where q.id = sync_id::uuid);
end
$$;
revoke execute on function app.run_owner(text) from public;
grant execute on function app.run_owner(text) to authenticated, service_role;

-- No secrets, no mail text.
create table sync_error_log (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  sync_id text not null,
  user_id uuid references auth.users (id) on delete cascade,
  code text not null,
  message text not null,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sync_error_log_org_id_created_at_idx on sync_error_log (org_id, created_at desc, id);
create index sync_error_log_org_id_sync_id_idx on sync_error_log (org_id, sync_id);
create index sync_error_log_user_id_idx on sync_error_log (user_id);
call app.protect('sync_error_log', app.service_rule(), app.member_rule('user_id', true));

create table sync_failed_item (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  run_id uuid not null,
  user_id uuid references auth.users (id) on delete cascade,
  item_key text not null,
  code text not null,
  message text not null,
  attempts integer not null default 1,
  status text not null default 'open' check (status in ('open', 'retried', 'resolved', 'discarded')),
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, run_id, item_key),
  foreign key (org_id, run_id) references sync_job_queue (org_id, id) on delete cascade
);
create index sync_failed_item_org_id_status_idx on sync_failed_item (org_id, status, last_seen_at desc, id);
create index sync_failed_item_user_id_idx on sync_failed_item (user_id);
create trigger sync_failed_item_touch before update on sync_failed_item
  for each row execute function app.touch_updated_at();
call app.protect('sync_failed_item', app.service_rule(), app.member_rule('user_id', true));

-- What to do for each failure; edits take effect at once. Durations in seconds.
create table sync_retry_policy (
  failure_code text primary key,
  max_attempts integer not null check (max_attempts >= 1),
  base_seconds double precision not null check (base_seconds >= 0),
  max_seconds double precision not null check (max_seconds >= base_seconds),
  multiplier double precision not null default 2 check (multiplier >= 1),
  jitter double precision not null default 0.2 check (jitter between 0 and 1),
  action text not null check (action in ('retry', 'reconnect', 'set_aside', 'fail')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger sync_retry_policy_touch before update on sync_retry_policy
  for each row execute function app.touch_updated_at();
call app.protect('sync_retry_policy', app.sql_serves_all(), app.sql_is_active());
-- A job of any organisation reads the policy; only maintenance and the owner change it.
create policy sync_retry_policy_service_read on sync_retry_policy for select to service_role
  using ((select app.service_organization()) is not null);

insert into sync_retry_policy (failure_code, max_attempts, base_seconds, max_seconds, action) values
  ('RATE_LIMITED', 20, 5, 3600, 'retry'),
  -- 20 + 40 + 80 + 160 + 320 s: six tries over more than ten minutes
  ('PROVIDER_UNAVAILABLE', 6, 20, 600, 'retry'),
  ('PROVIDER_TIMEOUT', 6, 20, 600, 'retry'),
  ('PROVIDER_PROTOCOL', 5, 5, 300, 'retry'),
  ('CURSOR_EXPIRED', 3, 1, 60, 'retry'),
  ('NEEDS_REAUTH', 1, 0, 0, 'reconnect'),
  ('FORBIDDEN', 1, 0, 0, 'fail'),
  ('NOT_FOUND', 1, 0, 0, 'set_aside'),
  ('CONFLICT', 3, 2, 60, 'set_aside'),
  ('UNSAFE_URL', 1, 0, 0, 'fail'),
  ('PAGE_LOOP', 3, 5, 60, 'fail'),
  ('ITEM_INVALID', 1, 0, 0, 'set_aside'),
  ('DATABASE', 20, 2, 60, 'retry'),
  ('INTERNAL', 3, 2, 60, 'retry');

-- What fires regularly; each schedule of the program adds its own row at its first tick.
create table sync_schedule (
  id uuid primary key default gen_random_uuid(),
  -- Null: of the whole database.
  org_id uuid references organization (id) on delete cascade,
  name text not null,
  cron text not null,
  time_zone text not null default 'UTC',
  enabled boolean not null default true,
  last_run_at timestamptz,
  next_run_at timestamptz,
  jitter_seconds integer not null default 0 check (jitter_seconds >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (org_id, name)
);
create trigger sync_schedule_touch before update on sync_schedule
  for each row execute function app.touch_updated_at();
call app.protect('sync_schedule', app.service_rule(),
  format('(org_id is null and %s) or %s', app.sql_is_active(), app.organization_rule()));
