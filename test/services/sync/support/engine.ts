import { randomUUID } from 'node:crypto';
import { type CompanyDatabase, openCompanyDatabase } from '../../../../src/database/company.ts';
import type { Scope } from '../../../../src/database/scope.ts';
import type { Sql } from '../../../../src/database/sql.ts';
import { createLog, type Logger } from '../../../../src/log.ts';
import { claimRun } from '../../../../src/services/sync/claim-run.ts';
import { executeRun, type RunWorker } from '../../../../src/services/sync/execute-run.ts';
import { type Run, type RunRow, runFromRow } from '../../../../src/services/sync/run.ts';
import {
  type RunHandler,
  type RunHandlers,
  runHandlers,
} from '../../../../src/services/sync/run-handler.ts';
import { type StartRun, startRun } from '../../../../src/services/sync/start-run.ts';
import { createDatabases, withOwner } from '../../../support/database.ts';
import { seedTenants } from '../../../support/tenants.ts';

export const silentLog: Logger = createLog({ level: 'silent', format: 'json' });

/** The run worker of a test: everything short, nothing random. */
export function testWorker(
  database: CompanyDatabase,
  handlers: RunHandlers,
  overrides: Partial<RunWorker> = {},
): RunWorker {
  return {
    database,
    handlers,
    log: silentLog,
    owner: 'test-worker',
    leaseSeconds: 30,
    heartbeatSeconds: 10,
    watchSeconds: 0.2,
    sliceSeconds: 600,
    graceSeconds: 2,
    random: () => 0,
    ...overrides,
  };
}

export interface Progress {
  readonly status: string;
  readonly total_items: number | null;
  readonly processed_count: number;
  readonly failed_count: number;
  readonly current_item: number | null;
  readonly elapsed_seconds: number;
}

/** A migrated company database with two organisations, a table for numbers, and short cuts. */
export async function createEngine() {
  const databases = await createDatabases();
  const { acme, globex } = await seedTenants(databases);
  await withOwner(databases.companyUrl, (client) =>
    client.query(`
      create table numbers (org_id uuid not null, run_id uuid not null, item int not null);
      grant select, insert on numbers to service_role`),
  );
  const company = openCompanyDatabase({
    name: 'default',
    url: databases.companyUrl,
    poolSize: 12,
    log: silentLog,
  });
  const everywhere: Scope = { role: 'service_role', organizationId: 'all' };
  const inside = <T>(work: (tx: Sql) => Promise<T>, organizationId = acme.id): Promise<T> =>
    company.transaction({ role: 'service_role', organizationId }, work);
  const one = async <R>(text: string, values: readonly unknown[] = []): Promise<R> => {
    const [row] = await company.query<R>(everywhere, text, values);
    if (row === undefined) throw new Error(`no row: ${text}`);
    return row;
  };

  const start = (input: Partial<StartRun> = {}): Promise<Run> =>
    inside(
      (tx) =>
        startRun(tx, {
          organizationId: acme.id,
          userId: acme.members.ana.id,
          kind: 'external',
          targetId: randomUUID(),
          entityType: 'order',
          sourceSystem: 'numbers',
          ...input,
        }),
      input.organizationId ?? acme.id,
    );
  const claim = (leaseSeconds = 30): Promise<Run | null> =>
    claimRun(company, { kinds: ['external'], owner: 'test-worker', leaseSeconds });
  const run = async (id: string): Promise<Run> =>
    runFromRow(await one<RunRow>('select * from sync_job_queue where id = $1', [id]));

  return {
    databases,
    company,
    acme,
    globex,
    inside,
    one,
    start,
    run,
    claim,
    everywhere,
    /** Claims the next due run or fails the test. */
    mustClaim: async (leaseSeconds?: number): Promise<Run> => {
      const claimed = await claim(leaseSeconds);
      if (!claimed) throw new Error('nothing was due');
      return claimed;
    },
    progress: (id: string) => one<Progress>('select * from sync_progress where sync_id = $1', [id]),
    numbers: async (id: string): Promise<number[]> => {
      const rows = await company.query<{ item: number }>(
        everywhere,
        'select item from numbers where run_id = $1 order by item',
        [id],
      );
      return rows.map(({ item }) => item);
    },
    /** Claims and executes one attempt with this handler. */
    attempt: async (
      handler: RunHandler<unknown>,
      overrides: Partial<RunWorker> = {},
      shutdown: AbortSignal = new AbortController().signal,
    ): Promise<Run> => {
      const worker = testWorker(company, runHandlers([handler]), overrides);
      const claimed = await claim(worker.leaseSeconds);
      if (!claimed) throw new Error('nothing was due');
      await executeRun(worker, claimed, shutdown);
      return run(claimed.id);
    },
    /** Makes a waiting run due now. */
    makeDue: (id: string) =>
      company.query(everywhere, 'update sync_job_queue set next_attempt_at = null where id = $1', [
        id,
      ]),
    /** Lets the lease of a running run be over. */
    expireLease: (id: string) =>
      company.query(
        everywhere,
        `update sync_job_queue set lease_expires_at = clock_timestamp() - interval '1 second'
          where id = $1`,
        [id],
      ),
    close: async () => {
      await company.close();
      await databases.drop();
    },
  };
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;
