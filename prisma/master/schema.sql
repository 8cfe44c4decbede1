-- What the migrations make, read back from a migrated database by scripts/dump-schema.ts. Never edited.

-- ==== schema app
create schema app

-- ==== table public.companies
create table public.companies -- 7 columns
  created_at timestamp with time zone not null default now()
  database_url text
  id uuid not null default gen_random_uuid()
  is_active boolean not null default true
  name text not null
  slug text not null
  updated_at timestamp with time zone not null default now()
  row security enabled, forced

-- ==== table public.sync_permission_audit
create table public.sync_permission_audit -- 13 columns
  actor text
  claim_id uuid
  claimed_for text
  company_id uuid not null
  created_at timestamp with time zone not null default now()
  event text not null
  expires_at timestamp with time zone
  id uuid not null default gen_random_uuid()
  new_value boolean
  old_value boolean
  reason text
  sequence bigint not null generated as identity
  written_by text not null default SESSION_USER
  row security enabled, forced

-- ==== table public.sync_permissions
create table public.sync_permissions -- 12 columns
  can_manual_sync_override boolean
  company_id uuid not null
  created_at timestamp with time zone not null default now()
  id uuid not null default gen_random_uuid()
  override_claim_id uuid
  override_claimed_at timestamp with time zone
  override_claimed_for text
  override_enabled_at timestamp with time zone
  override_enabled_by text
  override_expires_at timestamp with time zone
  override_reason text
  updated_at timestamp with time zone not null default now()
  row security enabled, forced

-- ==== constraint companies_pkey on public.companies
PRIMARY KEY (id)

-- ==== constraint companies_slug_key on public.companies
UNIQUE (slug)

-- ==== constraint sync_permission_audit_event_check on public.sync_permission_audit
CHECK ((event = ANY (ARRAY['granted'::text, 'changed'::text, 'used'::text, 'returned'::text, 'settled'::text, 'revoked'::text, 'removed'::text])))

-- ==== constraint sync_permission_audit_pkey on public.sync_permission_audit
PRIMARY KEY (id)

-- ==== constraint sync_permission_audit_sequence_key on public.sync_permission_audit
UNIQUE (sequence)

-- ==== constraint sync_permissions_company_id_fkey on public.sync_permissions
FOREIGN KEY (company_id) REFERENCES public.companies(id) ON DELETE CASCADE

-- ==== constraint sync_permissions_company_id_key on public.sync_permissions
UNIQUE (company_id)

-- ==== constraint sync_permissions_pkey on public.sync_permissions
PRIMARY KEY (id)

-- ==== index companies_is_active_idx on public.companies
CREATE INDEX companies_is_active_idx ON public.companies USING btree (is_active)

-- ==== index companies_pkey on public.companies
CREATE UNIQUE INDEX companies_pkey ON public.companies USING btree (id)

-- ==== index companies_slug_key on public.companies
CREATE UNIQUE INDEX companies_slug_key ON public.companies USING btree (slug)

-- ==== index sync_permission_audit_company_id_idx on public.sync_permission_audit
CREATE INDEX sync_permission_audit_company_id_idx ON public.sync_permission_audit USING btree (company_id, sequence DESC)

-- ==== index sync_permission_audit_pkey on public.sync_permission_audit
CREATE UNIQUE INDEX sync_permission_audit_pkey ON public.sync_permission_audit USING btree (id)

-- ==== index sync_permission_audit_sequence_key on public.sync_permission_audit
CREATE UNIQUE INDEX sync_permission_audit_sequence_key ON public.sync_permission_audit USING btree (sequence)

-- ==== index sync_permissions_claimed_at_idx on public.sync_permissions
CREATE INDEX sync_permissions_claimed_at_idx ON public.sync_permissions USING btree (override_claimed_at) WHERE (override_claim_id IS NOT NULL)

-- ==== index sync_permissions_company_id_idx on public.sync_permissions
CREATE INDEX sync_permissions_company_id_idx ON public.sync_permissions USING btree (company_id)

-- ==== index sync_permissions_company_id_key on public.sync_permissions
CREATE UNIQUE INDEX sync_permissions_company_id_key ON public.sync_permissions USING btree (company_id)

-- ==== index sync_permissions_pkey on public.sync_permissions
CREATE UNIQUE INDEX sync_permissions_pkey ON public.sync_permissions USING btree (id)

-- ==== policy companies_owner on public.companies
create policy companies_owner on public.companies as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_permission_audit_owner on public.sync_permission_audit
create policy sync_permission_audit_owner on public.sync_permission_audit as permissive for all to owner
  using (true)
  with check (true)

-- ==== policy sync_permissions_owner on public.sync_permissions
create policy sync_permissions_owner on public.sync_permissions as permissive for all to owner
  using (true)
  with check (true)

-- ==== trigger companies_touch on public.companies
CREATE TRIGGER companies_touch BEFORE UPDATE ON public.companies FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== trigger sync_permission_audit_append_only on public.sync_permission_audit
CREATE TRIGGER sync_permission_audit_append_only BEFORE DELETE OR UPDATE ON public.sync_permission_audit FOR EACH ROW EXECUTE FUNCTION app.refuse_change()

-- ==== trigger sync_permission_audit_no_truncate on public.sync_permission_audit
CREATE TRIGGER sync_permission_audit_no_truncate BEFORE TRUNCATE ON public.sync_permission_audit FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()

-- ==== trigger sync_permissions_audit on public.sync_permissions
CREATE TRIGGER sync_permissions_audit AFTER INSERT OR DELETE OR UPDATE ON public.sync_permissions FOR EACH ROW EXECUTE FUNCTION app.audit_override()

-- ==== trigger sync_permissions_stamp on public.sync_permissions
CREATE TRIGGER sync_permissions_stamp BEFORE INSERT OR UPDATE ON public.sync_permissions FOR EACH ROW EXECUTE FUNCTION app.stamp_override()

-- ==== trigger sync_permissions_touch on public.sync_permissions
CREATE TRIGGER sync_permissions_touch BEFORE UPDATE ON public.sync_permissions FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at()

-- ==== function app.audit_override()
CREATE OR REPLACE FUNCTION app.audit_override()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  was boolean := case when tg_op <> 'INSERT' then old.can_manual_sync_override is true else false end;
  is_now boolean := case when tg_op <> 'DELETE' then new.can_manual_sync_override is true else false end;
  old_claim uuid := case when tg_op <> 'INSERT' then old.override_claim_id end;
  new_claim uuid := case when tg_op <> 'DELETE' then new.override_claim_id end;
  entry public.sync_permissions := case when tg_op = 'DELETE' then old else new end;
  told text := case
    when tg_op = 'DELETE' then case when was then 'removed' end
    when not was and is_now then
      case when old_claim is not null and new_claim is null then 'returned' else 'granted' end
    when was and not is_now then
      case when new_claim is not null and new_claim is distinct from old_claim then 'used' else 'revoked' end
    when not is_now and old_claim is not null and new_claim is null then 'settled'
    when is_now and (old.override_reason, old.override_expires_at, old.override_enabled_by)
      is distinct from (new.override_reason, new.override_expires_at, new.override_enabled_by) then 'changed'
  end;
begin
  if told is not null then
    insert into public.sync_permission_audit
      (company_id, event, old_value, new_value, reason, actor, claim_id, claimed_for, expires_at)
    values (entry.company_id, told,
      case when tg_op <> 'INSERT' then old.can_manual_sync_override end,
      case when tg_op <> 'DELETE' then new.can_manual_sync_override end,
      entry.override_reason, entry.override_enabled_by, coalesce(new_claim, old_claim),
      entry.override_claimed_for, entry.override_expires_at);
  end if;
  return null;
end
$function$

-- ==== function app.protect(IN target regclass)
CREATE OR REPLACE PROCEDURE app.protect(IN target regclass)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $procedure$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public', target);
  execute format('create policy %I on %s for all to current_role using (true) with check (true)',
    (select relname from pg_catalog.pg_class where oid = target) || '_owner', target);
end
$procedure$

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

-- ==== function app.stamp_override()
CREATE OR REPLACE FUNCTION app.stamp_override()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.can_manual_sync_override and (tg_op = 'INSERT' or old.can_manual_sync_override is not true) then
    if tg_op = 'INSERT' then
      new.override_enabled_at := coalesce(new.override_enabled_at, now());
    elsif new.override_enabled_at is not distinct from old.override_enabled_at and new.override_claim_id is not distinct from old.override_claim_id then
      new.override_enabled_at := now();
    end if;
  end if;
  return new;
end
$function$

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
