import type { Sql } from '../../database/sql.ts';
import type { Run } from '../sync/run.ts';

/** What following a mailbox did; kept in the run's `result`. */
export interface FollowUpResult {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Adds to the run's result, in the transaction that did it. */
export async function addResult(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'id'>,
  { added, changed, removed }: FollowUpResult,
): Promise<void> {
  await tx.query(
    `update sync_job_queue set result = coalesce(result, '{}') || jsonb_build_object(
       'added', coalesce((result ->> 'added')::int, 0) + $3::int,
       'changed', coalesce((result ->> 'changed')::int, 0) + $4::int,
       'removed', coalesce((result ->> 'removed')::int, 0) + $5::int)
      where org_id = $1 and id = $2`,
    [run.organizationId, run.id, added, changed, removed],
  );
}
