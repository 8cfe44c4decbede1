import type { CompanyDatabases } from '../database/company-databases.ts';
import { LockstepError } from '../errors.ts';
import { hasRole, type Member, rowScope } from './access-member.ts';
import { cancelRun, pauseRun, resumeRun, retryRun } from './sync/control.ts';
import { retryFailedItem } from './sync/retry-failed-item.ts';
import type { Run } from './sync/run.ts';
import type { RunHandlers } from './sync/run-handler.ts';

const actions = {
  pause: pauseRun,
  resume: resumeRun,
  cancel: cancelRun,
  retry: retryRun,
} as const;

export type RunAction = keyof typeof actions;

export interface RunControlParts {
  readonly companies: CompanyDatabases;
  readonly runHandlers: RunHandlers;
}

interface Target {
  readonly organizationId: string;
  readonly userId: string | null;
}

/**
 * Does something to a run for a member: their own run, or as an administrator any of the organisation.
 * @throws LockstepError NOT_FOUND (unknown or not visible), FORBIDDEN (visible, but not theirs), and
 *   what the action refuses with
 */
export async function controlRunAs(
  { companies, runHandlers }: RunControlParts,
  member: Member,
  runId: string,
  action: RunAction,
): Promise<Run> {
  const database = await companies.of(member.organizationId);
  const [run] = await database.query<Target>(
    rowScope(member),
    'select org_id as "organizationId", user_id as "userId" from sync_job_queue where id = $1',
    [runId],
  );
  const { organizationId } = controllable(run, member, 'run');
  return database.transaction({ role: 'service_role', organizationId }, (tx) =>
    actions[action](tx, runHandlers, { organizationId, runId }),
  );
}

/**
 * Starts a run for one item that was set aside, by the same rule as `controlRunAs`.
 * @throws LockstepError NOT_FOUND, FORBIDDEN, ILLEGAL_TRANSITION, SYNC_ALREADY_RUNNING
 */
export async function retryFailedItemAs(
  { companies, runHandlers }: RunControlParts,
  member: Member,
  itemId: string,
): Promise<Run> {
  const database = await companies.of(member.organizationId);
  const [item] = await database.query<Target>(
    rowScope(member),
    'select org_id as "organizationId", user_id as "userId" from sync_failed_item where id = $1',
    [itemId],
  );
  const { organizationId } = controllable(item, member, 'failed item');
  return database.transaction({ role: 'service_role', organizationId }, (tx) =>
    retryFailedItem(tx, runHandlers, { organizationId, itemId }),
  );
}

function controllable(target: Target | undefined, member: Member, what: string): Target {
  if (!target) throw new LockstepError('NOT_FOUND', `There is no such ${what}. Check the id.`);
  if (target.userId !== member.userId && !hasRole(member, 'admin')) {
    throw new LockstepError('FORBIDDEN', 'Only administrators control runs of the organisation.');
  }
  return target;
}
