-- What members are told, mails waiting to be sent, and answers kept for repeated requests.
create table notifications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  title text not null,
  body text not null default '',
  data jsonb not null default '{}',
  dedupe_key text,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, user_id, dedupe_key)
);
create index notifications_org_id_user_id_created_at_idx on notifications (org_id, user_id, created_at desc, id);
create index notifications_user_id_idx on notifications (user_id);
create trigger notifications_touch before update on notifications
  for each row execute function app.touch_updated_at();
-- Personal in the strict sense: not even an administrator of the organisation reads another's.
call app.protect('notifications', app.service_rule(),
  format('%s and user_id = %s', app.organization_rule(), app.sql_asker()));

create table mail_outbox (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  to_address text not null,
  subject text not null,
  body text not null,
  dedupe_key text,
  attempts integer not null default 0,
  last_error text,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, dedupe_key)
);
create index mail_outbox_unsent_idx on mail_outbox (created_at) where sent_at is null;
create index mail_outbox_user_id_idx on mail_outbox (user_id);
create trigger mail_outbox_touch before update on mail_outbox
  for each row execute function app.touch_updated_at();
call app.protect('mail_outbox', app.service_rule());

create table idempotency_keys (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  operation text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash text not null,
  response jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, user_id, operation, key)
);
create index idempotency_keys_user_id_idx on idempotency_keys (user_id);
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
create trigger idempotency_keys_touch before update on idempotency_keys
  for each row execute function app.touch_updated_at();
call app.protect('idempotency_keys', app.service_rule());
