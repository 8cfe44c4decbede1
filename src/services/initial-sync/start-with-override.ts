import type { CompanyDatabase } from '../../database/company.ts';
import type { MasterDatabase } from '../../database/master.ts';
import type { Logger } from '../../log.ts';
import { claimOverride, type HeldOverride } from '../overrides/claim-override.ts';
import { returnOverride } from '../overrides/return-override.ts';
import { settleOverride } from '../overrides/settle-override.ts';
import type { Run } from '../sync/run.ts';
import { type BeginRun, beginRun } from './begin-run.ts';
import { denyClaim } from './claims/deny-claim.ts';
import { markClaimStarted } from './claims/mark-claim-started.ts';
import { openClaim } from './claims/open-claim.ts';
import { returnClaim } from './claims/return-claim.ts';
import { settleClaim } from './claims/settle-claim.ts';
import { OverrideUnavailableError, overrideNotAnswered } from './start-errors.ts';

export interface OverrideStartParts {
  readonly database: CompanyDatabase;
  readonly master: MasterDatabase;
  readonly log: Logger;
}

export type OverrideStartRequest = Omit<BeginRun, 'by' | 'overrideExpiresAt'>;

/**
 * Starts a locked connection's sync with the company's override. Two databases take part and no
 * transaction spans them, so the steps are written down in the company database and each can be
 * repeated by `reconcileClaims` when this process dies between any two:
 *
 *   1 company  claim row, `claiming`
 *   2 master   override taken by the claim, by compare-and-set: flag NULL, claim's mark set
 *   3 company  lock, run, job and claim `started`, one transaction: from here the use is final
 *   4 master   claim's mark removed where it still stands
 *   5 company  claim settled
 *
 * A claim still `claiming` after a minute is given back, which also stops a start that is merely
 * slow: step 3 only succeeds while the claim is `claiming`.
 * @returns the run, or null when the master has no override to give
 * @throws OverrideUnavailableError, LockstepError SYNC_ALREADY_RUNNING
 */
export async function startWithOverride(
  parts: OverrideStartParts,
  request: OverrideStartRequest,
): Promise<Run | null> {
  const { database, master, log } = parts;
  const { organizationId } = request;
  const scope = { role: 'service_role', organizationId } as const;
  const claimId = await database.transaction(scope, (tx) => openClaim(tx, request));

  const claimedFor = `${request.provider} of user ${request.userId}`;
  let held: HeldOverride | null;
  try {
    held = await claimOverride(master, organizationId, claimId, claimedFor);
  } catch (cause) {
    // The answer may have been lost after it was taken: the reconciler gives it back.
    throw overrideNotAnswered(cause);
  }
  if (!held) {
    await database.transaction(scope, (tx) => denyClaim(tx, claimId));
    return null;
  }
  const overrideExpiresAt = held.expiresAt;

  let run: Run;
  try {
    run = await database.transaction(scope, async (tx) => {
      const begun = await beginRun(tx, { ...request, by: 'override', overrideExpiresAt });
      if (!begun || !(await markClaimStarted(tx, claimId, begun.id))) throw takenBack();
      return begun;
    });
  } catch (cause) {
    await giveBack(parts, organizationId, claimId);
    throw cause;
  }

  try {
    await settleOverride(master, organizationId, claimId);
    await database.transaction(scope, (tx) => settleClaim(tx, claimId, 'started'));
  } catch (error) {
    log.warn({ claimId, err: error }, 'override used; the reconciler will note it in the master');
  }
  return run;
}

function takenBack(): OverrideUnavailableError {
  return new OverrideUnavailableError(
    'The start took too long or the account changed meanwhile, so the override was given back. Try again.',
    1,
  );
}

/** Company first: only a claim that can no longer start may be released in the master. */
async function giveBack(
  { database, master, log }: OverrideStartParts,
  organizationId: string,
  claimId: string,
): Promise<void> {
  const scope = { role: 'service_role', organizationId } as const;
  try {
    const returned = await database.transaction(scope, (tx) => returnClaim(tx, claimId));
    // Not returned here: the commit's answer was lost and the run exists, or the reconciler was first.
    if (!returned) return;
    await returnOverride(master, organizationId, claimId);
    await database.transaction(scope, (tx) => settleClaim(tx, claimId, 'returned'));
  } catch (error) {
    log.warn({ claimId, err: error }, 'override not given back yet; the reconciler will');
  }
}
