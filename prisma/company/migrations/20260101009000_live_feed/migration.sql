-- The live feed: what subscribers of every API process are told, plain SQL by an operator included.
--
-- A statement that changes a watched table notes the ids of its rows in live.event; each API process
-- reads what was committed since it last looked, by comparing snapshots. Commits therefore carry no
-- NOTIFY as a rule (it takes one lock for the whole server until the end of the commit, and halves
-- what 16 writers can do). Two sequences serve as clocks in milliseconds, because a sequence is the one
-- shared variable that everybody sees at once and outside transactions:
--   live.listening  until then some process listens; later nothing is noted at all
--   live.awake      until then every listener looks by itself every few milliseconds; NOTIFY only
--                   when less than a second of it is left
-- After a crash of the server all three are empty: listeners read the present state again.
create schema live;
comment on schema live is 'Changes on their way to subscribers; nothing here outlives a minute.';
grant usage on schema live to service_role;

create unlogged table live.event (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  topic text not null,
  org_id uuid,
  -- The row's id (for access the user's); null: more rows than are worth naming.
  key uuid,
  -- Finds the partition of an activity row.
  at timestamptz,
  primary key (xid, id)
);
call app.protect('live.event', app.sql_serves_all());
create unlogged sequence live.listening;
create unlogged sequence live.awake;
grant usage, select, update on sequence live.listening, live.awake to service_role;

-- The functions below are written out alike on purpose: a call to a function of its own for each of
-- their conditions made them three times as dear, and every commit of a page pays for one of them.
-- More than a thousand rows of one statement are announced as "read again".
create function live.note_progress() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger sync_progress_live_insert after insert on sync_progress
  referencing new table as changed for each statement execute function live.note_progress();
create trigger sync_progress_live_update after update on sync_progress
  referencing new table as changed for each statement execute function live.note_progress();

create function live.note_activity() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger sync_activity_log_live after insert on sync_activity_log
  referencing new table as changed for each statement execute function live.note_activity();

create function live.note_notification() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger notifications_live_insert after insert on notifications
  referencing new table as changed for each statement execute function live.note_notification();
create trigger notifications_live_update after update on notifications
  referencing new table as changed for each statement execute function live.note_notification();

-- Whose rights may have become fewer. The argument names the column that holds the user;
-- none: a whole organisation changed.
create function live.note_access() returns trigger
language plpgsql security definer set search_path = ''
as $$
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
$$;
create trigger user_organizations_live_update after update on user_organizations
  referencing old table as changed for each statement execute function live.note_access('user_id');
create trigger user_organizations_live_delete after delete on user_organizations
  referencing old table as changed for each statement execute function live.note_access('user_id');
create trigger user_profiles_live_update after update on user_profiles
  referencing old table as changed for each statement execute function live.note_access('user_id');
create trigger user_profiles_live_delete after delete on user_profiles
  referencing old table as changed for each statement execute function live.note_access('user_id');
create trigger users_extended_live_update after update on auth.users_extended
  referencing old table as changed for each statement execute function live.note_access('id');
create trigger users_extended_live_delete after delete on auth.users_extended
  referencing old table as changed for each statement execute function live.note_access('id');
-- A ban of the sign-in service; deleting a user deletes the rows above.
create trigger users_live_update after update on auth.users
  referencing old table as changed for each statement execute function live.note_access('id');
create trigger organization_live_update after update on organization
  referencing old table as changed for each statement execute function live.note_access();

revoke execute on all functions in schema live from public;
