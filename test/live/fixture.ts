import pg from 'pg';
import { pino } from 'pino';
import { type CompanyDatabase, openCompanyDatabase } from '../../src/database/company.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createAccess } from '../../src/services/access.ts';
import type { Member, MemberRole } from '../../src/services/access-member.ts';
import { createLive, type Live, type Subscriber } from '../../src/services/live.ts';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

export const silent = pino({ level: 'silent' });

export interface LiveFixture {
  readonly databases: TestDatabases;
  readonly tenants: Awaited<ReturnType<typeof seedTenants>>;
  readonly company: CompanyDatabase;
  readonly live: Live;
  /** An operator's own connection. */
  readonly sql: pg.Client;
  close(): Promise<void>;
}

/** A migrated company with Acme and Globex in it, and its live feed. */
export async function openLive(): Promise<LiveFixture> {
  const databases = await createDatabases();
  const tenants = await seedTenants(databases);
  const company = openCompanyDatabase({ name: 'default', url: databases.companyUrl, log: silent });
  const access = createAccess({
    databases: { all: async () => [company] },
    verifier: { verify: () => Promise.reject(new Error('no tokens here')) },
    companyId: null,
  });
  const live = createLive({
    databases: { of: async () => company },
    access,
    log: silent,
    clock: systemClock,
  });
  const sql = new pg.Client({ connectionString: databases.companyUrl });
  sql.on('error', () => {});
  await sql.connect();
  return {
    databases,
    tenants,
    company,
    live,
    sql,
    async close() {
      await live.close();
      await sql.end().catch(() => {});
      await company.close();
      await databases.drop();
    },
  };
}

/** A member of that organisation as a request would find one. */
export function memberIn(
  tenant: { readonly id: string },
  person: { readonly id: string; readonly email: string },
  role: MemberRole = 'user',
  tokenExpiresAt = new Date(Date.now() + 3_600_000),
): Member {
  return {
    userId: person.id,
    email: person.email,
    organizationId: tenant.id,
    organizations: [tenant.id],
    role,
    reach: 'organization',
    tokenExpiresAt,
  };
}

/** The member in a request. */
export function asking(member: Member): Subscriber {
  return { member, requestId: 'test' };
}

/** Inserts progress of an import that belongs to nobody, as an operator would; returns its row's id. */
export async function insertProgress(
  sql: pg.Client,
  organizationId: string,
  syncId: string,
  total = 100,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into sync_progress (org_id, sync_id, entity_type, total_items, processed_count, source_system)
     values ($1, $2, 'customer', $3, 0, 'woocommerce') returning id`,
    [organizationId, syncId, total],
  );
  return rows[0]?.id ?? '';
}

/** A run of one member with its progress; returns the run's id. */
export async function insertRun(
  sql: pg.Client,
  organizationId: string,
  userId: string | null,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system, status)
     values ($1, $2, 'initial_mail', gen_random_uuid(), 'message', 'outlook', 'running') returning id`,
    [organizationId, userId],
  );
  const id = rows[0]?.id ?? '';
  await insertProgress(sql, organizationId, id);
  return id;
}

/** Reads until `enough` says so, at most for that long; returns everything read. */
export async function readUntil<T>(
  stream: AsyncIterator<T>,
  enough: (rows: readonly T[]) => boolean,
  milliseconds = 5_000,
): Promise<T[]> {
  const rows: T[] = [];
  const deadline = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => deadline.resolve('late'), milliseconds);
  while (!enough(rows)) {
    const next = await Promise.race([stream.next(), deadline.promise]);
    if (next === 'late') throw new Error(`after ${milliseconds} ms only: ${JSON.stringify(rows)}`);
    if (next.done) break;
    rows.push(next.value);
  }
  clearTimeout(timer);
  return rows;
}
