import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Actor, Owner } from './matrix.ts';

/** A seeded world: ids of people and organisations, and which row of a table belongs to whom. */
export interface World {
  readonly acme: string;
  readonly globex: string;
  readonly people: Readonly<Record<string, string>>;
  /** Per table: the owner's row, by its key. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<Owner, string>>;
}

export interface ActorSettings {
  readonly role: 'authenticated' | 'service_role';
  readonly setting: string;
  readonly value: string;
}

/** How an actor appears to the database: exactly what an operator types into psql. */
export function actorSettings(world: World, actor: Actor): ActorSettings {
  const service = (value: string): ActorSettings => ({
    role: 'service_role',
    setting: 'app.service_organization_id',
    value,
  });
  if (actor === 'acmeService') return service(world.acme);
  if (actor === 'globexService') return service(world.globex);
  if (actor === 'maintenance') return service('all');
  const value = world.people[actor] ?? '';
  return { role: 'authenticated', setting: 'app.current_user_id', value };
}

const people: Readonly<Record<string, 'acme' | 'globex' | null>> = {
  ana: 'acme',
  ben: 'acme',
  adam: 'acme',
  left: 'acme',
  inactive: 'acme',
  banned: 'acme',
  nobody: null,
  gus: 'globex',
  olga: 'globex',
};

/** One row per owner; null: this table has none of that owner. */
type Build = (
  owner: Owner,
  org: string,
  user: string | null,
  world: Partial<World>,
) => Columns | null;
type Columns = Readonly<Record<string, unknown>>;

const personal =
  (columns: (owner: Owner) => Columns): Build =>
  (owner, org_id, user_id) =>
    user_id === null ? null : { org_id, user_id, ...columns(owner) };

const shareable =
  (columns: (owner: Owner) => Columns): Build =>
  (owner, org_id, user_id) => ({ org_id, user_id, ...columns(owner) });

const ofOrganization =
  (columns: (owner: Owner) => Columns): Build =>
  (owner, org_id) =>
    owner === 'shared' || owner === 'gus' ? { org_id, ...columns(owner) } : null;

const bytes = () => randomBytes(16);
const rowOf = (world: Partial<World>, table: string, owner: Owner) =>
  world.rows?.get(table)?.get(owner);

/** In the order of their foreign keys. */
const builders: readonly (readonly [string, Build])[] = [
  [
    'user_profile_fault',
    (_o, _org, user_id) =>
      user_id === null ? null : { user_id, operation: 'create', sqlstate: '23505', message: 'x' },
  ],
  [
    'provider_grants',
    personal(() => ({ vendor: 'microsoft', subject: randomUUID(), access_token_sealed: 'sealed' })),
  ],
  [
    'oauth_authorizations',
    personal(() => ({
      vendor: 'google',
      purpose: 'mail',
      state_hash: bytes(),
      sealed: 's',
      browser_hash: bytes(),
      expires_at: new Date(),
    })),
  ],
  [
    'connections',
    (_o, org_id, tenant_id) =>
      tenant_id === null ? null : { org_id, tenant_id, provider_key: 'outlook' },
  ],
  [
    'initial_sync_claim',
    (o, org_id, user_id, w) =>
      user_id === null
        ? null
        : {
            org_id,
            user_id,
            connection_id: rowOf(w, 'connections', o),
            provider_key: 'outlook',
          },
  ],
  [
    'mail_folders',
    (o, org_id, user_id, w) =>
      user_id === null
        ? null
        : {
            org_id,
            user_id,
            connection_id: rowOf(w, 'connections', o),
            provider_folder_id: 'f',
            name: o,
          },
  ],
  [
    'messages',
    (o, org_id, user_id, w) =>
      user_id === null
        ? null
        : {
            org_id,
            user_id,
            connection_id: rowOf(w, 'connections', o),
            provider_message_id: 'm',
            direction: 'inbound',
            subject: o,
          },
  ],
  [
    'sync_job_queue',
    shareable(() => ({
      kind: 'initial_mail',
      target_id: randomUUID(),
      entity_type: 'message',
      source_system: 'outlook',
    })),
  ],
  ['sync_error_log', shareable(() => ({ sync_id: 'x', code: 'INTERNAL', message: 'x' }))],
  [
    'sync_failed_item',
    (o, org_id, user_id, w) => ({
      org_id,
      user_id,
      run_id: rowOf(w, 'sync_job_queue', o),
      item_key: 'k',
      code: 'INTERNAL',
      message: 'x',
    }),
  ],
  [
    'sync_retry_policy',
    (o) =>
      o === 'shared'
        ? {
            failure_code: 'MATRIX',
            max_attempts: 1,
            base_seconds: 0,
            max_seconds: 0,
            action: 'fail',
          }
        : null,
  ],
  ['sync_schedule', ofOrganization(() => ({ name: 'matrix', cron: '0 0 * * *' }))],
  ['notifications', personal(() => ({ kind: 'test', title: 'x' }))],
  ['mail_outbox', personal(() => ({ to_address: 'x@x.test', subject: 's', body: 'b' }))],
  ['idempotency_keys', personal(() => ({ operation: 'x', key: 'k', request_hash: 'h' }))],
  ['admin_audit_log', ofOrganization((o) => ({ action: o }))],
  [
    'sync_preview_cache',
    (_o, org_id, created_by) => ({
      org_id,
      created_by,
      sync_type: 'calendar',
      entity_type: 'appointment',
    }),
  ],
  [
    'sync_progress',
    (o, org_id, _u, w) => ({
      org_id,
      sync_id: rowOf(w, 'sync_job_queue', o),
      entity_type: 'message',
      source_system: 'outlook',
    }),
  ],
  [
    'sync_activity_log',
    (o, org_id, _u, w) => ({
      org_id,
      sync_id: rowOf(w, 'sync_job_queue', o),
      action: 'progress',
      message: 'matrix',
    }),
  ],
];

/** Fills a migrated database, as its owner and by plain SQL. */
export async function seedWorld(client: pg.Client): Promise<World> {
  const organizations = { acme: randomUUID(), globex: randomUUID() };
  const ids = Object.fromEntries(Object.keys(people).map((name) => [name, randomUUID()]));
  for (const [slug, id] of Object.entries(organizations)) {
    await client.query('insert into organization (id, name, slug) values ($1, $2, $2)', [id, slug]);
  }
  for (const [name, home] of Object.entries(people)) {
    const email = `${name}@matrix.test`;
    await client.query('insert into auth.users (id, email) values ($1, $2)', [ids[name], email]);
    if (home === null) continue;
    await client.query('insert into auth.users_extended (id, org_id, email) values ($1, $2, $3)', [
      ids[name],
      organizations[home],
      email,
    ]);
  }
  const byRole = `update user_profiles set role = $2 where user_id = $1`;
  await client.query(byRole, [ids['adam'], 'admin']);
  await client.query(byRole, [ids['olga'], 'super_admin']);
  await client.query('update user_profiles set is_active = false where user_id = $1', [
    ids['inactive'],
  ]);
  await client.query(`update auth.users set banned_until = 'infinity' where id = $1`, [
    ids['banned'],
  ]);

  const rows = new Map<string, Map<Owner, string>>();
  const world: World = { ...organizations, people: ids, rows };
  await addPeopleRows(client, world, rows);
  for (const [table, build] of builders) {
    const added = new Map<Owner, string>();
    rows.set(table, added);
    for (const owner of ['ana', 'ben', 'left', 'gus', 'shared'] as const) {
      const org = owner === 'gus' ? organizations.globex : organizations.acme;
      const columns = build(owner, org, owner === 'shared' ? null : (ids[owner] ?? null), world);
      if (columns) added.set(owner, await insert(client, table, columns));
    }
  }
  // Left after everything was stored: the rows stay, the access does not.
  await client.query('delete from user_organizations where user_id = $1', [ids['left']]);
  return world;
}

async function insert(client: pg.Client, table: string, columns: Columns): Promise<string> {
  const names = Object.keys(columns);
  const { rows } = await client.query<{ key: string }>(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})
     returning ${table === 'sync_retry_policy' ? 'failure_code' : 'id'}::text as key`,
    Object.values(columns),
  );
  return rows[0]?.key ?? '';
}

/** Rows that exist through the people themselves. */
async function addPeopleRows(
  client: pg.Client,
  world: World,
  rows: Map<string, Map<Owner, string>>,
): Promise<void> {
  const named = ['ana', 'ben', 'left', 'gus'] as const;
  const byPerson = new Map<Owner, string>(named.map((name) => [name, world.people[name] ?? '']));
  for (const table of ['auth.users', 'auth.users_extended', 'user_organizations']) {
    rows.set(table, byPerson);
  }
  rows.set(
    'organization',
    new Map<Owner, string>([
      ['shared', world.acme],
      ['gus', world.globex],
    ]),
  );
  const profiles = new Map<Owner, string>();
  for (const name of named) {
    const found = await client.query<{ id: string }>(
      'select id from user_profiles where user_id = $1',
      [world.people[name]],
    );
    profiles.set(name, found.rows[0]?.id ?? '');
  }
  rows.set('user_profiles', profiles);
}
