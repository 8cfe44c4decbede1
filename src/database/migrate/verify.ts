import type pg from 'pg';
import { type Catalogue, expectedCatalogue, kindOf, readCatalogue } from './catalogue.ts';
import { withConnection } from './connection.ts';
import type { MigrationLine } from './migrations.ts';
import { installedQueueVersion, queueSchemaVersion } from './queue-schema.ts';

export const driftKinds = ['missing', 'changed', 'unexpected'] as const;

/** One difference between a database and what its migrations make. */
export interface Drift {
  readonly drift: (typeof driftKinds)[number];
  /** Kind and name, e.g. `policy messages_read on public.messages`. */
  readonly object: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** Extra ones of these change what people may see or what a write does; an extra index does not. */
const guarded: readonly string[] = ['policy', 'trigger'];

/**
 * Compares tables with their columns, enums, constraints, indexes, policies, function bodies and
 * triggers with the committed catalogue. Empty: all is as the migrations made it.
 */
export async function verifyDatabase(url: string, line: MigrationLine): Promise<readonly Drift[]> {
  const expected = await expectedCatalogue(line);
  return withConnection(url, async (client) => {
    const found = await readCatalogue(client);
    const foreign = line === 'company' ? await foreignTables(client) : [];
    const drifts = compareCatalogues(expected, found).filter(
      ({ object }) =>
        !foreign.some((table) => object.endsWith(`on ${table}`) || object === `table ${table}`),
    );
    return line === 'company'
      ? [...drifts, ...(await queueDrift(client)), ...(await partitionDrift(client))]
      : drifts;
  });
}

/** Pure comparison, in the order of the expected catalogue. */
export function compareCatalogues(expected: Catalogue, found: Catalogue): Drift[] {
  const drifts: Drift[] = [];
  for (const [object, definition] of expected) {
    const actual = found.get(object) ?? null;
    if (actual === null)
      drifts.push({ drift: 'missing', object, expected: definition, found: null });
    else if (actual !== definition) {
      drifts.push({ drift: 'changed', object, expected: definition, found: actual });
    }
  }
  for (const [object, definition] of found) {
    if (
      !expected.has(object) &&
      guarded.includes(kindOf(object) ?? '') &&
      isOnOurs(object, expected)
    ) {
      drifts.push({ drift: 'unexpected', object, expected: null, found: definition });
    }
  }
  return drifts;
}

function isOnOurs(object: string, expected: Catalogue): boolean {
  return expected.has(`table ${object.slice(object.lastIndexOf(' on ') + 4)}`);
}

/** Supabase's auth.users is theirs: its columns, grants and policies are not judged. */
async function foreignTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select 'auth.users' as name from pg_class
    where oid = to_regclass('auth.users') and not pg_has_role(relowner, 'usage')`);
  return rows.map((row) => row.name);
}

async function queueDrift(client: pg.ClientBase): Promise<Drift[]> {
  const [found, expected] = [await installedQueueVersion(client), queueSchemaVersion()];
  if (found === expected) return [];
  return [
    {
      drift: found === null ? 'missing' : 'changed',
      object: 'schema pgboss (job queue)',
      expected: `version ${expected}`,
      found: found === null ? null : `version ${found}`,
    },
  ];
}

/** Months of the activity log: this one and the next two must be there, each under row security. */
async function partitionDrift(client: pg.ClientBase): Promise<Drift[]> {
  if (
    (await client.query(`select to_regclass('public.sync_activity_log') as found`)).rows[0]
      ?.found === null
  ) {
    return [];
  }
  const { rows } = await client.query<{ name: string; found: boolean; secured: boolean | null }>(`
    select coalesce(c.relname, wanted.name) as name, c.oid is not null as found,
      c.relrowsecurity and c.relforcerowsecurity as secured
    from (select 'sync_activity_log_' || to_char(now() at time zone 'UTC' + make_interval(months => ahead), 'YYYY_MM') as name
          from generate_series(0, 2) ahead) wanted
    full join (select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_inherits i
               join pg_class c on c.oid = i.inhrelid
               where i.inhparent = 'public.sync_activity_log'::regclass) c on c.relname = wanted.name
    order by 1`);
  return rows
    .filter((row) => !row.found || !row.secured)
    .map((row) => ({
      drift: row.found ? 'changed' : 'missing',
      object: `table public.${row.name}`,
      expected: 'a partition of public.sync_activity_log with row security enabled and forced',
      found: row.found ? 'row security is not enabled and forced' : null,
    }));
}
