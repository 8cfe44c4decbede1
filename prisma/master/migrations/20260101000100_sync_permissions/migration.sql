-- The administrator's override of the one-time sync: single use, claimed by the run that needs it.
create table sync_permissions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null unique references companies (id) on delete cascade,
  -- True: one more sync may start. False means the same as null.
  can_manual_sync_override boolean,
  override_reason text,
  override_enabled_at timestamptz,
  override_enabled_by text,
  override_expires_at timestamptz,
  -- The claim that consumed the override, until it is settled or given back.
  override_claim_id uuid,
  override_claimed_at timestamptz,
  override_claimed_for text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sync_permissions_company_id_idx on sync_permissions (company_id);
create index sync_permissions_claimed_at_idx on sync_permissions (override_claimed_at) where override_claim_id is not null;
create trigger sync_permissions_touch before update on sync_permissions
  for each row execute function app.touch_updated_at();

-- No foreign key: the audit outlives the company.
create table sync_permission_audit (
  id uuid primary key default gen_random_uuid(),
  sequence bigint generated always as identity unique,
  company_id uuid not null,
  event text not null check (event in ('granted', 'changed', 'used', 'returned', 'settled', 'revoked', 'removed')),
  old_value boolean,
  new_value boolean,
  reason text,
  -- Who granted it, as the row says; and the database role that wrote.
  actor text,
  written_by text not null default session_user,
  claim_id uuid,
  claimed_for text,
  expires_at timestamptz,
  created_at timestamptz not null default now()
);
create index sync_permission_audit_company_id_idx on sync_permission_audit (company_id, sequence desc);

create function app.stamp_override() returns trigger language plpgsql set search_path = ''
as $$
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
$$;
create trigger sync_permissions_stamp before insert or update on sync_permissions
  for each row execute function app.stamp_override();

-- Whoever writes, plain SQL included, the change is told.
create function app.audit_override() returns trigger language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger sync_permissions_audit after insert or update or delete on sync_permissions
  for each row execute function app.audit_override();

create function app.refuse_change() returns trigger language plpgsql set search_path = ''
as $$
begin
  raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger sync_permission_audit_append_only before update or delete on sync_permission_audit
  for each row execute function app.refuse_change();
create trigger sync_permission_audit_no_truncate before truncate on sync_permission_audit
  for each statement execute function app.refuse_change();

revoke execute on all routines in schema app from public;
call app.protect('sync_permissions');
call app.protect('sync_permission_audit');
