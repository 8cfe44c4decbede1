import type { Sql } from '../../../database/sql.ts';

/**
 * One attempt to start with the company's override. `claiming`: it holds the override in the
 * master or is about to; `started`: the run exists; `returned`: given back; `denied`: the master had none to give.
 * `settledAt` is set once the master agrees with the state; until then the reconciler owns the rest.
 */
export const claimStates = ['claiming', 'started', 'returned', 'denied'] as const;

export type ClaimState = (typeof claimStates)[number];

export interface Claim {
  /** Also the claim's mark in the master. */
  readonly id: string;
  readonly organizationId: string;
  readonly state: ClaimState;
  readonly runId: string | null;
  readonly settledAt: Date | null;
  /** When the override would have expired; kept with the run that used it. */
  readonly overrideExpiresAt: Date | null;
}

const claimColumns = `k.id, k.org_id as "organizationId", k.state, k.run_id as "runId",
  k.settled_at as "settledAt", (q.input ->> 'overrideExpiresAt')::timestamptz as "overrideExpiresAt"`;

const claimTables = `initial_sync_claim k
  left join sync_job_queue q on q.org_id = k.org_id and q.id = k.run_id`;

/** The claim with this id; null when it never was, or its start never got that far. */
export async function readClaim(tx: Sql, claimId: string): Promise<Claim | null> {
  const [claim] = await tx.query<Claim>(
    `select ${claimColumns} from ${claimTables} where k.id = $1`,
    [claimId],
  );
  return claim ?? null;
}

/**
 * Claims that the master may not agree with yet. An undecided one only counts once it is so many
 * seconds old by the database's clock: younger ones belong to a start that is under way.
 */
export async function listUnsettledClaims(tx: Sql, minimumAgeSeconds: number): Promise<Claim[]> {
  return tx.query<Claim>(
    `select ${claimColumns} from ${claimTables}
      where k.settled_at is null
        and (k.state <> 'claiming' or k.created_at <= now() - make_interval(secs => $1))
      order by k.created_at
      limit 500`,
    [minimumAgeSeconds],
  );
}
