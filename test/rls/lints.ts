/**
 * Database lints: each statement lists what is wrong, and nothing when all is well. Codes 00xx are
 * splinter's (https://supabase.github.io/splinter), written for plain PostgreSQL; Lxx are ours, for
 * what splinter does not see. `bad` is a fixture that the lint must catch. Left out are those that
 * need what we have not: a superuser (foreign tables, LEAKPROOF), extensions, Supabase's own API.
 */
export interface Lint {
  readonly code: string;
  readonly name: string;
  readonly sql: string;
  readonly bad: string;
  /** Findings that are right as they are, and why. */
  readonly accepted?: Readonly<Record<string, string>>;
}

const ours = `n.nspname in ('public', 'auth', 'app', 'live')`;
const table = `c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'`;
const name = `format('%s.%s', n.nspname, c.relname)`;
const tables = `pg_class c join pg_namespace n on n.oid = c.relnamespace`;
const policies = `pg_policy p join ${tables} on c.oid = p.polrelid`;
const policyName = `format('%s on %s.%s', p.polname, n.nspname, c.relname)`;
const functions = `pg_proc f join pg_namespace n on n.oid = f.pronamespace`;
const functionName = `format('%s.%s', n.nspname, f.proname)`;
/** Tables with a column that names the organisation. */
const tenant = `exists (select from pg_attribute t where t.attrelid = c.oid and t.attname in ('org_id', 'organization_id'))`;
/** Parentheses with parentheses in them, so deep. */
const nested = (depth: number): string =>
  depth === 0 ? '' : `\\([^()]*(${nested(depth - 1)}[^()]*)*\\)`;
/** What a policy says outside of (select ...), where it runs once per row. */
const perRow = (expression: string): string =>
  `regexp_replace(${expression}, '\\( SELECT\\s[^()]*(${nested(4)}[^()]*)*\\)', '?', 'g')`;
const qual = `concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid))`;

export const lints: readonly Lint[] = [
  {
    code: '0001',
    name: 'unindexed_foreign_keys',
    sql: `select format('%s on %s', k.conname, ${name}) as finding from pg_constraint k join ${tables} on c.oid = k.conrelid
      where ${ours} and k.contype = 'f' and not c.relispartition and not exists (
        select from pg_index i where i.indrelid = k.conrelid and i.indpred is null
          and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
    bad: 'create table bad (id uuid primary key, o uuid references organization)',
  },
  {
    code: '0003',
    name: 'auth_rls_initplan',
    sql: `select ${policyName} as finding from ${policies} where ${ours} and ${perRow(qual)} ~ 'current_setting|current_user|app\\.(user_id|reachable_|admin_|reaches|serves|service_|active_|acts_)'`,
    bad: 'create policy bad on messages for delete to authenticated using (user_id = app.user_id())',
  },
  {
    code: '0004',
    name: 'no_primary_key',
    sql: `select ${name} as finding from ${tables} where ${ours} and ${table} and not c.relispartition
      and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
    bad: 'create table bad (id uuid)',
  },
  {
    code: '0006',
    name: 'multiple_permissive_policies',
    sql: `select format('%s for %s to %s', ${name}, command, pg_get_userbyid(member)) as finding
      from ${policies} cross join unnest(p.polroles) member
      cross join unnest(case p.polcmd when '*' then array['r', 'a', 'w', 'd'] else array[p.polcmd::text] end) command
      where ${ours} and p.polpermissive group by 1 having count(*) > 1`,
    bad: 'create policy bad on messages for select to authenticated using (org_id is null)',
    accepted: {
      'public.sync_retry_policy for r to service_role':
        'services of one organisation read what only maintenance changes',
    },
  },
  {
    code: '0007',
    name: 'policy_exists_rls_disabled',
    sql: `select distinct ${name} as finding from ${policies} where ${ours} and not c.relrowsecurity`,
    bad: 'alter table messages disable row level security',
  },
  {
    code: '0008',
    name: 'rls_enabled_no_policy',
    sql: `select ${name} as finding from ${tables} where ${ours} and ${table} and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid)`,
    bad: 'create table bad (id uuid primary key); alter table bad enable row level security',
  },
  {
    code: '0009',
    name: 'duplicate_index',
    sql: `select string_agg(i.indexrelid::regclass::text, ', ' order by i.indexrelid::regclass::text) as finding
      from pg_index i join ${tables} on c.oid = i.indrelid where ${ours}
      group by i.indrelid, i.indkey::text, i.indoption::text, pg_get_expr(i.indpred, i.indrelid), i.indclass::text having count(*) > 1`,
    bad: 'create index bad on organization (is_active)',
    accepted: {
      // The master's product description asks for an index on company_id beside its unique one.
      'sync_permissions_company_id_idx, sync_permissions_company_id_key': 'part of the product',
    },
  },
  {
    code: '0010',
    name: 'security_definer_view',
    sql: `select ${name} as finding from ${tables} where ${ours} and c.relkind = 'v'
      and not coalesce(c.reloptions::text ~* 'security_invoker=(true|on|1)', false)`,
    bad: 'create view bad as select * from messages',
  },
  {
    code: '0011',
    name: 'function_search_path_mutable',
    sql: `select ${functionName} as finding from ${functions} where ${ours} and not coalesce(f.proconfig::text ~ 'search_path', false)`,
    bad: `create function bad() returns int language sql as 'select 1'`,
  },
  {
    code: '0013',
    name: 'rls_disabled_in_public',
    sql: `select ${name} as finding from ${tables} where ${ours} and ${table} and not c.relrowsecurity`,
    bad: 'create table bad (id uuid primary key)',
  },
  {
    code: '0016',
    name: 'materialized_view_in_api',
    sql: `select ${name} as finding from ${tables} where ${ours} and c.relkind = 'm'`,
    bad: 'create materialized view bad as select 1 as one',
  },
  {
    code: '0024',
    name: 'rls_policy_always_true',
    sql: `select ${policyName} as finding from ${policies} where ${ours} and c.relowner <> all (p.polroles)
      and 'true' in (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))`,
    bad: 'create policy bad on messages for update to service_role using (true) with check (true)',
  },
  {
    code: '0029',
    name: 'security_definer_function_executable',
    sql: `select ${functionName} as finding from ${functions} where ${ours} and f.prosecdef
      and (has_function_privilege('authenticated', f.oid, 'execute'))`,
    bad: `create function bad() returns int language sql security definer set search_path = '' as 'select 1'`,
    accepted: Object.fromEntries(
      [
        'active_role',
        'reachable_organizations',
        'admin_organizations',
        'reaches_all',
        'belongs_to',
        'run_owner',
      ].map((helper) => [
        `app.${helper}`,
        'policies call it; it answers about the asker, or yes and no',
      ]),
    ),
  },
  {
    code: 'L01',
    name: 'row_security_not_forced',
    sql: `select ${name} as finding from ${tables} where ${ours} and ${table} and not c.relforcerowsecurity`,
    bad: 'alter table messages no force row level security',
  },
  {
    code: 'L02',
    name: 'runtime_role_too_mighty',
    sql: `select rolname as finding from pg_roles r where rolname in ('authenticated', 'service_role')
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or exists (
        select from pg_roles mighty where (mighty.rolsuper or mighty.rolbypassrls or mighty.rolcreaterole)
          and mighty.oid <> r.oid and pg_has_role(r.oid, mighty.oid, 'member')))
      union all select format('%s owns %s', pg_get_userbyid(c.relowner), ${name}) from ${tables}
      where pg_get_userbyid(c.relowner) in ('authenticated', 'service_role') and ${ours}`,
    bad: 'grant create on schema public to authenticated; set role authenticated; create table bad (id int); reset role',
  },
  {
    code: 'L03',
    name: 'mighty_privilege',
    sql: `select format('%s on %s to %s', privilege_type, ${name}, case grantee when 0 then 'public' else pg_get_userbyid(grantee) end) as finding
      from ${tables} cross join aclexplode(c.relacl) where ${ours} and ${table} and grantee <> c.relowner
        and (privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') or grantee = 0
          or (pg_get_userbyid(grantee) = 'authenticated' and privilege_type <> 'SELECT'))
      union all select format('CREATE on schema %s to %s', n.nspname, r.rolname) from pg_namespace n
      cross join pg_roles r where ${ours} and r.rolname in ('authenticated', 'service_role') and has_schema_privilege(r.oid, n.oid, 'create')`,
    bad: 'grant truncate on messages to service_role',
  },
  {
    code: 'L04',
    name: 'policy_without_check',
    sql: `select ${policyName} as finding from ${policies} where ${ours} and p.polcmd in ('a', 'w', '*') and p.polwithcheck is null`,
    bad: 'create policy bad on messages for update to service_role using (org_id is null)',
  },
  {
    code: 'L05',
    name: 'policy_with_subselect_on_table',
    sql: `select ${policyName} as finding from ${policies} where ${ours} and ${qual} ~ '\\mFROM\\M'`,
    bad: 'create policy bad on messages for delete to service_role using (exists (select from organization))',
  },
  {
    code: 'L06',
    name: 'function_per_row_in_policy',
    sql: `select ${policyName} || ': ' || call[1] as finding from ${policies}
      cross join regexp_matches(${perRow(qual)}, '([a-z_]+\\.?[a-z_]+)\\(', 'g') call
      where ${ours} and call[1] not in ('coalesce', 'any')`,
    bad: `create policy bad on messages for delete to service_role using (lower(subject) = 'x')`,
    accepted: {
      'user_profiles_read on public.user_profiles: app.belongs_to':
        'the table has no organisation; after the cheap tests',
      'user_profiles_service on public.user_profiles: app.belongs_to': 'as above',
      'users_service on auth.users: app.belongs_to': 'as above',
      'sync_progress_select on public.sync_progress: app.run_owner':
        'texts that are no run cannot be told from other members\u2019 runs otherwise',
      'sync_activity_log_select on public.sync_activity_log: app.run_owner': 'as above',
    },
  },
  {
    code: 'L07',
    name: 'careless_setting',
    sql: `select ${functionName} as finding from ${functions} where ${ours}
      and (f.prosrc ~ 'current_setting\\(''app[^)]*''\\)' or (f.prosrc ~ 'current_setting[^;]*::uuid' and f.prosrc !~ 'nullif\\('))`,
    bad: `create function bad() returns uuid language sql stable set search_path = '' as $$ select current_setting('app.current_user_id')::uuid $$`,
  },
  {
    code: 'L08',
    name: 'tenant_foreign_key_without_organization',
    sql: `select format('%s on %s', k.conname, ${name}) as finding from pg_constraint k join ${tables} on c.oid = k.conrelid
      where ${ours} and k.contype = 'f' and k.confrelid <> 'organization'::regclass
        and exists (select from pg_attribute t where t.attrelid = k.confrelid and t.attname = 'org_id' and t.attnum > 0)
        and not exists (select from pg_attribute t where t.attrelid = k.conrelid and t.attname = 'org_id' and t.attnum = any (k.conkey))`,
    bad: 'create table bad (id uuid primary key, org_id uuid, connection_id uuid references connections (id))',
  },
  {
    code: 'L09',
    name: 'tenant_unique_without_organization',
    sql: `select i.indexrelid::regclass::text as finding from pg_index i join ${tables} on c.oid = i.indrelid
      where ${ours} and i.indisunique and not i.indisprimary and not c.relispartition and ${tenant}
        and not exists (select from pg_attribute t where t.attrelid = c.oid and t.attname in ('org_id', 'organization_id') and t.attnum = any (i.indkey))`,
    bad: 'alter table messages add unique (provider_message_id)',
    accepted: {
      'auth.users_extended_email_key':
        'addresses are unique in the product; services only write it',
      oauth_authorizations_state_hash_key:
        'a hash of 32 random bytes, looked up before the organisation is known',
      admin_audit_log_sequence_key: 'one chain per database; the trigger numbers it',
    },
  },
  {
    code: 'L11',
    name: 'tenant_table_without_organization_index',
    sql: `select ${name} as finding from ${tables} where ${ours} and ${table} and not c.relispartition
      and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'org_id')
      and n.nspname <> 'live'
      and not exists (select from pg_index i join pg_attribute t on t.attrelid = c.oid and t.attnum = i.indkey[0]
        where i.indrelid = c.oid and t.attname = 'org_id')`,
    bad: 'create table bad (id uuid primary key, org_id uuid)',
  },
];
