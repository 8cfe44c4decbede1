import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { lints } from './lints.ts';

let databases: TestDatabases;
let company: pg.Client;
let master: pg.Client;

beforeAll(async () => {
  databases = await createDatabases();
  company = new pg.Client(databases.companyUrl);
  master = new pg.Client(databases.masterUrl);
  await company.connect();
  await master.connect();
});
afterAll(async () => {
  await company.end();
  await master.end();
  await databases.drop();
});

async function findings(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ finding: string }>(sql);
  return rows.map((row) => row.finding).sort();
}

const onMaster = lints.filter(({ code }) => !['L08', 'L09', '0029'].includes(code));

// Without organisations and request roles, three lints have nothing to judge there.
test.each(onMaster)('$code $name finds nothing in the master', async ({ sql, accepted = {} }) => {
  expect((await findings(master, sql)).filter((finding) => !(finding in accepted))).toEqual([]);
});

test('every accepted finding still exists', async () => {
  for (const { sql, code, accepted = {} } of lints) {
    const found = [
      ...(await findings(company, sql)),
      ...(onMaster.some((lint) => lint.code === code) ? await findings(master, sql) : []),
    ];
    expect(
      Object.keys(accepted).filter((finding) => !found.includes(finding)),
      code,
    ).toEqual([]);
  }
});

describe.each(lints)('$code $name', ({ sql, bad, accepted = {} }) => {
  test('finds nothing in the company database but what is accepted', async () => {
    expect((await findings(company, sql)).filter((finding) => !(finding in accepted))).toEqual([]);
  });

  test('catches its bad fixture', async () => {
    await company.query('begin');
    try {
      const before = await findings(company, sql);
      await company.query(bad);
      expect(
        (await findings(company, sql)).filter((finding) => !before.includes(finding)),
      ).not.toEqual([]);
    } finally {
      await company.query('rollback');
    }
  });
});
