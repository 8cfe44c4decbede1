-- What the migrations make, read back from a migrated database by scripts/dump-schema.ts. Never edited.

-- ==== schema app
create schema app

-- ==== schema auth
create schema auth

-- ==== schema live
create schema live

-- ==== enum public.sync_action
create type public.sync_action as enum ('started', 'progress', 'created', 'updated', 'deleted', 'skipped', 'failed', 'retried', 'paused', 'resumed', 'cancelled', 'completed', 'held', 'waiting', 'audited')

-- ==== enum public.sync_entity_type
create type public.sync_entity_type as enum ('message', 'appointment', 'file', 'user', 'customer', 'contact', 'product', 'order')

-- ==== enum public.sync_status_type
create type public.sync_status_type as enum ('queued', 'running', 'paused', 'held', 'completed', 'failed', 'cancelled')

-- ==== enum public.sync_type
create type public.sync_type as enum ('initial_mail', 'mail_follow_up', 'calendar', 'onedrive', 'users', 'external')

-- ==== enum public.user_role
create type public.user_role as enum ('user', 'admin', 'super_admin')

-- ==== table auth.users
create table auth.users -- 7 columns
  banned_until timestamp with time zone
  created_at timestamp with time zone default now()
  email text
  id uuid not null default gen_random_uuid()
  last_sign_in_at timestamp with time zone
  raw_user_meta_data jsonb not null default '{}'::jsonb
  updated_at timestamp with time zone default now()
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table auth.users_extended
create table auth.users_extended -- 8 columns
  avatar_url text
  created_at timestamp with time zone not null default now()
  email text not null
  full_name text
  id uuid not null
  is_active boolean not null default true
  org_id uuid not null
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table live.event
create unlogged table live.event -- 6 columns
  at timestamp with time zone
  id bigint not null generated as identity
  key uuid
  org_id uuid
  topic text not null
  xid xid8 not null default pg_current_xact_id()
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.admin_audit_log
create table public.admin_audit_log -- 12 columns
  action text not null
  actor_id uuid
  created_at timestamp with time zone not null default now()
  details jsonb not null default '{}'::jsonb
  hash bytea not null
  id uuid not null default gen_random_uuid()
  org_id uuid
  previous_hash bytea
  request_id text
  sequence bigint not null
  target_id text
  target_type text
  row security enabled, forced
  grant select to authenticated
  grant insert, select to service_role

-- ==== table public.connections
create table public.connections -- 19 columns
  account_email text
  account_subject text
  can_manual_sync boolean not null default true
  created_at timestamp with time zone not null default now()
  generation integer not null default 1
  grant_id uuid
  id uuid not null default gen_random_uuid()
  initial_sync_completed boolean not null default false
  initial_sync_completed_at timestamp with time zone
  initial_sync_started_at timestamp with time zone
  last_sync_at timestamp with time zone
  locked_by uuid
  org_id uuid not null
  provider_key text not null
  status text not null default 'connected'::text
  status_reason text
  sync_lock_reason text
  tenant_id uuid not null
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.idempotency_keys
create table public.idempotency_keys -- 9 columns
  created_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  key text not null
  operation text not null
  org_id uuid not null
  request_hash text not null
  response jsonb
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.initial_sync_claim
create table public.initial_sync_claim -- 11 columns
  connection_id uuid not null
  created_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  org_id uuid not null
  provider_key text not null
  requested_by uuid
  run_id uuid
  settled_at timestamp with time zone
  state text not null default 'claiming'::text
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.mail_folders
create table public.mail_folders -- 12 columns
  connection_id uuid not null
  created_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  name text not null
  org_id uuid not null
  provider_folder_id text not null
  total_count integer
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  watermark text
  watermark_taken_at timestamp with time zone
  well_known text
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.mail_outbox
create table public.mail_outbox -- 12 columns
  attempts integer not null default 0
  body text not null
  created_at timestamp with time zone not null default now()
  dedupe_key text
  id uuid not null default gen_random_uuid()
  last_error text
  org_id uuid not null
  sent_at timestamp with time zone
  subject text not null
  to_address text not null
  updated_at timestamp with time zone not null default now()
  user_id uuid
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.messages
create table public.messages -- 32 columns
  attachments jsonb not null default '[]'::jsonb
  bcc_recipients jsonb not null default '[]'::jsonb
  body_html text
  body_text text
  cc_recipients jsonb not null default '[]'::jsonb
  change_key text
  connection_id uuid not null
  content_hash bytea
  created_at timestamp with time zone not null default now()
  deleted_at timestamp with time zone
  direction text not null
  folder text
  folder_id text
  from_address text
  from_name text
  has_attachments boolean not null default false
  id uuid not null default gen_random_uuid()
  internet_message_id text
  is_read boolean not null default false
  labels text[] not null default '{}'::text[]
  org_id uuid not null
  provider_message_id text not null
  received_at timestamp with time zone
  run_id uuid
  sent_at timestamp with time zone
  size_bytes bigint
  snippet text
  subject text
  thread_id text
  to_recipients jsonb not null default '[]'::jsonb
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.notifications
create table public.notifications -- 11 columns
  body text not null default ''::text
  created_at timestamp with time zone not null default now()
  data jsonb not null default '{}'::jsonb
  dedupe_key text
  id uuid not null default gen_random_uuid()
  kind text not null
  org_id uuid not null
  read_at timestamp with time zone
  title text not null
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.oauth_authorizations
create table public.oauth_authorizations -- 13 columns
  browser_hash bytea not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  id uuid not null default gen_random_uuid()
  org_id uuid not null
  purpose text not null
  scopes text[] not null default '{}'::text[]
  sealed text not null
  state_hash bytea not null
  updated_at timestamp with time zone not null default now()
  used_at timestamp with time zone
  user_id uuid not null
  vendor text not null
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.organization
create table public.organization -- 7 columns
  created_at timestamp with time zone not null default now()
  description text
  id uuid not null default gen_random_uuid()
  is_active boolean not null default true
  name text not null
  slug text not null
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.provider_grants
create table public.provider_grants -- 20 columns
  access_expires_at timestamp with time zone
  access_token_sealed text
  created_at timestamp with time zone not null default now()
  email text
  generation integer not null default 1
  id uuid not null default gen_random_uuid()
  org_id uuid not null
  refresh_failures integer not null default 0
  refresh_retry_at timestamp with time zone
  refresh_token_sealed text
  refreshed_at timestamp with time zone
  scopes text[] not null default '{}'::text[]
  status text not null default 'active'::text
  status_at timestamp with time zone
  status_reason text
  subject text not null
  tenant text
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  vendor text not null
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.sync_activity_log
create table public.sync_activity_log -- 10 columns
  action public.sync_action not null
  created_at timestamp with time zone not null default now()
  details jsonb not null default '{}'::jsonb
  entity_type public.sync_entity_type
  id uuid not null default gen_random_uuid()
  message text not null default ''::text
  org_id uuid not null
  status public.sync_status_type
  sync_id text not null
  user_id uuid
  partition by RANGE (created_at)
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_activity_log_default
create table public.sync_activity_log_default -- 10 columns
  action public.sync_action not null
  created_at timestamp with time zone not null default now()
  details jsonb not null default '{}'::jsonb
  entity_type public.sync_entity_type
  id uuid not null default gen_random_uuid()
  message text not null default ''::text
  org_id uuid not null
  status public.sync_status_type
  sync_id text not null
  user_id uuid
  partition of public.sync_activity_log DEFAULT
  row security enabled, forced

-- ==== table public.sync_error_log
create table public.sync_error_log -- 10 columns
  code text not null
  created_at timestamp with time zone not null default now()
  details jsonb not null default '{}'::jsonb
  id uuid not null default gen_random_uuid()
  message text not null
  org_id uuid not null
  request_id text
  sync_id text not null
  updated_at timestamp with time zone not null default now()
  user_id uuid
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_failed_item
create table public.sync_failed_item -- 13 columns
  attempts integer not null default 1
  code text not null
  created_at timestamp with time zone not null default now()
  first_seen_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  item_key text not null
  last_seen_at timestamp with time zone not null default now()
  message text not null
  org_id uuid not null
  run_id uuid not null
  status text not null default 'open'::text
  updated_at timestamp with time zone not null default now()
  user_id uuid
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_job_queue
create table public.sync_job_queue -- 34 columns
  attempt integer not null default 0
  checkpoint jsonb
  completed_at timestamp with time zone
  created_at timestamp with time zone not null default now()
  entity_type public.sync_entity_type not null
  error_code text
  error_message text
  heartbeat_at timestamp with time zone
  id uuid not null default gen_random_uuid()
  idempotency_key text
  input jsonb not null default '{}'::jsonb
  kind public.sync_type not null
  lease_expires_at timestamp with time zone
  lease_number bigint not null default 0
  lease_owner text
  lost_leases integer not null default 0
  next_attempt_at timestamp with time zone
  org_id uuid not null
  paused_at timestamp with time zone
  paused_seconds double precision not null default 0
  phase text
  priority integer not null default 0
  queued_at timestamp with time zone not null default now()
  requested_action text
  result jsonb
  source_system text not null
  started_at timestamp with time zone
  status public.sync_status_type not null default 'queued'::public.sync_status_type
  target_id uuid not null
  updated_at timestamp with time zone not null default now()
  user_id uuid
  uses_override boolean not null default false
  waiting_reason text
  waiting_until timestamp with time zone
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_preview_cache
create table public.sync_preview_cache -- 8 columns
  created_at timestamp with time zone not null default now()
  created_by uuid
  entity_type public.sync_entity_type not null
  expires_at timestamp with time zone not null default (now() + '01:00:00'::interval)
  id uuid not null default gen_random_uuid()
  org_id uuid not null
  preview_data jsonb not null default '{}'::jsonb
  sync_type public.sync_type not null
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_progress
create table public.sync_progress -- 16 columns
  completed_at timestamp with time zone
  current_item integer
  elapsed_seconds double precision not null default 0
  entity_type public.sync_entity_type not null
  eta_seconds double precision
  failed_count integer not null default 0
  id uuid not null default gen_random_uuid()
  org_id uuid not null
  processed_count integer not null default 0
  source_system text not null
  speed_items_per_min double precision not null default 0
  started_at timestamp with time zone
  status public.sync_status_type not null default 'running'::public.sync_status_type
  sync_id text not null
  total_items integer
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_retry_policy
create table public.sync_retry_policy -- 9 columns
  action text not null
  base_seconds double precision not null
  created_at timestamp with time zone not null default now()
  failure_code text not null
  jitter double precision not null default 0.2
  max_attempts integer not null
  max_seconds double precision not null
  multiplier double precision not null default 2
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.sync_schedule
create table public.sync_schedule -- 11 columns
  created_at timestamp with time zone not null default now()
  cron text not null
  enabled boolean not null default true
  id uuid not null default gen_random_uuid()
  jitter_seconds integer not null default 0
  last_run_at timestamp with time zone
  name text not null
  next_run_at timestamp with time zone
  org_id uuid
  time_zone text not null default 'UTC'::text
  updated_at timestamp with time zone not null default now()
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.user_organizations
create table public.user_organizations -- 5 columns
  created_at timestamp with time zone not null default now()
  is_implied boolean not null default false
  organization_id uuid not null
  role text not null default 'member'::text
  user_id uuid not null
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== table public.user_profile_fault
create table public.user_profile_fault -- 7 columns
  created_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  message text not null
  operation text not null
  resolved_at timestamp with time zone
  sqlstate text not null
  user_id uuid not null
  row security enabled, forced
  grant delete, insert, select, update to service_role

-- ==== table public.user_profiles
create table public.user_profiles -- 12 columns
  created_at timestamp with time zone not null default now()
  deactivated_at timestamp with time zone
  deactivated_by uuid
  deactivation_reason text
  id uuid not null default gen_random_uuid()
  is_active boolean not null default true
  last_login timestamp with time zone
  role public.user_role not null default 'user'::public.user_role
  sso_provider text
  sso_user_id text
  updated_at timestamp with time zone not null default now()
  user_id uuid not null
  row security enabled, forced
  grant select to authenticated
  grant delete, insert, select, update to service_role

-- ==== constraint admin_audit_log_pkey on public.admin_audit_log
PRIMARY KEY (id)

-- ==== constraint admin_audit_log_sequence_key on public.admin_audit_log
UNIQUE (sequence)

-- ==== constraint connections_locked_by_fkey on public.connections
FOREIGN KEY (locked_by) REFERENCES auth.users(id) ON DELETE SET NULL

-- ==== constraint connections_org_id_fkey on public.connections
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint connections_org_id_grant_id_fkey on public.connections
FOREIGN KEY (org_id, grant_id) REFERENCES public.provider_grants(org_id, id) ON DELETE SET NULL (grant_id)

-- ==== constraint connections_org_id_id_key on public.connections
UNIQUE (org_id, id)

-- ==== constraint connections_org_id_tenant_id_provider_key_key on public.connections
UNIQUE (org_id, tenant_id, provider_key)

-- ==== constraint connections_pkey on public.connections
PRIMARY KEY (id)

-- ==== constraint connections_provider_key_check on public.connections
CHECK ((provider_key = ANY (ARRAY['outlook'::text, 'gmail'::text])))

-- ==== constraint connections_status_check on public.connections
CHECK ((status = ANY (ARRAY['connected'::text, 'reconnect_required'::text, 'disconnected'::text])))

-- ==== constraint connections_tenant_id_fkey on public.connections
FOREIGN KEY (tenant_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint event_pkey on live.event
PRIMARY KEY (xid, id)

-- ==== constraint idempotency_keys_key_check on public.idempotency_keys
CHECK (((length(key) >= 1) AND (length(key) <= 255)))

-- ==== constraint idempotency_keys_org_id_fkey on public.idempotency_keys
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint idempotency_keys_org_id_user_id_operation_key_key on public.idempotency_keys
UNIQUE (org_id, user_id, operation, key)

-- ==== constraint idempotency_keys_pkey on public.idempotency_keys
PRIMARY KEY (id)

-- ==== constraint idempotency_keys_user_id_fkey on public.idempotency_keys
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint initial_sync_claim_org_id_connection_id_fkey on public.initial_sync_claim
FOREIGN KEY (org_id, connection_id) REFERENCES public.connections(org_id, id) ON DELETE CASCADE

-- ==== constraint initial_sync_claim_org_id_fkey on public.initial_sync_claim
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint initial_sync_claim_pkey on public.initial_sync_claim
PRIMARY KEY (id)

-- ==== constraint initial_sync_claim_provider_key_check on public.initial_sync_claim
CHECK ((provider_key = ANY (ARRAY['outlook'::text, 'gmail'::text])))

-- ==== constraint initial_sync_claim_state_check on public.initial_sync_claim
CHECK ((state = ANY (ARRAY['claiming'::text, 'started'::text, 'returned'::text, 'denied'::text])))

-- ==== constraint initial_sync_claim_user_id_fkey on public.initial_sync_claim
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint mail_folders_org_id_connection_id_fkey on public.mail_folders
FOREIGN KEY (org_id, connection_id) REFERENCES public.connections(org_id, id) ON DELETE CASCADE

-- ==== constraint mail_folders_org_id_connection_id_provider_folder_id_key on public.mail_folders
UNIQUE (org_id, connection_id, provider_folder_id)

-- ==== constraint mail_folders_org_id_fkey on public.mail_folders
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint mail_folders_pkey on public.mail_folders
PRIMARY KEY (id)

-- ==== constraint mail_outbox_org_id_dedupe_key_key on public.mail_outbox
UNIQUE (org_id, dedupe_key)

-- ==== constraint mail_outbox_org_id_fkey on public.mail_outbox
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint mail_outbox_pkey on public.mail_outbox
PRIMARY KEY (id)

-- ==== constraint mail_outbox_user_id_fkey on public.mail_outbox
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint messages_direction_check on public.messages
CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text])))

-- ==== constraint messages_org_id_connection_id_fkey on public.messages
FOREIGN KEY (org_id, connection_id) REFERENCES public.connections(org_id, id) ON DELETE CASCADE

-- ==== constraint messages_org_id_connection_id_provider_message_id_key on public.messages
UNIQUE (org_id, connection_id, provider_message_id)

-- ==== constraint messages_org_id_fkey on public.messages
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint messages_pkey on public.messages
PRIMARY KEY (id)

-- ==== constraint notifications_org_id_fkey on public.notifications
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint notifications_org_id_user_id_dedupe_key_key on public.notifications
UNIQUE (org_id, user_id, dedupe_key)

-- ==== constraint notifications_pkey on public.notifications
PRIMARY KEY (id)

-- ==== constraint notifications_user_id_fkey on public.notifications
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint oauth_authorizations_org_id_fkey on public.oauth_authorizations
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint oauth_authorizations_pkey on public.oauth_authorizations
PRIMARY KEY (id)

-- ==== constraint oauth_authorizations_state_hash_key on public.oauth_authorizations
UNIQUE (state_hash)

-- ==== constraint oauth_authorizations_user_id_fkey on public.oauth_authorizations
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint oauth_authorizations_vendor_check on public.oauth_authorizations
CHECK ((vendor = ANY (ARRAY['microsoft'::text, 'google'::text])))

-- ==== constraint organization_pkey on public.organization
PRIMARY KEY (id)

-- ==== constraint organization_slug_key on public.organization
UNIQUE (slug)

-- ==== constraint provider_grants_org_id_fkey on public.provider_grants
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint provider_grants_org_id_id_key on public.provider_grants
UNIQUE (org_id, id)

-- ==== constraint provider_grants_org_id_user_id_vendor_subject_key on public.provider_grants
UNIQUE (org_id, user_id, vendor, subject)

-- ==== constraint provider_grants_pkey on public.provider_grants
PRIMARY KEY (id)

-- ==== constraint provider_grants_status_check on public.provider_grants
CHECK ((status = ANY (ARRAY['active'::text, 'reconnect_required'::text, 'revoked'::text])))

-- ==== constraint provider_grants_user_id_fkey on public.provider_grants
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint provider_grants_vendor_check on public.provider_grants
CHECK ((vendor = ANY (ARRAY['microsoft'::text, 'google'::text])))

-- ==== constraint sync_activity_log_org_id_fkey on public.sync_activity_log
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_activity_log_pkey on public.sync_activity_log
PRIMARY KEY (id, created_at)

-- ==== constraint sync_error_log_org_id_fkey on public.sync_error_log
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_error_log_pkey on public.sync_error_log
PRIMARY KEY (id)

-- ==== constraint sync_error_log_user_id_fkey on public.sync_error_log
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint sync_failed_item_org_id_fkey on public.sync_failed_item
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_failed_item_org_id_run_id_fkey on public.sync_failed_item
FOREIGN KEY (org_id, run_id) REFERENCES public.sync_job_queue(org_id, id) ON DELETE CASCADE

-- ==== constraint sync_failed_item_org_id_run_id_item_key_key on public.sync_failed_item
UNIQUE (org_id, run_id, item_key)

-- ==== constraint sync_failed_item_pkey on public.sync_failed_item
PRIMARY KEY (id)

-- ==== constraint sync_failed_item_status_check on public.sync_failed_item
CHECK ((status = ANY (ARRAY['open'::text, 'retried'::text, 'resolved'::text, 'discarded'::text])))

-- ==== constraint sync_failed_item_user_id_fkey on public.sync_failed_item
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint sync_job_queue_org_id_fkey on public.sync_job_queue
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_job_queue_org_id_id_key on public.sync_job_queue
UNIQUE (org_id, id)

-- ==== constraint sync_job_queue_pkey on public.sync_job_queue
PRIMARY KEY (id)

-- ==== constraint sync_job_queue_requested_action_check on public.sync_job_queue
CHECK ((requested_action = ANY (ARRAY['pause'::text, 'cancel'::text])))

-- ==== constraint sync_job_queue_user_id_fkey on public.sync_job_queue
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint sync_preview_cache_created_by_fkey on public.sync_preview_cache
FOREIGN KEY (created_by) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint sync_preview_cache_org_id_fkey on public.sync_preview_cache
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_preview_cache_pkey on public.sync_preview_cache
PRIMARY KEY (id)

-- ==== constraint sync_progress_org_id_fkey on public.sync_progress
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_progress_org_id_sync_id_entity_type_key on public.sync_progress
UNIQUE (org_id, sync_id, entity_type)

-- ==== constraint sync_progress_pkey on public.sync_progress
PRIMARY KEY (id)

-- ==== constraint sync_retry_policy_action_check on public.sync_retry_policy
CHECK ((action = ANY (ARRAY['retry'::text, 'reconnect'::text, 'set_aside'::text, 'fail'::text])))

-- ==== constraint sync_retry_policy_base_seconds_check on public.sync_retry_policy
CHECK ((base_seconds >= (0)::double precision))

-- ==== constraint sync_retry_policy_check on public.sync_retry_policy
CHECK ((max_seconds >= base_seconds))

-- ==== constraint sync_retry_policy_jitter_check on public.sync_retry_policy
CHECK (((jitter >= (0)::double precision) AND (jitter <= (1)::double precision)))

-- ==== constraint sync_retry_policy_max_attempts_check on public.sync_retry_policy
CHECK ((max_attempts >= 1))

-- ==== constraint sync_retry_policy_multiplier_check on public.sync_retry_policy
CHECK ((multiplier >= (1)::double precision))

-- ==== constraint sync_retry_policy_pkey on public.sync_retry_policy
PRIMARY KEY (failure_code)

-- ==== constraint sync_schedule_jitter_seconds_check on public.sync_schedule
CHECK ((jitter_seconds >= 0))

-- ==== constraint sync_schedule_org_id_fkey on public.sync_schedule
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint sync_schedule_org_id_name_key on public.sync_schedule
UNIQUE NULLS NOT DISTINCT (org_id, name)

-- ==== constraint sync_schedule_pkey on public.sync_schedule
PRIMARY KEY (id)

-- ==== constraint user_organizations_organization_id_fkey on public.user_organizations
FOREIGN KEY (organization_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint user_organizations_pkey on public.user_organizations
PRIMARY KEY (user_id, organization_id)

-- ==== constraint user_organizations_role_check on public.user_organizations
CHECK ((role = ANY (ARRAY['member'::text, 'admin'::text])))

-- ==== constraint user_organizations_user_id_fkey on public.user_organizations
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint user_profile_fault_pkey on public.user_profile_fault
PRIMARY KEY (id)

-- ==== constraint user_profiles_deactivated_by_fkey on public.user_profiles
FOREIGN KEY (deactivated_by) REFERENCES auth.users(id) ON DELETE SET NULL

-- ==== constraint user_profiles_pkey on public.user_profiles
PRIMARY KEY (id)

-- ==== constraint user_profiles_user_id_fkey on public.user_profiles
FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint user_profiles_user_id_key on public.user_profiles
UNIQUE (user_id)

-- ==== constraint users_email_key on auth.users
UNIQUE (email)

-- ==== constraint users_extended_email_key on auth.users_extended
UNIQUE (email)

-- ==== constraint users_extended_id_fkey on auth.users_extended
FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE

-- ==== constraint users_extended_org_id_fkey on auth.users_extended
FOREIGN KEY (org_id) REFERENCES public.organization(id) ON DELETE CASCADE

-- ==== constraint users_extended_pkey on auth.users_extended
PRIMARY KEY (id)

-- ==== constraint users_pkey on auth.users
PRIMARY KEY (id)

-- ==== index admin_audit_log_org_id_created_at_idx on public.admin_audit_log
CREATE INDEX admin_audit_log_org_id_created_at_idx ON public.admin_audit_log USING btree (org_id, created_at DESC, id)

-- ==== index admin_audit_log_pkey on public.admin_audit_log
CREATE UNIQUE INDEX admin_audit_log_pkey ON public.admin_audit_log USING btree (id)

-- ==== index admin_audit_log_sequence_key on public.admin_audit_log
CREATE UNIQUE INDEX admin_audit_log_sequence_key ON public.admin_audit_log USING btree (sequence)

-- ==== index connections_locked_by_idx on public.connections
CREATE INDEX connections_locked_by_idx ON public.connections USING btree (locked_by)

-- ==== index connections_org_id_grant_id_idx on public.connections
CREATE INDEX connections_org_id_grant_id_idx ON public.connections USING btree (org_id, grant_id)

-- ==== index connections_org_id_id_key on public.connections
CREATE UNIQUE INDEX connections_org_id_id_key ON public.connections USING btree (org_id, id)

-- ==== index connections_org_id_tenant_id_provider_key_key on public.connections
CREATE UNIQUE INDEX connections_org_id_tenant_id_provider_key_key ON public.connections USING btree (org_id, tenant_id, provider_key)

-- ==== index connections_pkey on public.connections
CREATE UNIQUE INDEX connections_pkey ON public.connections USING btree (id)

-- ==== index connections_tenant_id_provider_key_can_manual_sync_idx on public.connections
CREATE INDEX connections_tenant_id_provider_key_can_manual_sync_idx ON public.connections USING btree (tenant_id, provider_key, can_manual_sync)

-- ==== index event_pkey on live.event
CREATE UNIQUE INDEX event_pkey ON live.event USING btree (xid, id)

-- ==== index idempotency_keys_created_at_idx on public.idempotency_keys
CREATE INDEX idempotency_keys_created_at_idx ON public.idempotency_keys USING btree (created_at)

-- ==== index idempotency_keys_org_id_user_id_operation_key_key on public.idempotency_keys
CREATE UNIQUE INDEX idempotency_keys_org_id_user_id_operation_key_key ON public.idempotency_keys USING btree (org_id, user_id, operation, key)

-- ==== index idempotency_keys_pkey on public.idempotency_keys
CREATE UNIQUE INDEX idempotency_keys_pkey ON public.idempotency_keys USING btree (id)

-- ==== index idempotency_keys_user_id_idx on public.idempotency_keys
CREATE INDEX idempotency_keys_user_id_idx ON public.idempotency_keys USING btree (user_id)

-- ==== index initial_sync_claim_open_idx on public.initial_sync_claim
CREATE INDEX initial_sync_claim_open_idx ON public.initial_sync_claim USING btree (created_at) WHERE (settled_at IS NULL)

-- ==== index initial_sync_claim_org_id_connection_id_idx on public.initial_sync_claim
CREATE INDEX initial_sync_claim_org_id_connection_id_idx ON public.initial_sync_claim USING btree (org_id, connection_id)

-- ==== index initial_sync_claim_pkey on public.initial_sync_claim
CREATE UNIQUE INDEX initial_sync_claim_pkey ON public.initial_sync_claim USING btree (id)

-- ==== index initial_sync_claim_user_id_idx on public.initial_sync_claim
CREATE INDEX initial_sync_claim_user_id_idx ON public.initial_sync_claim USING btree (user_id)

-- ==== index mail_folders_org_id_connection_id_provider_folder_id_key on public.mail_folders
CREATE UNIQUE INDEX mail_folders_org_id_connection_id_provider_folder_id_key ON public.mail_folders USING btree (org_id, connection_id, provider_folder_id)

-- ==== index mail_folders_pkey on public.mail_folders
CREATE UNIQUE INDEX mail_folders_pkey ON public.mail_folders USING btree (id)

-- ==== index mail_outbox_org_id_dedupe_key_key on public.mail_outbox
CREATE UNIQUE INDEX mail_outbox_org_id_dedupe_key_key ON public.mail_outbox USING btree (org_id, dedupe_key)

-- ==== index mail_outbox_pkey on public.mail_outbox
CREATE UNIQUE INDEX mail_outbox_pkey ON public.mail_outbox USING btree (id)

-- ==== index mail_outbox_unsent_idx on public.mail_outbox
CREATE INDEX mail_outbox_unsent_idx ON public.mail_outbox USING btree (created_at) WHERE (sent_at IS NULL)

-- ==== index mail_outbox_user_id_idx on public.mail_outbox
CREATE INDEX mail_outbox_user_id_idx ON public.mail_outbox USING btree (user_id)

-- ==== index messages_org_id_connection_id_provider_message_id_key on public.messages
CREATE UNIQUE INDEX messages_org_id_connection_id_provider_message_id_key ON public.messages USING btree (org_id, connection_id, provider_message_id)

-- ==== index messages_org_id_connection_id_received_at_idx on public.messages
CREATE INDEX messages_org_id_connection_id_received_at_idx ON public.messages USING btree (org_id, connection_id, received_at DESC, id)

-- ==== index messages_org_id_user_id_received_at_idx on public.messages
CREATE INDEX messages_org_id_user_id_received_at_idx ON public.messages USING btree (org_id, user_id, received_at DESC, id)

-- ==== index messages_pkey on public.messages
CREATE UNIQUE INDEX messages_pkey ON public.messages USING btree (id)

-- ==== index notifications_org_id_user_id_created_at_idx on public.notifications
CREATE INDEX notifications_org_id_user_id_created_at_idx ON public.notifications USING btree (org_id, user_id, created_at DESC, id)

-- ==== index notifications_org_id_user_id_dedupe_key_key on public.notifications
CREATE UNIQUE INDEX notifications_org_id_user_id_dedupe_key_key ON public.notifications USING btree (org_id, user_id, dedupe_key)

-- ==== index notifications_pkey on public.notifications
CREATE UNIQUE INDEX notifications_pkey ON public.notifications USING btree (id)

-- ==== index notifications_user_id_idx on public.notifications
CREATE INDEX notifications_user_id_idx ON public.notifications USING btree (user_id)

-- ==== index oauth_authorizations_expires_at_idx on public.oauth_authorizations
CREATE INDEX oauth_authorizations_expires_at_idx ON public.oauth_authorizations USING btree (expires_at)

-- ==== index oauth_authorizations_org_id_idx on public.oauth_authorizations
CREATE INDEX oauth_authorizations_org_id_idx ON public.oauth_authorizations USING btree (org_id)

-- ==== index oauth_authorizations_pkey on public.oauth_authorizations
CREATE UNIQUE INDEX oauth_authorizations_pkey ON public.oauth_authorizations USING btree (id)

-- ==== index oauth_authorizations_state_hash_key on public.oauth_authorizations
CREATE UNIQUE INDEX oauth_authorizations_state_hash_key ON public.oauth_authorizations USING btree (state_hash)

-- ==== index oauth_authorizations_user_id_idx on public.oauth_authorizations
CREATE INDEX oauth_authorizations_user_id_idx ON public.oauth_authorizations USING btree (user_id)

-- ==== index organization_created_at_idx on public.organization
CREATE INDEX organization_created_at_idx ON public.organization USING btree (created_at DESC)

-- ==== index organization_is_active_idx on public.organization
CREATE INDEX organization_is_active_idx ON public.organization USING btree (is_active)

-- ==== index organization_pkey on public.organization
CREATE UNIQUE INDEX organization_pkey ON public.organization USING btree (id)

-- ==== index organization_slug_key on public.organization
CREATE UNIQUE INDEX organization_slug_key ON public.organization USING btree (slug)

-- ==== index provider_grants_org_id_id_key on public.provider_grants
CREATE UNIQUE INDEX provider_grants_org_id_id_key ON public.provider_grants USING btree (org_id, id)

-- ==== index provider_grants_org_id_user_id_vendor_subject_key on public.provider_grants
CREATE UNIQUE INDEX provider_grants_org_id_user_id_vendor_subject_key ON public.provider_grants USING btree (org_id, user_id, vendor, subject)

-- ==== index provider_grants_pkey on public.provider_grants
CREATE UNIQUE INDEX provider_grants_pkey ON public.provider_grants USING btree (id)

-- ==== index provider_grants_user_id_idx on public.provider_grants
CREATE INDEX provider_grants_user_id_idx ON public.provider_grants USING btree (user_id)

-- ==== index sync_activity_log_org_id_created_at_idx on public.sync_activity_log
CREATE INDEX sync_activity_log_org_id_created_at_idx ON ONLY public.sync_activity_log USING btree (org_id, created_at DESC, id)

-- ==== index sync_activity_log_org_id_sync_id_created_at_idx on public.sync_activity_log
CREATE INDEX sync_activity_log_org_id_sync_id_created_at_idx ON ONLY public.sync_activity_log USING btree (org_id, sync_id, created_at, id)

-- ==== index sync_activity_log_pkey on public.sync_activity_log
CREATE UNIQUE INDEX sync_activity_log_pkey ON ONLY public.sync_activity_log USING btree (id, created_at)

-- ==== index sync_error_log_org_id_created_at_idx on public.sync_error_log
CREATE INDEX sync_error_log_org_id_created_at_idx ON public.sync_error_log USING btree (org_id, created_at DESC, id)

-- ==== index sync_error_log_org_id_sync_id_idx on public.sync_error_log
CREATE INDEX sync_error_log_org_id_sync_id_idx ON public.sync_error_log USING btree (org_id, sync_id)

-- ==== index sync_error_log_pkey on public.sync_error_log
CREATE UNIQUE INDEX sync_error_log_pkey ON public.sync_error_log USING btree (id)

-- ==== index sync_error_log_user_id_idx on public.sync_error_log
CREATE INDEX sync_error_log_user_id_idx ON public.sync_error_log USING btree (user_id)

-- ==== index sync_failed_item_org_id_run_id_item_key_key on public.sync_failed_item
CREATE UNIQUE INDEX sync_failed_item_org_id_run_id_item_key_key ON public.sync_failed_item USING btree (org_id, run_id, item_key)

-- ==== index sync_failed_item_org_id_status_idx on public.sync_failed_item
CREATE INDEX sync_failed_item_org_id_status_idx ON public.sync_failed_item USING btree (org_id, status, last_seen_at DESC, id)

-- ==== index sync_failed_item_pkey on public.sync_failed_item
CREATE UNIQUE INDEX sync_failed_item_pkey ON public.sync_failed_item USING btree (id)

-- ==== index sync_failed_item_user_id_idx on public.sync_failed_item
CREATE INDEX sync_failed_item_user_id_idx ON public.sync_failed_item USING btree (user_id)

-- ==== index sync_job_queue_idempotency_key on public.sync_job_queue
CREATE UNIQUE INDEX sync_job_queue_idempotency_key ON public.sync_job_queue USING btree (org_id, kind, idempotency_key) WHERE (idempotency_key IS NOT NULL)

-- ==== index sync_job_queue_lease_expires_at_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_lease_expires_at_idx ON public.sync_job_queue USING btree (lease_expires_at) WHERE (status = 'running'::public.sync_status_type)

-- ==== index sync_job_queue_next_attempt_at_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_next_attempt_at_idx ON public.sync_job_queue USING btree (next_attempt_at) WHERE (status = 'queued'::public.sync_status_type)

-- ==== index sync_job_queue_one_live_run on public.sync_job_queue
CREATE UNIQUE INDEX sync_job_queue_one_live_run ON public.sync_job_queue USING btree (org_id, kind, target_id) WHERE (status = ANY (ARRAY['queued'::public.sync_status_type, 'running'::public.sync_status_type, 'paused'::public.sync_status_type, 'held'::public.sync_status_type]))

-- ==== index sync_job_queue_org_id_created_at_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_org_id_created_at_idx ON public.sync_job_queue USING btree (org_id, created_at DESC, id)

-- ==== index sync_job_queue_org_id_id_key on public.sync_job_queue
CREATE UNIQUE INDEX sync_job_queue_org_id_id_key ON public.sync_job_queue USING btree (org_id, id)

-- ==== index sync_job_queue_org_id_queued_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_org_id_queued_idx ON public.sync_job_queue USING btree (org_id, priority DESC, queued_at) WHERE (status = 'queued'::public.sync_status_type)

-- ==== index sync_job_queue_org_id_running_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_org_id_running_idx ON public.sync_job_queue USING btree (org_id) WHERE (status = 'running'::public.sync_status_type)

-- ==== index sync_job_queue_org_id_user_id_created_at_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_org_id_user_id_created_at_idx ON public.sync_job_queue USING btree (org_id, user_id, created_at DESC, id)

-- ==== index sync_job_queue_pkey on public.sync_job_queue
CREATE UNIQUE INDEX sync_job_queue_pkey ON public.sync_job_queue USING btree (id)

-- ==== index sync_job_queue_user_id_idx on public.sync_job_queue
CREATE INDEX sync_job_queue_user_id_idx ON public.sync_job_queue USING btree (user_id)

-- ==== index sync_preview_cache_created_by_idx on public.sync_preview_cache
CREATE INDEX sync_preview_cache_created_by_idx ON public.sync_preview_cache USING btree (created_by)

-- ==== index sync_preview_cache_expires_at_idx on public.sync_preview_cache
CREATE INDEX sync_preview_cache_expires_at_idx ON public.sync_preview_cache USING btree (expires_at)

-- ==== index sync_preview_cache_org_id_created_at_idx on public.sync_preview_cache
CREATE INDEX sync_preview_cache_org_id_created_at_idx ON public.sync_preview_cache USING btree (org_id, created_at DESC)

-- ==== index sync_preview_cache_pkey on public.sync_preview_cache
CREATE UNIQUE INDEX sync_preview_cache_pkey ON public.sync_preview_cache USING btree (id)

-- ==== index sync_progress_org_id_sync_id_entity_type_key on public.sync_progress
CREATE UNIQUE INDEX sync_progress_org_id_sync_id_entity_type_key ON public.sync_progress USING btree (org_id, sync_id, entity_type)

-- ==== index sync_progress_org_id_updated_at_idx on public.sync_progress
CREATE INDEX sync_progress_org_id_updated_at_idx ON public.sync_progress USING btree (org_id, updated_at DESC, id)

-- ==== index sync_progress_pkey on public.sync_progress
CREATE UNIQUE INDEX sync_progress_pkey ON public.sync_progress USING btree (id)

-- ==== index sync_progress_sync_id_idx on public.sync_progress
CREATE INDEX sync_progress_sync_id_idx ON public.sync_progress USING btree (sync_id)

-- ==== index sync_retry_policy_pkey on public.sync_retry_policy
CREATE UNIQUE INDEX sync_retry_policy_pkey ON public.sync_retry_policy USING btree (failure_code)

-- ==== index sync_schedule_org_id_name_key on public.sync_schedule
CREATE UNIQUE INDEX sync_schedule_org_id_name_key ON public.sync_schedule USING btree (org_id, name) NULLS NOT DISTINCT

-- ==== index sync_schedule_pkey on public.sync_schedule
CREATE UNIQUE INDEX sync_schedule_pkey ON public.sync_schedule USING btree (id)

-- ==== index user_organizations_organization_id_idx on public.user_organizations
CREATE INDEX user_organizations_organization_id_idx ON public.user_organizations USING btree (organization_id, user_id)

-- ==== index user_organizations_pkey on public.user_organizations
CREATE UNIQUE INDEX user_organizations_pkey ON public.user_organizations USING btree (user_id, organization_id)

-- ==== index user_profile_fault_open_idx on public.user_profile_fault
CREATE INDEX user_profile_fault_open_idx ON public.user_profile_fault USING btree (created_at) WHERE (resolved_at IS NULL)

-- ==== index user_profile_fault_pkey on public.user_profile_fault
CREATE UNIQUE INDEX user_profile_fault_pkey ON public.user_profile_fault USING btree (id)

-- ==== index user_profiles_deactivated_by_idx on public.user_profiles
CREATE INDEX user_profiles_deactivated_by_idx ON public.user_profiles USING btree (deactivated_by)

-- ==== index user_profiles_pkey on public.user_profiles
CREATE UNIQUE INDEX user_profiles_pkey ON public.user_profiles USING btree (id)

-- ==== index user_profiles_user_id_key on public.user_profiles
CREATE UNIQUE INDEX user_profiles_user_id_key ON public.user_profiles USING btree (user_id)

-- ==== index users_email_key on auth.users
CREATE UNIQUE INDEX users_email_key ON auth.users USING btree (email)

-- ==== index users_extended_email_key on auth.users_extended
CREATE UNIQUE INDEX users_extended_email_key ON auth.users_extended USING btree (email)

-- ==== index users_extended_is_active_idx on auth.users_extended
CREATE INDEX users_extended_is_active_idx ON auth.users_extended USING btree (is_active)

-- ==== index users_extended_org_id_idx on auth.users_extended
CREATE INDEX users_extended_org_id_idx ON auth.users_extended USING btree (org_id)

-- ==== index users_extended_org_id_is_active_idx on auth.users_extended
CREATE INDEX users_extended_org_id_is_active_idx ON auth.users_extended USING btree (org_id, is_active)

-- ==== index users_extended_pkey on auth.users_extended
CREATE UNIQUE INDEX users_extended_pkey ON auth.users_extended USING btree (id)

-- ==== index users_pkey on auth.users
CREATE UNIQUE INDEX users_pkey ON auth.users USING btree (id)

-- ==== policy admin_audit_log_owner on public.admin_audit_log
create policy admin_audit_log_owner on public.admin_audit_log as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy admin_audit_log_read on public.admin_audit_log
create policy admin_audit_log_read on public.admin_audit_log as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])) OR ( SELECT
        CASE
            WHEN (NULLIF(current_setting('app.current_organization_id'::text, true), ''::text) IS NULL) THEN app.reaches_all()
            ELSE false
        END AS "case")))

-- ==== policy admin_audit_log_service on public.admin_audit_log
create policy admin_audit_log_service on public.admin_audit_log as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy connections_owner on public.connections
create policy connections_owner on public.connections as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy connections_read on public.connections
create policy connections_read on public.connections as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((tenant_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy connections_service on public.connections
create policy connections_service on public.connections as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy event_owner on live.event
create policy event_owner on live.event as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy event_service on live.event
create policy event_service on live.event as permissive for all to service_role
  using (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))
  with check (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))

-- ==== policy idempotency_keys_owner on public.idempotency_keys
create policy idempotency_keys_owner on public.idempotency_keys as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy idempotency_keys_service on public.idempotency_keys
create policy idempotency_keys_service on public.idempotency_keys as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy initial_sync_claim_owner on public.initial_sync_claim
create policy initial_sync_claim_owner on public.initial_sync_claim as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy initial_sync_claim_service on public.initial_sync_claim
create policy initial_sync_claim_service on public.initial_sync_claim as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy mail_folders_owner on public.mail_folders
create policy mail_folders_owner on public.mail_folders as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy mail_folders_read on public.mail_folders
create policy mail_folders_read on public.mail_folders as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy mail_folders_service on public.mail_folders
create policy mail_folders_service on public.mail_folders as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy mail_outbox_owner on public.mail_outbox
create policy mail_outbox_owner on public.mail_outbox as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy mail_outbox_service on public.mail_outbox
create policy mail_outbox_service on public.mail_outbox as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy messages_owner on public.messages
create policy messages_owner on public.messages as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy messages_present on public.messages
create policy messages_present on public.messages as restrictive for select to authenticated
  using ((deleted_at IS NULL))

-- ==== policy messages_read on public.messages
create policy messages_read on public.messages as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy messages_service on public.messages
create policy messages_service on public.messages as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy notifications_owner on public.notifications
create policy notifications_owner on public.notifications as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy notifications_read on public.notifications
create policy notifications_read on public.notifications as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND (user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif"))))

-- ==== policy notifications_service on public.notifications
create policy notifications_service on public.notifications as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy oauth_authorizations_owner on public.oauth_authorizations
create policy oauth_authorizations_owner on public.oauth_authorizations as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy oauth_authorizations_service on public.oauth_authorizations
create policy oauth_authorizations_service on public.oauth_authorizations as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy organization_owner on public.organization
create policy organization_owner on public.organization as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy organization_read on public.organization
create policy organization_read on public.organization as permissive for select to authenticated
  using ((id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])))

-- ==== policy organization_service on public.organization
create policy organization_service on public.organization as permissive for all to service_role
  using (((id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy provider_grants_owner on public.provider_grants
create policy provider_grants_owner on public.provider_grants as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy provider_grants_service on public.provider_grants
create policy provider_grants_service on public.provider_grants as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy sync_activity_log_default_owner on public.sync_activity_log_default
create policy sync_activity_log_default_owner on public.sync_activity_log_default as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_activity_log_delete on public.sync_activity_log
create policy sync_activity_log_delete on public.sync_activity_log as permissive for delete to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_activity_log_insert on public.sync_activity_log
create policy sync_activity_log_insert on public.sync_activity_log as permissive for insert to owner, service_role
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_activity_log_select on public.sync_activity_log
create policy sync_activity_log_select on public.sync_activity_log as permissive for select to authenticated, owner, service_role
  using (((( SELECT (CURRENT_USER = 'authenticated'::name)) AND (org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR COALESCE((app.run_owner(sync_id) = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")), (user_id IS NULL)) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))) OR (( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_activity_log_update on public.sync_activity_log
create policy sync_activity_log_update on public.sync_activity_log as permissive for update to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_error_log_owner on public.sync_error_log
create policy sync_error_log_owner on public.sync_error_log as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_error_log_read on public.sync_error_log
create policy sync_error_log_read on public.sync_error_log as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (user_id IS NULL) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy sync_error_log_service on public.sync_error_log
create policy sync_error_log_service on public.sync_error_log as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy sync_failed_item_owner on public.sync_failed_item
create policy sync_failed_item_owner on public.sync_failed_item as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_failed_item_read on public.sync_failed_item
create policy sync_failed_item_read on public.sync_failed_item as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (user_id IS NULL) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy sync_failed_item_service on public.sync_failed_item
create policy sync_failed_item_service on public.sync_failed_item as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy sync_job_queue_owner on public.sync_job_queue
create policy sync_job_queue_owner on public.sync_job_queue as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_job_queue_read on public.sync_job_queue
create policy sync_job_queue_read on public.sync_job_queue as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (user_id IS NULL) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy sync_job_queue_service on public.sync_job_queue
create policy sync_job_queue_service on public.sync_job_queue as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy sync_preview_cache_delete on public.sync_preview_cache
create policy sync_preview_cache_delete on public.sync_preview_cache as permissive for delete to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_preview_cache_insert on public.sync_preview_cache
create policy sync_preview_cache_insert on public.sync_preview_cache as permissive for insert to owner, service_role
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_preview_cache_select on public.sync_preview_cache
create policy sync_preview_cache_select on public.sync_preview_cache as permissive for select to authenticated, owner, service_role
  using (((( SELECT (CURRENT_USER = 'authenticated'::name)) AND (org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((created_by = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (created_by IS NULL) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))) OR (( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_preview_cache_update on public.sync_preview_cache
create policy sync_preview_cache_update on public.sync_preview_cache as permissive for update to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_progress_delete on public.sync_progress
create policy sync_progress_delete on public.sync_progress as permissive for delete to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_progress_insert on public.sync_progress
create policy sync_progress_insert on public.sync_progress as permissive for insert to owner, service_role
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_progress_select on public.sync_progress
create policy sync_progress_select on public.sync_progress as permissive for select to authenticated, owner, service_role
  using (((( SELECT (CURRENT_USER = 'authenticated'::name)) AND (org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND (COALESCE((app.run_owner(sync_id) = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")), true) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))) OR (( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_progress_update on public.sync_progress
create policy sync_progress_update on public.sync_progress as permissive for update to owner, service_role
  using (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))
  with check (((( SELECT (CURRENT_USER = 'service_role'::name)) AND ((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))) OR ( SELECT
        CASE
            WHEN (CURRENT_USER = ANY (ARRAY['authenticated'::name, 'service_role'::name])) THEN false
            ELSE app.acts_as_owner()
        END AS acts_as_owner)))

-- ==== policy sync_retry_policy_owner on public.sync_retry_policy
create policy sync_retry_policy_owner on public.sync_retry_policy as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_retry_policy_read on public.sync_retry_policy
create policy sync_retry_policy_read on public.sync_retry_policy as permissive for select to authenticated
  using (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN true
            ELSE (app.active_role() IS NOT NULL)
        END AS "case"))

-- ==== policy sync_retry_policy_service on public.sync_retry_policy
create policy sync_retry_policy_service on public.sync_retry_policy as permissive for all to service_role
  using (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))
  with check (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))

-- ==== policy sync_retry_policy_service_read on public.sync_retry_policy
create policy sync_retry_policy_service_read on public.sync_retry_policy as permissive for select to service_role
  using ((( SELECT app.service_organization() AS service_organization) IS NOT NULL))

-- ==== policy sync_schedule_owner on public.sync_schedule
create policy sync_schedule_owner on public.sync_schedule as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_schedule_read on public.sync_schedule
create policy sync_schedule_read on public.sync_schedule as permissive for select to authenticated
  using ((((org_id IS NULL) AND ( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN true
            ELSE (app.active_role() IS NOT NULL)
        END AS "case")) OR (org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[]))))

-- ==== policy sync_schedule_service on public.sync_schedule
create policy sync_schedule_service on public.sync_schedule as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy user_organizations_owner on public.user_organizations
create policy user_organizations_owner on public.user_organizations as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy user_organizations_read on public.user_organizations
create policy user_organizations_read on public.user_organizations as permissive for select to authenticated
  using (((organization_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (organization_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy user_organizations_service on public.user_organizations
create policy user_organizations_service on public.user_organizations as permissive for all to service_role
  using (((organization_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((organization_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy user_profile_fault_owner on public.user_profile_fault
create policy user_profile_fault_owner on public.user_profile_fault as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy user_profile_fault_service on public.user_profile_fault
create policy user_profile_fault_service on public.user_profile_fault as permissive for all to service_role
  using (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))
  with check (( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)))

-- ==== policy user_profiles_owner on public.user_profiles
create policy user_profiles_owner on public.user_profiles as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy user_profiles_read on public.user_profiles
create policy user_profiles_read on public.user_profiles as permissive for select to authenticated
  using ((((user_id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) AND ( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN true
            ELSE (app.active_role() IS NOT NULL)
        END AS "case")) OR ( SELECT
        CASE
            WHEN (NULLIF(current_setting('app.current_organization_id'::text, true), ''::text) IS NULL) THEN app.reaches_all()
            ELSE false
        END AS "case") OR app.belongs_to(user_id, ( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations))))

-- ==== policy user_profiles_service on public.user_profiles
create policy user_profiles_service on public.user_profiles as permissive for all to service_role
  using ((( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)) OR app.belongs_to(user_id, ARRAY[( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")])))
  with check ((( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)) OR app.belongs_to(user_id, ARRAY[( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")])))

-- ==== policy users_extended_owner on auth.users_extended
create policy users_extended_owner on auth.users_extended as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy users_extended_read on auth.users_extended
create policy users_extended_read on auth.users_extended as permissive for select to authenticated
  using (((org_id = ANY (( SELECT
        CASE
            WHEN (current_setting('app.current_standing'::text, true) = ANY (ARRAY['member'::text, 'admin'::text])) THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            ELSE app.reachable_organizations()
        END AS reachable_organizations)::uuid[])) AND ((id = ( SELECT (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid AS "nullif")) OR (org_id = ANY (( SELECT
        CASE current_setting('app.current_standing'::text, true)
            WHEN 'admin'::text THEN ARRAY[(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid]
            WHEN 'member'::text THEN '{}'::uuid[]
            ELSE app.admin_organizations()
        END AS admin_organizations)::uuid[])))))

-- ==== policy users_extended_service on auth.users_extended
create policy users_extended_service on auth.users_extended as permissive for all to service_role
  using (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))
  with check (((org_id = ( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")) OR ( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text))))

-- ==== policy users_owner on auth.users
create policy users_owner on auth.users as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy users_service on auth.users
create policy users_service on auth.users as permissive for all to service_role
  using ((( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)) OR app.belongs_to(id, ARRAY[( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")])))
  with check ((( SELECT (COALESCE(current_setting('app.service_organization_id'::text, true), ''::text) = 'all'::text)) OR app.belongs_to(id, ARRAY[( SELECT (NULLIF(NULLIF(current_setting('app.service_organization_id'::text, true), ''::text), 'all'::text))::uuid AS "nullif")])))

-- ==== trigger admin_audit_log_append_only on public.admin_audit_log
CREATE TRIGGER admin_audit_log_append_only BEFORE DELETE OR UPDATE ON public.admin_audit_log FOR EACH ROW EXECUTE FUNCTION app.refuse_change()

-- ==== trigger admin_audit_log_chain on public.admin_audit_log
CREATE TRIGGER admin_audit_log_chain BEFORE INSERT ON public.admin_audit_log FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry()

-- ==== trigger admin_audit_log_no_truncate on public.admin_audit_log
CREATE TRIGGER admin_audit_log_no_truncate BEFORE TRUNCATE ON public.admin_audit_log FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()

-- ==== trigger connections_touch on public.connections
CREATE TRIGGER connections_touch BEFORE UPDATE ON public.connections FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger idempotency_keys_touch on public.idempotency_keys
CREATE TRIGGER idempotency_keys_touch BEFORE UPDATE ON public.idempotency_keys FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger initial_sync_claim_touch on public.initial_sync_claim
CREATE TRIGGER initial_sync_claim_touch BEFORE UPDATE ON public.initial_sync_claim FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger mail_folders_touch on public.mail_folders
CREATE TRIGGER mail_folders_touch BEFORE UPDATE ON public.mail_folders FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger mail_outbox_touch on public.mail_outbox
CREATE TRIGGER mail_outbox_touch BEFORE UPDATE ON public.mail_outbox FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger notifications_live_insert on public.notifications
CREATE TRIGGER notifications_live_insert AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_notification()

-- ==== trigger notifications_live_update on public.notifications
CREATE TRIGGER notifications_live_update AFTER UPDATE ON public.notifications REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_notification()

-- ==== trigger notifications_touch on public.notifications
CREATE TRIGGER notifications_touch BEFORE UPDATE ON public.notifications FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger oauth_authorizations_touch on public.oauth_authorizations
CREATE TRIGGER oauth_authorizations_touch BEFORE UPDATE ON public.oauth_authorizations FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger on_auth_user_created on auth.users
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION app.create_user_profile()

-- ==== trigger on_auth_user_email_changed on auth.users
CREATE TRIGGER on_auth_user_email_changed AFTER UPDATE OF email ON auth.users FOR EACH ROW EXECUTE FUNCTION app.follow_user_email()

-- ==== trigger organization_live_update on public.organization
CREATE TRIGGER organization_live_update AFTER UPDATE ON public.organization REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access()

-- ==== trigger organization_touch on public.organization
CREATE TRIGGER organization_touch BEFORE UPDATE ON public.organization FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger provider_grants_touch on public.provider_grants
CREATE TRIGGER provider_grants_touch BEFORE UPDATE ON public.provider_grants FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger sync_activity_log_live on public.sync_activity_log
CREATE TRIGGER sync_activity_log_live AFTER INSERT ON public.sync_activity_log REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_activity()

-- ==== trigger sync_failed_item_touch on public.sync_failed_item
CREATE TRIGGER sync_failed_item_touch BEFORE UPDATE ON public.sync_failed_item FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger sync_job_queue_forget_progress on public.sync_job_queue
CREATE TRIGGER sync_job_queue_forget_progress AFTER DELETE ON public.sync_job_queue REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.forget_run_progress()

-- ==== trigger sync_job_queue_touch on public.sync_job_queue
CREATE TRIGGER sync_job_queue_touch BEFORE UPDATE ON public.sync_job_queue FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger sync_preview_cache_cleanup on public.sync_preview_cache
CREATE TRIGGER sync_preview_cache_cleanup AFTER INSERT ON public.sync_preview_cache FOR EACH STATEMENT EXECUTE FUNCTION public.cleanup_expired_previews()

-- ==== trigger sync_progress_1_validate on public.sync_progress
CREATE TRIGGER sync_progress_1_validate BEFORE INSERT OR UPDATE ON public.sync_progress FOR EACH ROW EXECUTE FUNCTION public.validate_sync_totals()

-- ==== trigger sync_progress_2_calculate on public.sync_progress
CREATE TRIGGER sync_progress_2_calculate BEFORE INSERT OR UPDATE ON public.sync_progress FOR EACH ROW EXECUTE FUNCTION public.calculate_sync_progress()

-- ==== trigger sync_progress_3_touch on public.sync_progress
CREATE TRIGGER sync_progress_3_touch BEFORE INSERT OR UPDATE ON public.sync_progress FOR EACH ROW EXECUTE FUNCTION public.touch_sync_timestamp()

-- ==== trigger sync_progress_4_log on public.sync_progress
CREATE TRIGGER sync_progress_4_log AFTER INSERT OR UPDATE ON public.sync_progress FOR EACH ROW EXECUTE FUNCTION public.log_sync_activity()

-- ==== trigger sync_progress_live_insert on public.sync_progress
CREATE TRIGGER sync_progress_live_insert AFTER INSERT ON public.sync_progress REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_progress()

-- ==== trigger sync_progress_live_update on public.sync_progress
CREATE TRIGGER sync_progress_live_update AFTER UPDATE ON public.sync_progress REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_progress()

-- ==== trigger sync_retry_policy_touch on public.sync_retry_policy
CREATE TRIGGER sync_retry_policy_touch BEFORE UPDATE ON public.sync_retry_policy FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger sync_schedule_touch on public.sync_schedule
CREATE TRIGGER sync_schedule_touch BEFORE UPDATE ON public.sync_schedule FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger user_organizations_live_delete on public.user_organizations
CREATE TRIGGER user_organizations_live_delete AFTER DELETE ON public.user_organizations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('user_id')

-- ==== trigger user_organizations_live_update on public.user_organizations
CREATE TRIGGER user_organizations_live_update AFTER UPDATE ON public.user_organizations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('user_id')

-- ==== trigger user_organizations_replace_implied on public.user_organizations
CREATE TRIGGER user_organizations_replace_implied BEFORE INSERT ON public.user_organizations FOR EACH ROW EXECUTE FUNCTION app.replace_implied_membership()

-- ==== trigger user_profiles_live_delete on public.user_profiles
CREATE TRIGGER user_profiles_live_delete AFTER DELETE ON public.user_profiles REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('user_id')

-- ==== trigger user_profiles_live_update on public.user_profiles
CREATE TRIGGER user_profiles_live_update AFTER UPDATE ON public.user_profiles REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('user_id')

-- ==== trigger user_profiles_touch on public.user_profiles
CREATE TRIGGER user_profiles_touch BEFORE UPDATE ON public.user_profiles FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger users_extended_home_membership on auth.users_extended
CREATE TRIGGER users_extended_home_membership AFTER INSERT OR UPDATE OF org_id ON auth.users_extended FOR EACH ROW EXECUTE FUNCTION app.add_home_membership()

-- ==== trigger users_extended_live_delete on auth.users_extended
CREATE TRIGGER users_extended_live_delete AFTER DELETE ON auth.users_extended REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('id')

-- ==== trigger users_extended_live_update on auth.users_extended
CREATE TRIGGER users_extended_live_update AFTER UPDATE ON auth.users_extended REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('id')

-- ==== trigger users_extended_touch on auth.users_extended
CREATE TRIGGER users_extended_touch BEFORE UPDATE ON auth.users_extended FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger users_live_update on auth.users
CREATE TRIGGER users_live_update AFTER UPDATE ON auth.users REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION live.note_access('id')

-- ==== function app.active_role()
CREATE OR REPLACE FUNCTION app.active_role()
 RETURNS public.user_role
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  me uuid := app.user_id();
begin
  return (
    select coalesce(p.role, 'user')
    from auth.users u
    left join auth.users_extended e on e.id = u.id
    left join public.user_profiles p on p.user_id = u.id
    where u.id = me
      and (u.banned_until is null or u.banned_until <= now())
      and e.is_active is not false and p.is_active is not false
  );
end
$function$

-- execute: authenticated, service_role

-- ==== function app.acts_as_owner()
CREATE OR REPLACE FUNCTION app.acts_as_owner()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$ select current_user = pg_get_userbyid(nspowner) from pg_namespace where nspname = 'app' $function$

-- execute: authenticated, service_role

-- ==== function app.add_home_membership()
CREATE OR REPLACE FUNCTION app.add_home_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if tg_op = 'UPDATE' and new.org_id is not distinct from old.org_id then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    delete from public.user_organizations
    where user_id = old.id and organization_id = old.org_id and is_implied;
  end if;
  insert into public.user_organizations (user_id, organization_id, is_implied)
  values (new.id, new.org_id, true)
  on conflict do nothing;
  return null;
end
$function$

-- ==== function app.admin_organizations()
CREATE OR REPLACE FUNCTION app.admin_organizations()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  me uuid := app.user_id();
  narrowed uuid := app.narrowed_to();
  my_role public.user_role := app.active_role();
begin
  if my_role is null then
    return '{}';
  elsif my_role = 'super_admin' then
    return app.reachable_organizations();
  end if;
  return (
    select coalesce(array_agg(m.organization_id), '{}')
    from public.user_organizations m
    join public.organization o on o.id = m.organization_id and o.is_active
    left join auth.users_extended e on e.id = m.user_id
    where m.user_id = me and (narrowed is null or m.organization_id = narrowed)
      and (m.role = 'admin' or (my_role = 'admin' and e.org_id = m.organization_id))
  );
end
$function$

-- execute: authenticated, service_role

-- ==== function app.audit_hash(entry public.admin_audit_log)
CREATE OR REPLACE FUNCTION app.audit_hash(entry public.admin_audit_log)
 RETURNS bytea
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select sha256(convert_to(jsonb_build_array(
    encode(entry.previous_hash, 'hex'), entry.sequence, entry.id, entry.org_id, entry.actor_id, entry.action,
    entry.target_type, entry.target_id, entry.details, entry.request_id,
    extract(epoch from entry.created_at))::text, 'UTF8'))
$function$

-- execute: service_role

-- ==== function app.belongs_to(person uuid, organizations uuid[])
CREATE OR REPLACE FUNCTION app.belongs_to(person uuid, organizations uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return exists (
    select from public.user_organizations
    where user_id = person and organization_id = any (organizations)
  );
end
$function$

-- execute: authenticated, service_role

-- ==== function app.broken_audit_entry()
CREATE OR REPLACE FUNCTION app.broken_audit_entry()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select sequence from (
    select a.sequence, a.hash, app.audit_hash(a) as expected, a.previous_hash,
      lag(a.hash) over (order by a.sequence) as before, row_number() over (order by a.sequence) as position
    from public.admin_audit_log a
  ) entries
  where hash <> expected or previous_hash is distinct from before or sequence <> position
  order by sequence limit 1
$function$

-- execute: service_role

-- ==== function app.chain_audit_entry()
CREATE OR REPLACE FUNCTION app.chain_audit_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$

-- ==== function app.create_user_profile()
CREATE OR REPLACE FUNCTION app.create_user_profile()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  begin
    insert into public.user_profiles (user_id) values (new.id) on conflict (user_id) do nothing;
  exception when others then
    begin
      insert into public.user_profile_fault (user_id, operation, sqlstate, message)
      values (new.id, 'create', sqlstate, sqlerrm);
    exception when others then
      raise warning 'profile of user % could not be created: %', new.id, sqlerrm;
    end;
  end;
  return null;
end
$function$

-- ==== function app.drop_activity_partitions(months_kept integer)
CREATE OR REPLACE FUNCTION app.drop_activity_partitions(months_kept integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$

-- execute: service_role

-- ==== function app.ensure_activity_partitions(months_ahead integer, from_day date)
CREATE OR REPLACE FUNCTION app.ensure_activity_partitions(months_ahead integer DEFAULT 3, from_day date DEFAULT CURRENT_DATE)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$

-- execute: service_role

-- ==== function app.follow_user_email()
CREATE OR REPLACE FUNCTION app.follow_user_email()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  begin
    if new.email is distinct from old.email and new.email is not null then
      update auth.users_extended set email = new.email where id = new.id;
    end if;
  exception when others then
    insert into public.user_profile_fault (user_id, operation, sqlstate, message)
    values (new.id, 'email', sqlstate, sqlerrm);
  end;
  return null;
end
$function$

-- ==== function app.forget_run_progress()
CREATE OR REPLACE FUNCTION app.forget_run_progress()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from public.sync_progress p using gone where p.org_id = gone.org_id and p.sync_id = gone.id::text;
  delete from public.sync_activity_log a using gone where a.org_id = gone.org_id and a.sync_id = gone.id::text;
  return null;
end
$function$

-- ==== function app.member_rule(owner_column text, shared boolean, organization_column text)
CREATE OR REPLACE FUNCTION app.member_rule(owner_column text, shared boolean DEFAULT false, organization_column text DEFAULT 'org_id'::text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select format('%1$I = any (%2$s) and (%3$I = %4$s' || case when shared then ' or %3$I is null' else '' end
      || ' or %1$I = any (%5$s))',
    organization_column, app.sql_reachable(), owner_column, app.sql_asker(), app.sql_administered())
$function$

-- ==== function app.narrowed_to()
CREATE OR REPLACE FUNCTION app.narrowed_to()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$ select nullif(current_setting('app.current_organization_id', true), '')::uuid $function$

-- execute: authenticated, service_role

-- ==== function app.organization_rule(organization_column text)
CREATE OR REPLACE FUNCTION app.organization_rule(organization_column text DEFAULT 'org_id'::text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select format('%I = any (%s)', organization_column, app.sql_reachable()) $function$

-- ==== function app.protect(IN target regclass, IN service_rule text, IN read_rule text)
CREATE OR REPLACE PROCEDURE app.protect(IN target regclass, IN service_rule text, IN read_rule text DEFAULT NULL::text)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $procedure$
declare
  bare text := (select relname from pg_catalog.pg_class where oid = target);
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, authenticated, service_role', target);
  execute format('create policy %I on %s for all to current_role using (true) with check (true)', bare || '_owner', target);
  execute format('create policy %I on %s for all to service_role using (%s) with check (%s)', bare || '_service', target, service_rule, service_rule);
  execute format('grant select, insert, update, delete on %s to service_role', target);
  if read_rule is not null then
    execute format('create policy %I on %s for select to authenticated using (%s)', bare || '_read', target, read_rule);
    execute format('grant select on %s to authenticated', target);
  end if;
end
$procedure$

-- ==== function app.protect_partition(IN target regclass)
CREATE OR REPLACE PROCEDURE app.protect_partition(IN target regclass)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $procedure$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, authenticated, service_role', target);
  execute format('create policy %I on %s for all to current_role using (true) with check (true)',
    (select relname from pg_catalog.pg_class where oid = target) || '_owner', target);
end
$procedure$

-- ==== function app.reachable_organizations()
CREATE OR REPLACE FUNCTION app.reachable_organizations()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  me uuid := app.user_id();
  narrowed uuid := app.narrowed_to();
  my_role public.user_role := app.active_role();
begin
  if my_role is null then
    return '{}';
  elsif my_role = 'super_admin' then
    return (
      select coalesce(array_agg(o.id), '{}') from public.organization o
      where narrowed is null or o.id = narrowed
    );
  end if;
  return (
    select coalesce(array_agg(m.organization_id), '{}')
    from public.user_organizations m
    join public.organization o on o.id = m.organization_id and o.is_active
    where m.user_id = me and (narrowed is null or m.organization_id = narrowed)
  );
end
$function$

-- execute: authenticated, service_role

-- ==== function app.reaches_all()
CREATE OR REPLACE FUNCTION app.reaches_all()
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return coalesce(app.active_role() = 'super_admin', false) and app.narrowed_to() is null;
end
$function$

-- execute: authenticated, service_role

-- ==== function app.refuse_change()
CREATE OR REPLACE FUNCTION app.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$function$

-- ==== function app.replace_implied_membership()
CREATE OR REPLACE FUNCTION app.replace_implied_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if not new.is_implied then
    delete from public.user_organizations
    where user_id = new.user_id and organization_id = new.organization_id and is_implied;
  end if;
  return new;
end
$function$

-- ==== function app.run_owner(sync_id text)
CREATE OR REPLACE FUNCTION app.run_owner(sync_id text)
 RETURNS uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if sync_id !~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return null;
  end if;
  return (select q.user_id from public.sync_job_queue q where q.id = sync_id::uuid);
end
$function$

-- execute: authenticated, service_role

-- ==== function app.serves_all()
CREATE OR REPLACE FUNCTION app.serves_all()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$ select coalesce(current_setting('app.service_organization_id', true), '') = 'all' $function$

-- execute: authenticated, service_role

-- ==== function app.service_organization()
CREATE OR REPLACE FUNCTION app.service_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$ select nullif(nullif(current_setting('app.service_organization_id', true), ''), 'all')::uuid $function$

-- execute: authenticated, service_role

-- ==== function app.service_person_rule(person_column text)
CREATE OR REPLACE FUNCTION app.service_person_rule(person_column text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select format('%s or app.belongs_to(%I, array[%s])', app.sql_serves_all(), person_column, app.sql_service_organization())
$function$

-- ==== function app.service_rule(organization_column text)
CREATE OR REPLACE FUNCTION app.service_rule(organization_column text DEFAULT 'org_id'::text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select format('%I = %s or %s', organization_column, app.sql_service_organization(), app.sql_serves_all()) $function$

-- ==== function app.sql_administered()
CREATE OR REPLACE FUNCTION app.sql_administered()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select case current_setting('app.current_standing', true)
  when 'admin' then array[nullif(current_setting('app.current_organization_id', true), '')::uuid]
  when 'member' then '{}'::uuid[]
  else app.admin_organizations() end)::uuid[]$text$ $function$

-- ==== function app.sql_asker()
CREATE OR REPLACE FUNCTION app.sql_asker()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select nullif(current_setting('app.current_user_id', true), '')::uuid)$text$ $function$

-- ==== function app.sql_is_active()
CREATE OR REPLACE FUNCTION app.sql_is_active()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select case when current_setting('app.current_standing', true) in ('member', 'admin')
  then true else app.active_role() is not null end)$text$ $function$

-- ==== function app.sql_reachable()
CREATE OR REPLACE FUNCTION app.sql_reachable()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select case when current_setting('app.current_standing', true) in ('member', 'admin')
  then array[nullif(current_setting('app.current_organization_id', true), '')::uuid]
  else app.reachable_organizations() end)::uuid[]$text$ $function$

-- ==== function app.sql_reaches_all()
CREATE OR REPLACE FUNCTION app.sql_reaches_all()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select case when nullif(current_setting('app.current_organization_id', true), '') is null
  then app.reaches_all() else false end)$text$ $function$

-- ==== function app.sql_serves_all()
CREATE OR REPLACE FUNCTION app.sql_serves_all()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select coalesce(current_setting('app.service_organization_id', true), '') = 'all')$text$ $function$

-- ==== function app.sql_service_organization()
CREATE OR REPLACE FUNCTION app.sql_service_organization()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select $text$(select nullif(nullif(current_setting('app.service_organization_id', true), ''), 'all')::uuid)$text$ $function$

-- ==== function app.touch_updated_at()
CREATE OR REPLACE FUNCTION app.touch_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  return new;
end
$function$

-- ==== function app.user_id()
CREATE OR REPLACE FUNCTION app.user_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$ select nullif(current_setting('app.current_user_id', true), '')::uuid $function$

-- execute: authenticated, service_role

-- ==== function live.note_access()
CREATE OR REPLACE FUNCTION live.note_access()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  clock bigint := extract(epoch from clock_timestamp()) * 1000;
begin
  if (select last_value from live.listening) >= clock then
    if tg_nargs = 1 and (select count(*) from changed) <= 1000 then
      insert into live.event (topic, key)
        select distinct 'access', (to_jsonb(c) ->> tg_argv[0])::uuid from changed c;
    elsif exists (select from changed) then
      insert into live.event (topic) values ('access');
    end if;
    if (select last_value from live.awake) < clock + 1000 then
      perform pg_notify('live', '');
    end if;
  end if;
  return null;
end
$function$

-- ==== function live.note_activity()
CREATE OR REPLACE FUNCTION live.note_activity()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  clock bigint := extract(epoch from clock_timestamp()) * 1000;
begin
  if (select last_value from live.listening) >= clock then
    if (select count(*) from changed) <= 1000 then
      insert into live.event (topic, org_id, key, at) select 'activity', org_id, id, created_at from changed;
    else
      insert into live.event (topic, org_id) select distinct 'activity', org_id from changed;
    end if;
    if (select last_value from live.awake) < clock + 1000 then
      perform pg_notify('live', '');
    end if;
  end if;
  return null;
end
$function$

-- ==== function live.note_notification()
CREATE OR REPLACE FUNCTION live.note_notification()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  clock bigint := extract(epoch from clock_timestamp()) * 1000;
begin
  if (select last_value from live.listening) >= clock then
    if (select count(*) from changed) <= 1000 then
      insert into live.event (topic, org_id, key) select 'notification', org_id, id from changed;
    else
      insert into live.event (topic, org_id) select distinct 'notification', org_id from changed;
    end if;
    if (select last_value from live.awake) < clock + 1000 then
      perform pg_notify('live', '');
    end if;
  end if;
  return null;
end
$function$

-- ==== function live.note_progress()
CREATE OR REPLACE FUNCTION live.note_progress()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  clock bigint := extract(epoch from clock_timestamp()) * 1000;
begin
  if (select last_value from live.listening) >= clock then
    if (select count(*) from changed) <= 1000 then
      insert into live.event (topic, org_id, key) select 'progress', org_id, id from changed;
    else
      insert into live.event (topic, org_id) select distinct 'progress', org_id from changed;
    end if;
    if (select last_value from live.awake) < clock + 1000 then
      perform pg_notify('live', '');
    end if;
  end if;
  return null;
end
$function$

-- ==== function public.calculate_sync_progress()
CREATE OR REPLACE FUNCTION public.calculate_sync_progress()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$

-- ==== function public.cleanup_expired_previews()
CREATE OR REPLACE FUNCTION public.cleanup_expired_previews()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from public.sync_preview_cache where expires_at <= now();
  return null;
end
$function$

-- ==== function public.log_sync_activity()
CREATE OR REPLACE FUNCTION public.log_sync_activity()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$

-- ==== function public.touch_sync_timestamp()
CREATE OR REPLACE FUNCTION public.touch_sync_timestamp()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$function$

-- ==== function public.validate_sync_totals()
CREATE OR REPLACE FUNCTION public.validate_sync_totals()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$
