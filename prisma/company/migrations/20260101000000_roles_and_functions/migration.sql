-- The two roles that the program switches to, and the functions that every row policy reads.
-- On Supabase both roles exist already and are only joined.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['authenticated', 'service_role'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin noinherit', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of this server is being migrated at the same moment
    end;
    if not (select rolsuper from pg_roles where rolname = current_user)
       and not exists (
         select from pg_auth_members m
         join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
         where r.rolname = wanted and u.rolname = current_user
           -- From 16 the creator of a role is made its administrator, which does not let him act as it.
           and coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
       )
    then
      for attempt in 1..20 loop
        begin
          if current_setting('server_version_num')::int >= 160000 then
            execute format('grant %I to current_user with inherit false, set true', wanted);
          else
            execute format('grant %I to current_user', wanted);
          end if;
          exit;
        exception when internal_error or unique_violation then
          -- "tuple concurrently updated": the same grant from another database of this server
          perform pg_sleep(0.05 * attempt);
        end;
      end loop;
    end if;
  end loop;
end
$$;

create schema app;
comment on schema app is 'Row scope: who is asking, and what they may see. Settings are transaction-local.';
grant usage on schema app to authenticated, service_role;
grant usage on schema public to authenticated, service_role;

-- Who is asking: the member of a request. Empty after an earlier transaction's local setting, hence nullif.
create function app.user_id() returns uuid language sql stable parallel safe set search_path = ''
  as $$ select nullif(current_setting('app.current_user_id', true), '')::uuid $$;

-- The organisation a request narrows itself to, or null for all of the member's.
create function app.narrowed_to() returns uuid language sql stable parallel safe set search_path = ''
  as $$ select nullif(current_setting('app.current_organization_id', true), '')::uuid $$;

-- The organisation a job works for; null when it serves all, or when nothing was set.
create function app.service_organization() returns uuid language sql stable parallel safe set search_path = ''
  as $$ select nullif(nullif(current_setting('app.service_organization_id', true), ''), 'all')::uuid $$;

create function app.serves_all() returns boolean language sql stable parallel safe set search_path = ''
  as $$ select coalesce(current_setting('app.service_organization_id', true), '') = 'all' $$;

create function app.acts_as_owner() returns boolean language sql stable set search_path = ''
  as $$ select current_user = pg_get_userbyid(nspowner) from pg_namespace where nspname = 'app' $$;

create function app.touch_updated_at() returns trigger language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create function app.refuse_change() returns trigger language plpgsql set search_path = ''
as $$
begin
  raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

-- Row security of one table: forced, everything revoked, then
--   the owner (migrations, an operator's plain SQL) all rows,
--   service_role the rows its rule allows,
--   authenticated read only, by its rule; no rule: nothing at all.
-- The rules are kept in full in each policy; `migrate verify` and the row-security tests read them there.
create procedure app.protect(target regclass, service_rule text, read_rule text default null)
language plpgsql set search_path = ''
as $$
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
$$;

revoke execute on all routines in schema app from public;
grant execute on function app.user_id(), app.narrowed_to(), app.service_organization(), app.serves_all(),
  app.acts_as_owner() to authenticated, service_role;
