-- Organisations, people, memberships, profiles; and the functions that answer what a person reaches.
create table organization (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  slug text not null unique,
  description text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index organization_is_active_idx on organization (is_active);
create index organization_created_at_idx on organization (created_at desc);
create trigger organization_touch before update on organization
  for each row execute function app.touch_updated_at();

-- On Supabase the schema and its users exist and are left alone.
create schema if not exists auth;
create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  email text unique,
  raw_user_meta_data jsonb not null default '{}',
  banned_until timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table auth.users_extended (
  id uuid primary key references auth.users (id) on delete cascade,
  org_id uuid not null references organization (id) on delete cascade,
  email text not null unique,
  full_name text,
  avatar_url text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index users_extended_org_id_idx on auth.users_extended (org_id);
create index users_extended_org_id_is_active_idx on auth.users_extended (org_id, is_active);
create index users_extended_is_active_idx on auth.users_extended (is_active);
create trigger users_extended_touch before update on auth.users_extended
  for each row execute function app.touch_updated_at();

create table user_organizations (
  user_id uuid not null references auth.users (id) on delete cascade,
  organization_id uuid not null references organization (id) on delete cascade,
  role text not null default 'member' check (role in ('member', 'admin')),
  -- Made by the trigger for the home organisation; an explicit row takes its place.
  is_implied boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (user_id, organization_id)
);
create index user_organizations_organization_id_idx on user_organizations (organization_id, user_id);

create type user_role as enum ('user', 'admin', 'super_admin');

create table user_profiles (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null unique references auth.users (id) on delete cascade,
  role user_role not null default 'user',
  is_active boolean not null default true,
  last_login timestamptz,
  deactivated_at timestamptz,
  deactivated_by uuid references auth.users (id) on delete set null,
  deactivation_reason text,
  sso_provider text,
  sso_user_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index user_profiles_deactivated_by_idx on user_profiles (deactivated_by);
create trigger user_profiles_touch before update on user_profiles
  for each row execute function app.touch_updated_at();

-- What went wrong when a sign-up's profile was made; the next user synchronisation repairs it.
create table user_profile_fault (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  operation text not null,
  sqlstate text not null,
  message text not null,
  created_at timestamptz not null default now(),
  resolved_at timestamptz
);
create index user_profile_fault_open_idx on user_profile_fault (created_at) where resolved_at is null;

-- A home organisation is always a membership.
create function app.add_home_membership() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger users_extended_home_membership after insert or update of org_id on auth.users_extended
  for each row execute function app.add_home_membership();

create function app.replace_implied_membership() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not new.is_implied then
    delete from public.user_organizations
    where user_id = new.user_id and organization_id = new.organization_id and is_implied;
  end if;
  return new;
end
$$;
create trigger user_organizations_replace_implied before insert on user_organizations
  for each row execute function app.replace_implied_membership();

-- A sign-up gets its profile at once; a fault in that never blocks the sign-up.
create function app.create_user_profile() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger on_auth_user_created after insert on auth.users
  for each row execute function app.create_user_profile();

create function app.follow_user_email() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger on_auth_user_email_changed after update of email on auth.users
  for each row execute function app.follow_user_email();

-- Existing users (Supabase) get their profiles now.
insert into user_profiles (user_id) select id from auth.users on conflict do nothing;

-- What the asking person reaches. Each runs once per statement, because policies call it as (select ...).
-- In plpgsql, whose plans are kept for the connection: as SQL functions they were planned at each call
-- and cost a member's primary-key read twice its time.

-- The asking person's role; null when he may see nothing: unknown, banned or deactivated anywhere.
create function app.active_role() returns user_role
language plpgsql stable security definer set search_path = ''
as $$
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
$$;

-- Where he may look at all: his memberships; everywhere for a super administrator. Policies begin with
-- org_id = any (these), so that an index that starts with org_id bounds every read.
create function app.reachable_organizations() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
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
$$;

-- Where he may see what others own: an administrator is one by membership, or by profile in the home
-- organisation he still belongs to; a super administrator everywhere.
create function app.admin_organizations() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
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
$$;

-- A super administrator who did not narrow himself to one organisation.
create function app.reaches_all() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(app.active_role() = 'super_admin', false) and app.narrowed_to() is null;
end
$$;

-- For tables of people, which have no org_id: does this person belong to one of these organisations?
create function app.belongs_to(person uuid, organizations uuid[]) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.user_organizations
    where user_id = person and organization_id = any (organizations)
  );
end
$$;

-- What policies ask, as texts to build them from. Plain expressions in (select ...) cost next to nothing,
-- a function call 20 us and more: hence a request that has read the member's standing in the organisation
-- it narrows itself to ('member' or 'admin', never other than the functions above would say) names it in
-- app.current_standing, and the functions are not called. Without that setting they decide.
create function app.sql_asker() returns text language sql immutable set search_path = ''
  as $$ select $text$(select nullif(current_setting('app.current_user_id', true), '')::uuid)$text$ $$;

create function app.sql_reachable() returns text language sql immutable set search_path = ''
as $$ select $text$(select case when current_setting('app.current_standing', true) in ('member', 'admin')
  then array[nullif(current_setting('app.current_organization_id', true), '')::uuid]
  else app.reachable_organizations() end)::uuid[]$text$ $$;

create function app.sql_administered() returns text language sql immutable set search_path = ''
as $$ select $text$(select case current_setting('app.current_standing', true)
  when 'admin' then array[nullif(current_setting('app.current_organization_id', true), '')::uuid]
  when 'member' then '{}'::uuid[]
  else app.admin_organizations() end)::uuid[]$text$ $$;

create function app.sql_is_active() returns text language sql immutable set search_path = ''
as $$ select $text$(select case when current_setting('app.current_standing', true) in ('member', 'admin')
  then true else app.active_role() is not null end)$text$ $$;

create function app.sql_reaches_all() returns text language sql immutable set search_path = ''
as $$ select $text$(select case when nullif(current_setting('app.current_organization_id', true), '') is null
  then app.reaches_all() else false end)$text$ $$;

create function app.sql_service_organization() returns text language sql immutable set search_path = ''
as $$ select $text$(select nullif(nullif(current_setting('app.service_organization_id', true), ''), 'all')::uuid)$text$ $$;

create function app.sql_serves_all() returns text language sql immutable set search_path = ''
as $$ select $text$(select coalesce(current_setting('app.service_organization_id', true), '') = 'all')$text$ $$;

-- The rules by which most tables are read, as the text of a policy.
create function app.member_rule(owner_column text, shared boolean default false, organization_column text default 'org_id')
returns text language sql immutable set search_path = ''
as $$
  select format('%1$I = any (%2$s) and (%3$I = %4$s' || case when shared then ' or %3$I is null' else '' end
      || ' or %1$I = any (%5$s))',
    organization_column, app.sql_reachable(), owner_column, app.sql_asker(), app.sql_administered())
$$;

create function app.organization_rule(organization_column text default 'org_id') returns text
language sql immutable set search_path = ''
as $$ select format('%I = any (%s)', organization_column, app.sql_reachable()) $$;

create function app.service_rule(organization_column text default 'org_id') returns text
language sql immutable set search_path = ''
as $$ select format('%I = %s or %s', organization_column, app.sql_service_organization(), app.sql_serves_all()) $$;

-- For tables of people, who belong to organisations by their memberships.
create function app.service_person_rule(person_column text) returns text
language sql immutable set search_path = ''
as $$
  select format('%s or app.belongs_to(%I, array[%s])', app.sql_serves_all(), person_column, app.sql_service_organization())
$$;

revoke execute on all routines in schema app from public;
grant execute on function app.active_role(), app.reachable_organizations(), app.admin_organizations(),
  app.reaches_all(), app.belongs_to(uuid, uuid[]) to authenticated, service_role;
grant usage on schema auth to authenticated, service_role;

call app.protect('organization', app.service_rule('id'), app.organization_rule('id'));
call app.protect('auth.users_extended', app.service_rule(), app.member_rule('id'));
call app.protect('user_organizations', app.service_rule('organization_id'),
  app.member_rule('user_id', organization_column => 'organization_id'));
call app.protect('user_profiles', app.service_person_rule('user_id'),
  format('user_id = %s and %s or %s or app.belongs_to(user_id, %s)',
    app.sql_asker(), app.sql_is_active(), app.sql_reaches_all(), app.sql_administered()));
call app.protect('user_profile_fault', app.sql_serves_all());

do $$
begin
  -- Only when the table is ours: Supabase guards its own.
  if (select relowner = current_user::regrole from pg_class where oid = 'auth.users'::regclass) then
    call app.protect('auth.users', app.service_person_rule('id'));
  end if;
end
$$;
