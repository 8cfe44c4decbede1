/** Kinds of objects in the catalogue, in the order of the dump. */
export const objectKinds = [
  'schema',
  'enum',
  'table',
  'constraint',
  'index',
  'policy',
  'trigger',
  'function',
  'view',
] as const;
export type ObjectKind = (typeof objectKinds)[number];

/** Schemas that are ours; the rest belongs to PostgreSQL, pg-boss, Prisma or the operator. */
const ours = `n.nspname in ('public', 'auth', 'app', 'live')`;
/** Months of a partitioned table come and go; Prisma's own table is none of ours. */
const lasting = `not (c.relispartition and c.relname !~ '_default$') and c.relname <> '_prisma_migrations'`;
const fullName = `format('%s.%s', n.nspname, c.relname)`;
/** The owner has another name in every installation. */
const role = (oid: string): string =>
  `case when ${oid} = 0 then 'public' when ${oid} = c.relowner then 'owner' else pg_get_userbyid(${oid}) end`;

/** Each yields rows (name, definition); all work on PostgreSQL 15 to 18 and print the same there. */
export const catalogueQueries: Readonly<Record<ObjectKind, string>> = {
  schema: `
    select n.nspname as name, format('create schema %I', n.nspname) as definition
    from pg_namespace n where ${ours} and n.nspname <> 'public'`,
  enum: `
    select format('%s.%s', n.nspname, t.typname) as name,
      format('create type %s.%s as enum (%s)', n.nspname, t.typname,
        string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) as definition
    from pg_type t join pg_enum e on e.enumtypid = t.oid join pg_namespace n on n.oid = t.typnamespace
    where ${ours} group by n.nspname, t.typname`,
  table: `
    select ${fullName} as name, concat_ws(E'\\n',
      format('create %stable %s -- %s columns', case c.relpersistence when 'u' then 'unlogged ' else '' end,
        ${fullName}, (select count(*) from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped)),
      (select string_agg('  ' || concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then 'not null' end,
          case when a.attidentity <> '' then 'generated as identity' end,
          'default ' || pg_get_expr(d.adbin, d.adrelid)), E'\\n' order by a.attname)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      case when c.relkind = 'p' then '  partition by ' || pg_get_partkeydef(c.oid) end,
      case when c.relispartition then '  partition of ' || (select inhparent::regclass from pg_inherits where inhrelid = c.oid)
        || ' ' || pg_get_expr(c.relpartbound, c.oid) end,
      format('  row security %s, %s', case when c.relrowsecurity then 'enabled' else 'disabled' end,
        case when c.relforcerowsecurity then 'forced' else 'not forced' end),
      (select string_agg(format('  grant %s to %s', privileges, grantee), E'\\n' order by grantee) from (
        select ${role('grantee')} as grantee, string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges
        from aclexplode(c.relacl) where grantee <> c.relowner group by grantee) grants)) as definition
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('r', 'p') and ${lasting}`,
  constraint: `
    select format('%s on %s', k.conname, ${fullName}) as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and ${lasting} and k.contype in ('p', 'u', 'f', 'c', 'x') and not (c.relispartition and k.conparentid <> 0)`,
  index: `
    select format('%s on %s', ic.relname, ${fullName}) as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class ic on ic.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and ${lasting} and not c.relispartition`,
  policy: `
    select format('%s on %s', p.polname, ${fullName}) as name, concat_ws(E'\\n',
      format('create policy %I on %s as %s for %s to %s', p.polname, ${fullName},
        case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
        (select string_agg(${role('member')}, ', ' order by ${role('member')}) from unnest(p.polroles) member)),
      '  using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
      '  with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as definition
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and ${lasting}`,
  trigger: `
    select format('%s on %s', t.tgname, ${fullName}) as name, pg_get_triggerdef(t.oid)
      || case t.tgenabled when 'O' then '' else ' -- not enabled: ' || t.tgenabled::text end as definition
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and ${lasting} and not t.tgisinternal and not c.relispartition`,
  function: `
    select format('%s.%s(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) as name,
      pg_get_functiondef(f.oid) || coalesce((
        select E'\\n-- execute: ' || string_agg(distinct case when grantee = 0 then 'public' else pg_get_userbyid(grantee) end, ', ')
        from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) where grantee <> f.proowner), '') as definition
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where ${ours} and f.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')`,
  view: `
    select ${fullName} as name, format('create view %s as%s%s', ${fullName}, E'\\n', pg_get_viewdef(c.oid)) as definition
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('v', 'm')`,
};
