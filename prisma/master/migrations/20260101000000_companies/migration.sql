-- The control plane: which companies there are, and who may sync once more. Only the owner of this
-- database reaches any of it; never a signed-in user.
create schema app;

create function app.touch_updated_at() returns trigger language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create procedure app.protect(target regclass) language plpgsql set search_path = ''
as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public', target);
  execute format('create policy %I on %s for all to current_role using (true) with check (true)',
    (select relname from pg_catalog.pg_class where oid = target) || '_owner', target);
end
$$;

create table companies (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  slug text not null unique,
  -- Encrypted; null: the default company database.
  database_url text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index companies_is_active_idx on companies (is_active);
create trigger companies_touch before update on companies for each row execute function app.touch_updated_at();
call app.protect('companies');
