import type { CompanyDatabases } from '../database/company-databases.ts';
import { LockstepError } from '../errors.ts';
import { hasRole, type Member, rowScope } from './access-member.ts';
import { cancelRun, pauseRun, resumeRun, retryRun } from './sync/control.ts';
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
  const [run] = await database.query<{ organizationId: string; userId: string | null }>(
    rowScope(member),
    'select org_id as "organizationId", user_id as "userId" from sync_job_queue where id = $1',
    [runId],
  );
  if (!run) throw new LockstepError('NOT_FOUND', 'There is no such run. Check the id.');
  if (run.userId !== member.userId && !hasRole(member, 'admin')) {
    throw new LockstepError('FORBIDDEN', 'Only administrators control runs of the organisation.');
  }
  const scope = { role: 'service_role', organizationId: run.organizationId } as const;
  return database.transaction(scope, (tx) =>
    actions[action](tx, runHandlers, { organizationId: run.organizationId, runId }),
  );
}
