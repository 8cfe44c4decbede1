import type { Sql } from '../../../../src/database/sql.ts';
import type { BackfillCheckpoint } from '../../../../src/services/initial-sync/backfill-checkpoint.ts';
import type { BackfillResult } from '../../../../src/services/initial-sync/save-result.ts';
import {
  type InitialSyncStarted,
  startInitialSync,
} from '../../../../src/services/initial-sync/start.ts';
import { claimRun } from '../../../../src/services/sync/claim-run.ts';
import { executeRun } from '../../../../src/services/sync/execute-run.ts';
import { type Run, type RunRow, runFromRow } from '../../../../src/services/sync/run.ts';
import type { Page, RunContext, RunHandler } from '../../../../src/services/sync/run-handler.ts';
import { startAccountsWorld } from '../../accounts/world.ts';
import { backfillOf, workerOf } from './backfill-work.ts';
import { openBoth } from './start-fixture.ts';

export const mailboxOf = 'ana@acme.test';

/** Both databases, the sandbox, Ana's connected mailbox, and a worker of our own. */
export async function startBackfillWorld() {
  const world = await startAccountsWorld();
  const both = openBoth(world.databases);
  const { acme } = world.tenants;
  const { ana } = acme.members;
  const { control } = world.sandbox;
  const scope = { role: 'service_role', organizationId: acme.id } as const;

  const run = async (id: string): Promise<Run> => {
    const [row] = await world.rows<RunRow>('select * from sync_job_queue where id = $1', [id]);
    if (!row) throw new Error(`there is no run ${id}`);
    return runFromRow(row);
  };
  /** Claims the due run, if there is one, and executes one attempt. */
  const attempt = async (handler = backfillOf(world.accounts)): Promise<void> => {
    const worker = workerOf(both.company, handler);
    const claimed = await claimRun(both.company, {
      kinds: ['initial_mail'],
      owner: worker.owner,
      leaseSeconds: worker.leaseSeconds,
    });
    if (claimed) await executeRun(worker, claimed, new AbortController().signal);
  };
  /** Executes attempts, without their waits, until the run has ended. */
  const finish = async (id: string, handler = backfillOf(world.accounts)): Promise<Run> => {
    for (let attempts = 0; attempts < 60; attempts += 1) {
      const present = await run(id);
      if (['completed', 'failed', 'cancelled'].includes(present.status)) return present;
      await world.rows('update sync_job_queue set next_attempt_at = null where id = $1', [id]);
      await attempt(handler);
    }
    throw new Error('the run did not end within 60 attempts');
  };

  const api = {
    ...world,
    both,
    ana,
    acme,
    run,
    attempt,
    finish,
    mailbox: control.microsoft.mailbox(mailboxOf),
    control,
    inside: <T>(work: (tx: Sql) => Promise<T>) => both.company.transaction(scope, work),
    /** An empty mailbox, freshly connected, nothing stored. */
    reset: async () => {
      await control.reset();
      await world.rows('delete from notifications');
      await world.rows('delete from mail_outbox');
      await world.rows('delete from initial_sync_claim');
      await world.rows('delete from sync_failed_item');
      await world.rows('delete from sync_job_queue');
      await world.rows('delete from sync_progress');
      await world.rows('delete from connections');
      await world.rows('delete from provider_grants');
      await both.master.query('delete from sync_permissions');
      await world.connect();
    },
    start: (): Promise<InitialSyncStarted> =>
      startInitialSync(both.dependencies, {
        member: { userId: ana.id, organizationId: acme.id },
        provider: 'outlook',
      }),
    grant: () =>
      both.master.query(
        `insert into sync_permissions (company_id, can_manual_sync_override) values ($1, true)
         on conflict (company_id) do update set can_manual_sync_override = true`,
        [acme.id],
      ),
    /** Ids at the provider in the window of the newest run. */
    truth: async (folders: readonly string[] = ['inbox']): Promise<string[]> => {
      const [row] = await world.rows<{ from: string }>(
        `select input ->> 'windowFrom' as from from sync_job_queue order by queued_at desc limit 1`,
      );
      const from = row ? Date.parse(row.from) : Date.now() - 365 * 86_400_000;
      const listed = await Promise.all(
        folders.map((folder) => control.microsoft.mailbox(mailboxOf).messages(folder)),
      );
      return listed
        .flat()
        .filter(({ receivedAt }) => Date.parse(receivedAt) >= from)
        .map(({ id }) => id)
        .toSorted();
    },
    stored: async (): Promise<string[]> => {
      const rows = await world.rows<{ id: string }>(
        'select provider_message_id as id from messages order by provider_message_id collate "C"',
      );
      return rows.map(({ id }) => id);
    },
    /** Set comparison of provider and database; short when they are equal. */
    compare: async (folders?: readonly string[]) => {
      const truth = new Set(await api.truth(folders));
      const stored = await api.stored();
      return {
        lost: [...truth].filter((id) => !stored.includes(id)),
        unknown: stored.filter((id) => !truth.has(id)),
        duplicates: stored.length - new Set(stored).size,
      };
    },
    progress: async (id: string) => {
      const [row] = await world.rows<{
        status: string;
        total_items: number;
        processed_count: number;
        failed_count: number;
      }>(
        'select status, total_items, processed_count, failed_count from sync_progress where sync_id = $1',
        [id],
      );
      return row;
    },
    result: async (id: string) => (await run(id)).result as BackfillResult,
    close: async () => {
      await both.close();
      await world.close();
    },
  };
  return api;
}

/** What `compare` says when every message is stored once. */
export const complete = { lost: [], unknown: [], duplicates: 0 };

export type BackfillWorld = Awaited<ReturnType<typeof startBackfillWorld>>;

type When = (page: Page<BackfillCheckpoint>, number: number) => boolean;

/** The first page with messages. */
export const whenStored: When = ({ processed }) => processed > 0;

/** Every slice is read, and the audit has not begun. */
export const whenRead: When = ({ checkpoint: { slices, audit } }) =>
  slices.length === 0 && audit === null;

/** The handler, with something happening once, right after the first committed page of that kind. */
export function afterPage(
  handler: RunHandler<BackfillCheckpoint>,
  when: When,
  happen: () => Promise<unknown>,
): RunHandler<BackfillCheckpoint> {
  let pages = 0;
  let happened = false;
  return {
    ...handler,
    execute: (context) => {
      const watched: RunContext<BackfillCheckpoint> = {
        ...context,
        commitPage: async (committed, write) => {
          await context.commitPage(committed, write);
          pages += 1;
          if (happened || !when(committed, pages)) return;
          happened = true;
          await happen();
        },
      };
      return handler.execute(watched);
    },
  };
}
