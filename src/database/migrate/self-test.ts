import type pg from 'pg';
import { errorText } from '../../errors.ts';
import { companyChecks } from './company-checks.ts';
import { withConnection } from './connection.ts';
import type { DatabaseCheck } from './database-check.ts';
import { masterChecks } from './master-checks.ts';
import type { MigrationLine } from './migrations.ts';

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed. */
  readonly problem: string | null;
}

/** Runs every check of a line in one transaction that is rolled back: nothing stays. */
export async function testDatabase(
  url: string,
  line: MigrationLine,
): Promise<readonly CheckResult[]> {
  return withConnection(url, async (client) => {
    await client.query('begin');
    try {
      const results: CheckResult[] = [];
      for (const check of line === 'company' ? companyChecks : masterChecks) {
        results.push(await runCheck(client, check));
      }
      return results;
    } finally {
      await client.query('rollback');
    }
  });
}

/** Each check starts from the same state: what the one before it did is undone. */
async function runCheck(client: pg.ClientBase, check: DatabaseCheck): Promise<CheckResult> {
  await client.query('savepoint before_check');
  try {
    await check.run(client);
    return { name: check.name, passed: true, problem: null };
  } catch (error) {
    return { name: check.name, passed: false, problem: errorText(error) };
  } finally {
    await client.query('rollback to savepoint before_check');
  }
}
