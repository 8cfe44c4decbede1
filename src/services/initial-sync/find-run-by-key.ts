import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { type Run, type RunRow, runFromRow } from '../sync/run.ts';

const longestKey = 255;

/**
 * The key as the run keeps it. Members choose keys without knowing each other's, and keys are unique
 * per organisation, so the member's id goes in front.
 */
export function runKey(userId: string, idempotencyKey: string | undefined): string | null {
  if (idempotencyKey === undefined) return null;
  if (idempotencyKey.trim() === '' || idempotencyKey.length > longestKey) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `The idempotency key has ${idempotencyKey.length} characters; 1 to ${longestKey} are allowed.`,
      { field: 'idempotencyKey', limit: longestKey },
    );
  }
  if (idempotencyKey.includes('\0')) {
    throw new LockstepError('BAD_USER_INPUT', 'The idempotency key contains a NUL character.', {
      field: 'idempotencyKey',
    });
  }
  return `${userId}:${idempotencyKey}`;
}

/** The historical run that this key started, whatever became of it. */
export async function findRunByKey(
  tx: Sql,
  organizationId: string,
  key: string,
): Promise<Run | null> {
  const [row] = await tx.query<RunRow>(
    `select * from sync_job_queue
      where org_id = $1 and kind = 'initial_mail' and idempotency_key = $2`,
    [organizationId, key],
  );
  return row ? runFromRow(row) : null;
}
