import { checkMailbox } from '../../../../src/services/mail-follow-up/check-mailbox.ts';
import { mailFollowUp } from '../../../../src/services/mail-follow-up/follow-up.ts';
import type { FollowUpCheckpoint } from '../../../../src/services/mail-follow-up/follow-up-checkpoint.ts';
import { claimRun } from '../../../../src/services/sync/claim-run.ts';
import { executeRun } from '../../../../src/services/sync/execute-run.ts';
import type { Run } from '../../../../src/services/sync/run.ts';
import type { RunHandler } from '../../../../src/services/sync/run-handler.ts';
import type { ProcessAccounts } from '../../accounts/world.ts';
import { workerOf } from '../../initial-sync/support/backfill-work.ts';
import { startBackfillWorld } from '../../initial-sync/support/backfill-world.ts';

/** The handler as the product wires it. */
export function followUpOf({
  accounts,
}: Pick<ProcessAccounts, 'accounts'>): RunHandler<FollowUpCheckpoint> {
  return mailFollowUp({
    openMailbox: (input) => accounts.openMail(input),
    clock: () => new Date(),
  });
}

/** A mailbox as provider and database have it, message by message. */
interface Seen {
  readonly [id: string]: string;
}

/** Ana's mailbox after its historical sync, and a worker that follows it. */
export async function startFollowWorld() {
  const world = await startBackfillWorld();
  const { company } = world.both;

  const connectionId = async (): Promise<string> => {
    const [row] = await world.rows<{ id: string }>('select id from connections');
    return row?.id ?? '';
  };
  const check = async () =>
    checkMailbox(
      {
        database: company,
        openMailbox: (input) => world.accounts.openMail(input),
        clock: () => new Date(),
      },
      {
        organizationId: world.acme.id,
        connectionId: await connectionId(),
        signal: new AbortController().signal,
      },
    );
  const newestRun = async (): Promise<Run> => {
    const [row] = await world.rows<{ id: string }>(
      `select id from sync_job_queue where kind = 'mail_follow_up' order by queued_at desc limit 1`,
    );
    return world.run(row?.id ?? '');
  };
  /** Executes attempts, without their waits, until the newest follow-up has ended. */
  const finish = async (handler = followUpOf(world)): Promise<Run> => {
    const worker = workerOf(company, handler as never);
    for (let attempts = 0; attempts < 60; attempts += 1) {
      const run = await newestRun();
      if (['completed', 'failed', 'cancelled'].includes(run.status)) return run;
      await world.rows('update sync_job_queue set next_attempt_at = null where id = $1', [run.id]);
      const claimed = await claimRun(company, {
        kinds: ['mail_follow_up'],
        owner: worker.owner,
        leaseSeconds: worker.leaseSeconds,
      });
      if (claimed) await executeRun(worker, claimed, new AbortController().signal);
    }
    throw new Error('the follow-up did not end within 60 attempts');
  };

  return {
    ...world,
    connectionId,
    check,
    newestRun,
    finishFollowUp: finish,
    /** A historical sync from start to end. */
    sync: async () => {
      const { run } = await world.start();
      return world.finish(run.id);
    },
    /** One look, and the run that it starts. */
    follow: async (handler?: RunHandler<FollowUpCheckpoint>) => {
      const looked = await check();
      return looked === 'started' ? finish(handler) : looked;
    },
    /** What lies where at the provider, in the folders that take part. */
    atProvider: async (): Promise<Seen> => {
      const seen: Record<string, string> = {};
      const leftOut = ['drafts', 'junkemail', 'deleteditems'];
      const folders = (await world.mailbox.folders()).filter(
        ({ wellKnown, hidden }) => !hidden && !leftOut.includes(wellKnown ?? ''),
      );
      for (const { id, name } of folders) {
        for (const message of await world.mailbox.messages(id)) seen[message.id] = name;
      }
      return seen;
    },
    /** What requests of the member see. */
    here: async (): Promise<Seen> => {
      const rows = await company.query<{ id: string; folder: string }>(
        { role: 'authenticated', userId: world.ana.id },
        `select provider_message_id as id, regexp_replace(folder, '^.*/', '') as folder from messages`,
      );
      return Object.fromEntries(rows.map(({ id, folder }) => [id, folder]));
    },
    message: async (id: string) => {
      const [row] = await world.rows<{
        subject: string;
        is_read: boolean;
        folder: string;
        deleted_at: Date | null;
      }>(
        'select subject, is_read, folder, deleted_at from messages where provider_message_id = $1',
        [id],
      );
      return row;
    },
  };
}

export type FollowWorld = Awaited<ReturnType<typeof startFollowWorld>>;
