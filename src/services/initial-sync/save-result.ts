import type { Sql } from '../../database/sql.ts';
import type { Run } from '../sync/run.ts';

/** What the completeness audit found; kept in the run's `result`. Lists name at most 1,000 ids each. */
export interface BackfillResult {
  /** Messages at the provider in the window. */
  readonly expected: number;
  /** Stored messages of the connection in the window. */
  readonly stored: number;
  /** At the provider, but neither stored nor set aside. */
  readonly missing: readonly string[];
  readonly setAside: readonly string[];
  /** Stored only because the audit fetched them. */
  readonly repaired: number;
  /** Stored, but no longer at the provider or moved out of the folders that take part. */
  readonly extra: number;
  /** Items at the provider that carry no id. */
  readonly withoutId: number;
  /** Messages whose text was cut because it was longer than is kept. */
  readonly cut: number;
}

/** Keeps the result with the run, in the caller's transaction. */
export async function saveResult(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'id'>,
  result: BackfillResult,
): Promise<void> {
  await tx.query(
    `update sync_job_queue set result = coalesce(result, '{}') || $3::jsonb
      where org_id = $1 and id = $2`,
    [run.organizationId, run.id, JSON.stringify(result)],
  );
}
