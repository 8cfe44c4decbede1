import type { CompanyDatabase } from '../../database/company.ts';
import type { CompanyDatabases } from '../../database/company-databases.ts';
import type { MasterDatabase } from '../../database/master.ts';
import type { Logger } from '../../log.ts';
import { holdSpentOverride } from '../overrides/hold-spent-override.ts';
import { listHeldOverrides } from '../overrides/list-held-overrides.ts';
import { restoreOverride } from '../overrides/restore-override.ts';
import { returnOverride } from '../overrides/return-override.ts';
import { settleOverride } from '../overrides/settle-override.ts';
import { type Claim, listUnsettledClaims, readClaim } from './claims/claim.ts';
import { returnClaim } from './claims/return-claim.ts';
import { settleClaim } from './claims/settle-claim.ts';

/**
 * Younger undecided claims belong to a start that is under way. Together with a run of the
 * reconciler every 15 to 30 seconds a lost override is back well within two minutes.
 */
export const claimAgeSeconds = 60;

const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;

export interface ReconcileParts {
  readonly master: MasterDatabase;
  readonly log: Logger;
}

/**
 * Brings the master in line with a company database's claims: finishes or gives back what a dead
 * process left behind. Every step is a compare-and-set, so any number may run at once, beside live
 * starts. One claim's fault does not stop the others.
 * @returns how many claims were settled
 */
export async function reconcileClaims(
  parts: ReconcileParts,
  database: CompanyDatabase,
  minimumAgeSeconds: number = claimAgeSeconds,
): Promise<number> {
  const claims = await database.transaction(everyOrganization, (tx) =>
    listUnsettledClaims(tx, minimumAgeSeconds),
  );
  let settled = 0;
  for (const claim of claims) {
    try {
      if (await settle(parts, database, claim)) settled += 1;
    } catch (error) {
      parts.log.warn({ claimId: claim.id, err: error }, 'claim not settled; the next round will');
    }
  }
  return settled;
}

/**
 * The same from the other side: looks at every override that has been held for long in the master
 * and asks the company's database what became of the claim. Covers a claim that was settled before
 * a slow start reserved the override, and one that its database no longer knows.
 */
export async function reconcileHeldOverrides(
  parts: ReconcileParts,
  companies: CompanyDatabases,
  minimumAgeSeconds: number = claimAgeSeconds,
): Promise<number> {
  let settled = 0;
  for (const held of await listHeldOverrides(parts.master, minimumAgeSeconds)) {
    try {
      const database = await companies.of(held.companyId);
      const claim = await database.transaction(everyOrganization, (tx) =>
        readClaim(tx, held.claimId),
      );
      if (!claim) {
        // It is written down before the master is asked: a missing one belongs to a lost database.
        await returnOverride(parts.master, held.companyId, held.claimId);
        settled += 1;
      } else if (await settle(parts, database, claim)) settled += 1;
    } catch (error) {
      parts.log.warn({ claimId: held.claimId, err: error }, 'held override not settled yet');
    }
  }
  return settled;
}

async function settle(
  { master }: ReconcileParts,
  database: CompanyDatabase,
  claim: Claim,
): Promise<boolean> {
  const { id, organizationId } = claim;
  const close = (state: 'started' | 'returned' | 'denied'): Promise<void> =>
    database.transaction(everyOrganization, (tx) => settleClaim(tx, id, state));
  switch (claim.state) {
    case 'claiming': {
      const returned = await database.transaction(everyOrganization, (tx) => returnClaim(tx, id));
      if (!returned) return false; // The start went on at this moment; the next round sees how.
      await returnOverride(master, organizationId, id);
      await close('returned');
      return true;
    }
    case 'started':
      await settleOverride(master, organizationId, id);
      await close('started');
      return true;
    case 'denied':
      await returnOverride(master, organizationId, id);
      await close('denied');
      return true;
    case 'returned':
      if (claim.runId === null) {
        await returnOverride(master, organizationId, id);
        await close('returned');
        return true;
      }
      return giveSpentOverrideBack(master, claim, () => close('returned'));
  }
}

/**
 * The run had used the override and failed before it stored anything. Hold, close the claim, make
 * active: a crash after any step leaves a state from which the rest happens exactly once.
 */
async function giveSpentOverrideBack(
  master: MasterDatabase,
  { id, organizationId, settledAt, overrideExpiresAt }: Claim,
  close: () => Promise<void>,
): Promise<boolean> {
  if (settledAt === null) {
    const spent = await holdSpentOverride(master, organizationId, id);
    switch (spent) {
      case 'busy':
        return false;
      case 'active': // A newer grant is there; an override is a flag and cannot be there twice.
        await settleOverride(master, organizationId, id);
        await close();
        return true;
      case 'held':
        await close();
        break;
    }
  }
  await restoreOverride(master, organizationId, id, overrideExpiresAt);
  return true;
}
