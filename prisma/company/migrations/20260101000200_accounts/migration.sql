-- Consents at the vendors, the authorisations under way, and the connections that members see.
create table provider_grants (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  vendor text not null check (vendor in ('microsoft', 'google')),
  subject text not null,
  tenant text,
  email text,
  scopes text[] not null default '{}',
  status text not null default 'active' check (status in ('active', 'reconnect_required', 'revoked')),
  status_reason text,
  status_at timestamptz,
  access_token_sealed text,
  refresh_token_sealed text,
  access_expires_at timestamptz,
  refreshed_at timestamptz,
  refresh_failures integer not null default 0,
  refresh_retry_at timestamptz,
  generation integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, user_id, vendor, subject),
  unique (org_id, id)
);
create index provider_grants_user_id_idx on provider_grants (user_id);
create trigger provider_grants_touch before update on provider_grants
  for each row execute function app.touch_updated_at();
call app.protect('provider_grants', app.service_rule());

create table oauth_authorizations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  vendor text not null check (vendor in ('microsoft', 'google')),
  purpose text not null,
  scopes text[] not null default '{}',
  -- Looked up before the organisation is known; a hash of 32 random bytes tells nothing.
  state_hash bytea not null unique,
  sealed text not null,
  browser_hash bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index oauth_authorizations_org_id_idx on oauth_authorizations (org_id);
create index oauth_authorizations_user_id_idx on oauth_authorizations (user_id);
create index oauth_authorizations_expires_at_idx on oauth_authorizations (expires_at);
create trigger oauth_authorizations_touch before update on oauth_authorizations
  for each row execute function app.touch_updated_at();
call app.protect('oauth_authorizations', app.service_rule());

create table connections (
  id uuid primary key default gen_random_uuid(),
  -- The member; the name is historical and part of the product.
  tenant_id uuid not null references auth.users (id) on delete cascade,
  org_id uuid not null references organization (id) on delete cascade,
  provider_key text not null check (provider_key in ('outlook', 'gmail')),
  grant_id uuid,
  account_email text,
  account_subject text,
  status text not null default 'connected' check (status in ('connected', 'reconnect_required', 'disconnected')),
  status_reason text,
  can_manual_sync boolean not null default true,
  initial_sync_completed boolean not null default false,
  initial_sync_started_at timestamptz,
  initial_sync_completed_at timestamptz,
  sync_lock_reason text,
  locked_by uuid references auth.users (id) on delete set null,
  last_sync_at timestamptz,
  generation integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, tenant_id, provider_key),
  unique (org_id, id),
  foreign key (org_id, grant_id) references provider_grants (org_id, id) on delete set null (grant_id)
);
create index connections_tenant_id_provider_key_can_manual_sync_idx
  on connections (tenant_id, provider_key, can_manual_sync);
create index connections_org_id_grant_id_idx on connections (org_id, grant_id);
create index connections_locked_by_idx on connections (locked_by);
create trigger connections_touch before update on connections
  for each row execute function app.touch_updated_at();
call app.protect('connections', app.service_rule(), app.member_rule('tenant_id'));

-- One attempt to start a historical sync with a company's override; its id is the claim in the master.
create table initial_sync_claim (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  connection_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_key text not null check (provider_key in ('outlook', 'gmail')),
  requested_by uuid,
  state text not null default 'claiming' check (state in ('claiming', 'started', 'returned', 'denied')),
  run_id uuid,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  updated_at timestamptz not null default now(),
  foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
);
create index initial_sync_claim_org_id_connection_id_idx on initial_sync_claim (org_id, connection_id);
create index initial_sync_claim_user_id_idx on initial_sync_claim (user_id);
create index initial_sync_claim_open_idx on initial_sync_claim (created_at) where settled_at is null;
create trigger initial_sync_claim_touch before update on initial_sync_claim
  for each row execute function app.touch_updated_at();
call app.protect('initial_sync_claim', app.service_rule());
