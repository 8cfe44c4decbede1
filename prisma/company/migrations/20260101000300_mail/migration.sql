-- Folders and messages. No foreign key to the run or the user: the connection carries both, and
-- every index costs the backfill.
create table mail_folders (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  connection_id uuid not null,
  user_id uuid not null,
  provider_folder_id text not null,
  name text not null,
  well_known text,
  total_count integer,
  watermark text,
  watermark_taken_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, connection_id, provider_folder_id),
  foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
);
create trigger mail_folders_touch before update on mail_folders
  for each row execute function app.touch_updated_at();
call app.protect('mail_folders', app.service_rule(), app.member_rule('user_id'));

create table messages (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organization (id) on delete cascade,
  connection_id uuid not null,
  user_id uuid not null,
  provider_message_id text not null,
  internet_message_id text,
  thread_id text,
  folder text,
  folder_id text,
  labels text[] not null default '{}',
  direction text not null check (direction in ('inbound', 'outbound')),
  from_address text,
  from_name text,
  to_recipients jsonb not null default '[]',
  cc_recipients jsonb not null default '[]',
  bcc_recipients jsonb not null default '[]',
  subject text,
  snippet text,
  sent_at timestamptz,
  received_at timestamptz,
  body_text text,
  body_html text,
  is_read boolean not null default false,
  has_attachments boolean not null default false,
  attachments jsonb not null default '[]',
  size_bytes bigint,
  content_hash bytea,
  change_key text,
  run_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, connection_id, provider_message_id),
  foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
);
create index messages_org_id_connection_id_received_at_idx
  on messages (org_id, connection_id, received_at desc, id);
create index messages_org_id_user_id_received_at_idx
  on messages (org_id, user_id, received_at desc, id);
call app.protect('messages', app.service_rule(), app.member_rule('user_id'));
