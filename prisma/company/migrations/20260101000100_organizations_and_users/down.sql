drop trigger on_auth_user_email_changed on auth.users;
drop trigger on_auth_user_created on auth.users;
drop table user_profile_fault, user_profiles, user_organizations, auth.users_extended;
do $$
begin
  -- Supabase's own users stay; ours go with the schema.
  if (select relowner = current_user::regrole from pg_class where oid = 'auth.users'::regclass)
     and not exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    drop table auth.users;
    drop schema auth;
  end if;
end
$$;
drop table organization;
drop function app.member_rule(text, boolean, text), app.organization_rule(text), app.service_rule(text),
  app.service_person_rule(text), app.sql_asker(), app.sql_reachable(), app.sql_administered(), app.sql_is_active(),
  app.sql_reaches_all(), app.sql_service_organization(), app.sql_serves_all(),
  app.belongs_to(uuid, uuid[]), app.reaches_all(), app.admin_organizations(), app.reachable_organizations(),
  app.active_role(), app.follow_user_email(), app.create_user_profile(), app.replace_implied_membership(),
  app.add_home_membership();
drop type user_role;
