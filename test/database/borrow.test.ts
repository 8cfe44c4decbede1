import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CompanyDatabase, openCompanyDatabase } from '../../src/database/company.ts';
import type { Scope } from '../../src/database/scope.ts';
import { createDatabases, type TestDatabases, withOwner } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

let databases: TestDatabases;
let company: CompanyDatabase;
let tenants: Awaited<ReturnType<typeof seedTenants>>;
let ana: Scope;
let gus: Scope;
let acme: Scope;

beforeAll(async () => {
  databases = await createDatabases();
  tenants = await seedTenants(databases);
  company = openCompanyDatabase({
    name: 'default',
    url: databases.companyUrl,
    poolSize: 5,
    lanes: 3,
    log: { warn: () => undefined },
  });
  ana = { role: 'authenticated', userId: tenants.acme.members.ana.id };
  gus = { role: 'authenticated', userId: tenants.globex.members.gus.id };
  acme = { role: 'service_role', organizationId: tenants.acme.id };
  await withOwner(databases.companyUrl, (client) =>
    client.query(
      `insert into sync_job_queue (org_id, kind, target_id, entity_type, source_system)
       select $1, 'external', gen_random_uuid(), 'customer', 'x' from generate_series(1, 30)`,
      [tenants.acme.id],
    ),
  );
  // The first query of a lane compiles Prisma's engine, which on a busy machine takes its time.
  const lanes = await Promise.all([1, 2, 3].map(() => company.borrow(ana)));
  await Promise.all(lanes.map(({ prisma }) => prisma.organization.count()));
  for (const { release } of lanes) release();
});
afterAll(async () => {
  await company.close();
  await databases.drop();
});

test('600 operations over three lanes, findUnique batches included, see no foreign row', async () => {
  let wrong = 0;
  const operation = async (at: number): Promise<void> => {
    const [scope, own, foreign] =
      at % 2
        ? [ana, tenants.acme.id, tenants.globex.id]
        : [gus, tenants.globex.id, tenants.acme.id];
    const { prisma, release } = await company.borrow(scope);
    try {
      const [mine, other, all] = await Promise.all([
        prisma.organization.findUnique({ where: { id: own } }),
        prisma.organization.findUnique({ where: { id: foreign } }),
        at % 5 === 0
          ? prisma.$transaction(async (tx) => tx.organization.findMany())
          : prisma.organization.findMany(),
      ]);
      if (mine?.id !== own || other !== null || all.length !== 1) wrong += 1;
    } finally {
      release();
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < 600) await operation(next++);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  expect(wrong).toBe(0);
}, 60_000);

test('a query after release is refused, also when the lane works for somebody else', async () => {
  const first = await company.borrow(ana);
  const { organization } = first.prisma;
  const { prisma } = first;
  first.release();
  await expect(organization.findMany()).rejects.toThrow(/after its operation had ended/);
  const second = await company.borrow(gus);
  await expect(organization.findMany()).rejects.toThrow(/after its operation had ended/);
  await expect(prisma.$transaction(async (tx) => tx.organization.count())).rejects.toThrow(
    /after its operation had ended/,
  );
  await expect(prisma.$queryRaw`select 1`).rejects.toThrow(/after its operation had ended/);
  second.release();
});

test('a query begun before release keeps its scope, and holds the lane until it ends', async () => {
  const first = await company.borrow(ana);
  const slow = first.prisma.$queryRaw<
    { name: string }[]
  >`select name, pg_sleep(0.3)::text from organization`;
  const started = slow.then((rows) => rows.map((row) => row.name));
  await delay(50);
  first.release();
  const others = await Promise.all([1, 2, 3].map(() => company.borrow(gus)));
  for (const { prisma } of others) {
    expect((await prisma.organization.findMany()).map((row) => row.name)).toEqual(['Globex']);
  }
  expect(await started).toEqual(['Acme']);
  for (const { release } of others) release();
});

test('without a free lane the caller hears UNAVAILABLE after two seconds', async () => {
  const held = await Promise.all([1, 2, 3].map(() => company.borrow(ana)));
  const begun = performance.now();
  await expect(company.borrow(gus)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(performance.now() - begun).toBeLessThan(6_000);
  for (const { release } of held) release();
  const { release } = await company.borrow(gus);
  release();
});

test('a failed interactive or batch transaction leaves nothing', async () => {
  const { prisma, release } = await company.borrow(acme);
  const row = { orgId: tenants.acme.id, code: 'INTERNAL', message: 'x' };
  const interactive = prisma.$transaction(async (tx) => {
    await tx.syncError.create({ data: { ...row, syncId: 'interactive' } });
    throw new Error('on purpose');
  });
  await expect(interactive).rejects.toMatchObject({ cause: { message: 'on purpose' } });
  const batch = prisma.$transaction([
    prisma.syncError.create({ data: { ...row, syncId: 'batch' } }),
    prisma.syncError.create({ data: { ...row, syncId: 'batch', orgId: tenants.globex.id } }),
  ]);
  await expect(batch).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(
    await prisma.syncError.count({ where: { syncId: { in: ['interactive', 'batch'] } } }),
  ).toBe(0);
  release();
});

test('a nested take is limited by the database, not in memory', async () => {
  const { prisma, release } = await company.borrow(ana);
  const [organization] = await prisma.organization.findMany({
    select: { id: true, runs: { select: { id: true }, take: 2, orderBy: { createdAt: 'desc' } } },
  });
  expect(organization?.runs).toHaveLength(2);
  await withOwner(databases.companyUrl, async (client) => {
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()
         and query like '%sync_job_queue%' order by query_start desc limit 1`,
    );
    expect(rows[0]?.query).toMatch(/LEFT JOIN LATERAL.*LIMIT/is);
  });
  release();
});

test("Prisma's errors come out as ours, without its text", async () => {
  const { prisma, release } = await company.borrow(acme);
  const failures = await Promise.allSettled([
    prisma.organization.create({ data: { name: 'x', slug: 'x' } }),
    prisma.organization.findUniqueOrThrow({ where: { slug: 'nobody' } }),
    prisma.organization.findMany({ where: { name: 'a\u0000b' } }),
    prisma.organization.update({ where: { id: tenants.acme.id }, data: { slug: 'globex' } }),
  ]);
  release();
  const told = failures.map((failure) => (failure.status === 'rejected' ? failure.reason : null));
  expect(told.map((error) => error?.code)).toEqual([
    'NOT_FOUND',
    'NOT_FOUND',
    'BAD_USER_INPUT',
    'CONFLICT',
  ]);
  for (const error of told) expect(String(error?.message)).not.toMatch(/prisma|organization|slug/i);
});
