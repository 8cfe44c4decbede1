import { setTimeout as delay } from 'node:timers/promises';
import type { CompanyDatabase } from '../../database/company.ts';
import type { CompanyDatabases } from '../../database/company-databases.ts';
import type { MasterDatabase } from '../../database/master.ts';
import { LockstepError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type OverrideState, readOverride } from '../overrides/read-override.ts';
import type { Run } from '../sync/run.ts';
import { beginRun } from './begin-run.ts';
import { decideStart } from './decide.ts';
import { findRunByKey, runKey } from './find-run-by-key.ts';
import { type MailProviderKey, mailProviderNames } from './mail-provider-key.ts';
import { type MailConnection, readConnection } from './read-connection.ts';
import { runInputSchema } from './run-input.ts';
import {
  NotConnectedError,
  OverrideUnavailableError,
  overrideNotAnswered,
  ReconnectRequiredError,
  SyncAlreadyRunningError,
  SyncLockedError,
} from './start-errors.ts';
import { startWithOverride } from './start-with-override.ts';

export interface StartDependencies {
  readonly companies: CompanyDatabases;
  readonly master: MasterDatabase;
  /** How far back the sync reads. */
  readonly backfillDays: number;
  readonly log: Logger;
}

export interface StartInitialSyncInput {
  readonly member: { readonly userId: string; readonly organizationId: string };
  readonly provider: MailProviderKey;
  readonly idempotencyKey?: string | undefined;
}

export interface InitialSyncStarted {
  readonly status: 'started';
  readonly run: Run;
  readonly provider: MailProviderKey;
  readonly backfillDays: number;
  readonly locked: true;
  /** A sentence for the person. */
  readonly message: string;
}

/**
 * A start that meets another one holding the override waits for its outcome, milliseconds between
 * looks: normally a few, at the most five seconds, then the caller is asked to try again.
 */
const overrideWaits = [20, 40, 80, 160, 300, 400, 500, 500, 500, 500, 500, 500, 1000];

/** Each look follows a change by someone else; so many in a row means something is wrong. */
const mostLooks = 50;

/**
 * Starts the one historical sync of a member's mail and locks it. The same idempotency key gets the
 * same answer, however often and however concurrently it comes.
 * @throws SyncLockedError, NotConnectedError, SyncAlreadyRunningError, ReconnectRequiredError,
 *   OverrideUnavailableError; LockstepError FORBIDDEN, BAD_USER_INPUT, IDEMPOTENCY_MISMATCH
 */
export async function startInitialSync(
  dependencies: StartDependencies,
  input: StartInitialSyncInput,
): Promise<InitialSyncStarted> {
  const { organizationId, userId } = input.member;
  const key = runKey(userId, input.idempotencyKey);
  const database = await dependencies.companies.of(organizationId);
  const waits = [...overrideWaits];
  let override: OverrideState | 'not_asked' = 'not_asked';
  for (let look = 0; look < mostLooks; look += 1) {
    const present = await readPresent(database, input, key);
    if ('replayed' in present) return answer(present.replayed, input.provider);
    const { connection } = present;
    const decision = decideStart(connection, override);
    const request = {
      organizationId,
      userId,
      connectionId: connection?.id ?? '',
      provider: input.provider,
      backfillDays: dependencies.backfillDays,
      key,
    };
    switch (decision.kind) {
      case 'not_connected':
        throw new NotConnectedError(mailProviderNames[input.provider]);
      case 'reconnect_required':
        throw new ReconnectRequiredError(mailProviderNames[input.provider], decision.cause);
      case 'already_running':
        throw new SyncAlreadyRunningError(mailProviderNames[input.provider], decision.runId);
      case 'locked':
        throw new SyncLockedError(decision.lock);
      case 'allowed_unlocked': {
        const run = await database.transaction({ role: 'service_role', organizationId }, (tx) =>
          beginRun(tx, { ...request, by: 'right', overrideExpiresAt: null }),
        );
        if (run) return answer(run, input.provider);
        break; // Another caller took the right between look and lock: look again.
      }
      case 'ask_override':
        override = await askOverride(dependencies.master, organizationId);
        break;
      case 'override_in_use': {
        const wait = waits.shift();
        if (wait === undefined) throw overrideInUse();
        await delay(wait);
        override = 'not_asked';
        break;
      }
      case 'allowed_by_override': {
        const run = await startWithOverride({ ...dependencies, database }, request);
        if (run) return answer(run, input.provider);
        override = 'not_asked';
        break;
      }
    }
  }
  throw new LockstepError('CONFLICT', 'The account keeps changing. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

type Present = { readonly replayed: Run } | { readonly connection: MailConnection | null };

async function readPresent(
  database: CompanyDatabase,
  { member, provider }: StartInitialSyncInput,
  key: string | null,
): Promise<Present> {
  const { organizationId, userId } = member;
  return database.transaction({ role: 'service_role', organizationId }, async (tx) => {
    // In this order: a start with the same key that commits in between is then seen as a replay,
    // instead of as somebody else's run.
    const connection = await readConnection(tx, organizationId, userId, provider);
    const replayed = key === null ? null : await findRunByKey(tx, organizationId, key);
    if (replayed) return { replayed: ofProvider(replayed, provider) };
    if (connection && !connection.memberActive) {
      throw new LockstepError(
        'FORBIDDEN',
        'This member is deactivated or no longer in the organisation, so nothing can be started.',
      );
    }
    return { connection };
  });
}

function ofProvider(run: Run, provider: MailProviderKey): Run {
  if (run.sourceSystem === provider) return run;
  throw new LockstepError(
    'IDEMPOTENCY_MISMATCH',
    'This idempotency key was already used for another provider. Use a new key.',
    { field: 'idempotencyKey' },
  );
}

async function askOverride(master: MasterDatabase, companyId: string): Promise<OverrideState> {
  try {
    return await readOverride(master, companyId);
  } catch (cause) {
    throw overrideNotAnswered(cause);
  }
}

function overrideInUse(): OverrideUnavailableError {
  return new OverrideUnavailableError(
    'The override is held by another start that has not finished. Within two minutes it is used or free again; try then.',
    120,
  );
}

function answer(run: Run, provider: MailProviderKey): InitialSyncStarted {
  const { backfillDays } = runInputSchema.parse(run.input);
  return {
    status: 'started',
    run,
    provider,
    backfillDays,
    locked: true,
    message: `Reading ${backfillDays} days of your ${mailProviderNames[provider]} mail has started. It can be started once, so it is locked from now on; you will get a mail and a notification when it is done.`,
  };
}
