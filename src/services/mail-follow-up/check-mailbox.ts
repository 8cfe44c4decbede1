import type { CompanyDatabase } from '../../database/company.ts';
import { LockstepError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MailProvider, Watermark } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { OpenMailbox } from '../mail/open-mailbox.ts';
import { isSameFolders } from './diff-folders.ts';
import { markFollowed } from './mark-followed.ts';
import { moveWatermark } from './move-watermark.ts';
import { readDueConnection } from './read-due-connection.ts';
import { type FollowedFolder, readFolders } from './read-folders.ts';
import { startFollowUp } from './start-follow-up.ts';

export interface CheckMailboxParts {
  readonly database: CompanyDatabase;
  readonly openMailbox: OpenMailbox;
  readonly clock: Clock;
}

export interface CheckMailbox {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly signal: AbortSignal;
}

/** `not_due`: not connected, not read yet, or being read right now. */
export type CheckedMailbox = 'quiet' | 'started' | 'not_due';

interface QuietFolder {
  readonly id: string;
  readonly from: string;
  readonly to: Watermark;
}

/**
 * Looks whether anything happened in a mailbox and starts a run only then: most looks, every few
 * minutes for every mailbox, find nothing and shall leave nothing but the time they were made.
 * @throws ProviderError, when the provider cannot be asked; the next look comes soon
 */
export async function checkMailbox(
  { database, openMailbox, clock }: CheckMailboxParts,
  { organizationId, connectionId, signal }: CheckMailbox,
): Promise<CheckedMailbox> {
  const scope = { role: 'service_role', organizationId } as const;
  const due = await database.transaction(scope, async (tx) => {
    const connection = await readDueConnection(tx, organizationId, connectionId);
    return connection && { connection, known: await readFolders(tx, organizationId, connectionId) };
  });
  if (!due) return 'not_due';
  const onWait = async (): Promise<void> => undefined;
  const mailbox = await openMailbox({ organizationId, connectionId, signal, onWait });
  const quiet = await quietFolders(mailbox, due.known, clock);
  if (quiet) {
    await database.transaction(scope, async (tx) => {
      const owner = { organizationId, connectionId };
      for (const { id, from, to } of quiet) await moveWatermark(tx, owner, id, to, from);
      await markFollowed(tx, organizationId, connectionId);
    });
    return 'quiet';
  }
  try {
    await database.transaction(scope, (tx) => startFollowUp(tx, due.connection));
    return 'started';
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'SYNC_ALREADY_RUNNING') return 'not_due';
    throw error;
  }
}

/** Every folder with its new watermark; null as soon as something happened in one of them. */
async function quietFolders(
  mailbox: MailProvider,
  known: readonly FollowedFolder[],
  clock: Clock,
): Promise<QuietFolder[] | null> {
  if (!isSameFolders(await mailbox.listFolders(), known)) return null;
  const quiet: QuietFolder[] = [];
  for (const { id, watermark } of known) {
    const takenAt = clock();
    if (watermark === null) return null;
    const page = await mailbox.changesSince(watermark).catch((error) => {
      if (error instanceof ProviderError && error.failure === 'CURSOR_EXPIRED') return null;
      throw error;
    });
    if (!page?.watermark || page.changed.length + page.removed.length > 0) return null;
    quiet.push({ id, from: watermark, to: { value: page.watermark, takenAt } });
  }
  return quiet;
}
